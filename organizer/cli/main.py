"""The command line as a whole: which commands there are, the options before them, and --version."""

from __future__ import annotations

import sys
from typing import Any

import click

from organizer.cli.add import add_command
from organizer.cli.burn import burn_command
from organizer.cli.ceremony import ceremony_command
from organizer.cli.decisions import decisions_command
from organizer.cli.duplicates import duplicates_command
from organizer.cli.export import export_command
from organizer.cli.export_nonpublic import export_nonpublic_command
from organizer.cli.keygen import keygen_command
from organizer.cli.list_signatures import list_command
from organizer.cli.open_ledgers import open_command
from organizer.cli.options import JSON, WORKSPACE, carry_out, options, pass_on_options, started
from organizer.cli.publish import publish_command
from organizer.cli.rehearsal.rehearse import rehearse_command
from organizer.cli.restore import restore_command
from organizer.cli.review import review_command
from organizer.cli.sign import sign_command
from organizer.cli.status import status_command
from organizer.cli.terminal.terminal import Terminal
from organizer.cli.verify import verify_command
from organizer.cli.version import show_version
from organizer.cli.vouch import vouch_command
from organizer.cli.withdraw import withdraw_command
from organizer.cli.work import work_command

_COMMANDS = (
    ceremony_command,
    keygen_command,
    restore_command,
    open_command,
    review_command,
    vouch_command,
    decisions_command,
    list_command,
    duplicates_command,
    add_command,
    withdraw_command,
    publish_command,
    sign_command,
    verify_command,
    export_command,
    export_nonpublic_command,
    status_command,
    burn_command,
    rehearse_command,
    work_command,
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
            Terminal(as_json=True).failure("usage", error.format_message(), {})
            raise SystemExit(1) from error


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        program = started(context).program
        carry_out(bool(context.params.get("as_json")), lambda terminal: show_version(terminal, program))
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
    when a period is over. “organizer work” takes one after another, and asks for the passphrase once.
    Each explains itself with --help. Nothing here uses the network.
    The options below may stand before the command or after it.
    """
    pass_on_options(context, organizer.commands, folder, as_json)
