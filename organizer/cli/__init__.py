"""The command line: names of commands, their options and help. What they do is in commands/.

Knows click. Must never print.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from organizer.cli import keys, results, reviewing, signatures
from organizer.cli.frame import JSON, WORKSPACE, carry_out, options, pass_on
from organizer.commands import version
from organizer.talk import Talk

_COMMANDS = (
    keys.ceremony_command,
    keys.keygen_command,
    keys.restore_command,
    signatures.open_command,
    reviewing.review_command,
    reviewing.vouch_command,
    reviewing.decisions_command,
    reviewing.list_command,
    signatures.duplicates_command,
    signatures.add_command,
    signatures.withdraw_command,
    results.publish_command,
    results.sign_command,
    results.verify_command,
    results.export_command,
    signatures.export_nonpublic_command,
    signatures.status_command,
    keys.burn_command,
    keys.rehearse_command,
)


class _Organizer(click.Group):
    """Commands in the order they are used; mistakes in the options are told as JSON too, when JSON was asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **extra: Any) -> Any:
        given = extra.get("args") or (args[0] if args else sys.argv[1:])
        try:
            return super().main(*args, **{**extra, "standalone_mode": False})
        except click.UsageError as error:
            if "--json" not in given:
                error.show()
                raise SystemExit(error.exit_code) from error
            Talk(as_json=True).failure("usage", error.format_message(), {})
            raise SystemExit(1) from error


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        program: str | None = context.obj  # the path of the one file, told by what starts it
        carry_out(bool(context.params.get("as_json")), lambda talk: version.run(talk, program))
        context.exit()


@click.group(
    cls=_Organizer,
    commands=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@options(WORKSPACE, JSON)
@click.option("--version", is_flag=True, expose_value=False, callback=_show_version, help="Show the version and exit.")
@click.pass_context
def organizer(context: click.Context, folder: str, as_json: bool) -> None:
    """Open, review and publish the signatures of an appeal, offline.

    Practise with rehearse. Then, in this order: ceremony once; open, review and publish as often as you like; burn
    when a period is over.
    Each explains itself with --help. Nothing here uses the network.
    The options below may stand before the command or after it.
    """
    pass_on(context, organizer.commands, folder, as_json)
