"""The command line as a whole: which commands there are, the options before them, and --version."""

# A command's modules are imported when it is called: `status` must not wait for what makes a PDF. So this table has the
# short help, too: else --help would import them all.

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click

from organizer.cli.options import JSON, WORKSPACE, carry_out, options, pass_on_options, started
from organizer.cli.terminal.terminal import Terminal

_COMMANDS = {
    "ceremony": ("organizer.cli.ceremony", "Make the keys of an appeal, step by step in a dialogue."),
    "keygen": ("organizer.cli.keygen", "Make keys without a dialogue, for scripts and trials."),
    "restore": ("organizer.cli.restore", "Bring a key back from its cards."),
    "open": ("organizer.cli.open_ledgers", "Open ledgers, and sealed texts in whatever files they come."),
    "review": ("organizer.cli.review", "Look at signatures, and accept, refuse or hold them."),
    "vouch": ("organizer.cli.vouch", "Words that trusted people give out: add, list, withdraw."),
    "decisions": ("organizer.cli.decisions", "Review apart, and merge decisions."),
    "list": ("organizer.cli.list_signatures", "Look through all signatures, without deciding."),
    "duplicates": ("organizer.cli.duplicates", "List signatures that may be of one person."),
    "add": ("organizer.cli.add", "Enter signatures from paper or messenger."),
    "withdraw": ("organizer.cli.withdraw", "Take back the signature of a person who asks for it."),
    "publish": ("organizer.cli.publish", "Count what is accepted, show the result, sign it."),
    "sign": ("organizer.cli.sign", "Sign what another organizer published."),
    "verify": ("organizer.cli.verify", "Check a publication, step by step in words."),
    "export": ("organizer.cli.export", "Write the public list as PDF, tables and a page."),
    "export-nonpublic": ("organizer.cli.export_nonpublic", "Write down the names that are NOT public."),
    "status": ("organizer.cli.status", "Show in numbers what the workspace holds."),
    "burn": ("organizer.cli.burn", "Destroy a key, or everything, when a period is over."),
    "rehearse": ("organizer.cli.rehearsal.rehearse", "Practise everything once, with made-up data."),
    "work": ("organizer.cli.work", "Type commands one after another, the passphrase once."),
}
"""Every command, in the order they are used: its module, which has it as `<name>_command`, and its short help."""

_VERSION = "organizer.cli.version"


class _OnDemand(Mapping[str, click.Command]):
    """The commands by their names; one is imported when it is looked at."""

    def __getitem__(self, name: str) -> click.Command:
        module = _COMMANDS[name][0]
        command: click.Command = getattr(import_module(module), f"{name.replace('-', '_')}_command")
        return command

    def __contains__(self, name: object) -> bool:
        return name in _COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class _Organizer(click.Group):
    """Commands in the order they are used; mistakes in the options are told as JSON too, when JSON was asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short_help) for name, (_, short_help) in _COMMANDS.items()])

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
        show_version = import_module(_VERSION).show_version
        carry_out(bool(context.params.get("as_json")), lambda terminal: show_version(terminal, program))
        context.exit()


@click.group(
    cls=_Organizer,
    commands=_OnDemand(),
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
    pass_on_options(context, _COMMANDS, folder, as_json)
