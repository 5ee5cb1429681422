"""Commands about keys: making, dividing, restoring, practising and burning them.

Knows click and what commands are called. What they do is in commands/.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from organizer.cli.frame import APPEAL, JSON, PASSPHRASE, WORKSPACE, carry_out, options
from organizer.commands import burn, ceremony, keygen, rehearse, restore


@click.command("ceremony")
@options(WORKSPACE, PASSPHRASE, JSON)
def ceremony_command(folder: str, passphrase_file: str | None, as_json: bool) -> None:
    """Make the keys of an appeal, step by step in a dialogue.

    It asks who you are, which periods there are, makes the keys and locks them with a passphrase, divides each key
    among people on cards (any k of n cards bring it back), shows the fingerprints as digits and as a QR code, and
    writes a public folder for the site. Other organizers run it, too, on their own computers, for a minisign key of
    their own. In a folder that has keys already it adds keys for further periods, or makes new cards.

    Passphrase and cards are shown on a screen that is wiped afterwards. Practise first: organizer rehearse.

    \b
    Example:
      organizer ceremony
    """
    carry_out(as_json, lambda talk: ceremony.run(talk, folder, passphrase_file))


@click.command("keygen")
@click.option("--signer", required=True, help="Your short name, a-z, 0-9 and -; it names your minisign signatures.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if it has one already; else a new one is made.")
@click.option("--period", "days", multiple=True, metavar="FROM..UNTIL", help="Days of a key; may be given repeatedly.")
@click.option("--minisign-only", is_flag=True, help="Make only a minisign key, to sign what others publish.")
@options(WORKSPACE, PASSPHRASE, JSON)
def keygen_command(
    folder: str,
    signer: str,
    appeal_id: str | None,
    days: tuple[str, ...],
    minisign_only: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Make keys without a dialogue, for scripts and trials.

    The same keys as “organizer ceremony” makes, in a new folder, locked with a passphrase, but no cards. Without
    --period there is one key for all days. At the end you see the lines that the site needs.

    \b
    Example:
      organizer keygen --signer anna --period 2027-01-01..2027-06-30
    """
    carry_out(as_json, lambda talk: keygen.run(talk, folder, signer, appeal_id, days, minisign_only, passphrase_file))


@click.command("restore")
@click.option("--fingerprint", metavar="DIGITS", help="The fingerprint of the key, if there is no appeal.json.")
@click.option("--appeal-id", metavar="HEX", help="The appeal's id, if there is no appeal.json.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def restore_command(
    folder: str,
    appeal_file: str | None,
    fingerprint: str | None,
    appeal_id: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Bring a key back from its cards.

    Type the words of enough cards, in any order. A wrong word is told at once, a wrong card when it is complete, and
    the key must have the fingerprint that appeal.json or --fingerprint names: otherwise nothing is written. In a
    workspace whose passphrase is lost, what was opened and decided stays and gets a new passphrase. In a new folder
    the ledgers must be opened again.

    \b
    Example:
      organizer restore --appeal appeal.json
    """
    carry_out(as_json, lambda talk: restore.run(talk, folder, appeal_file, fingerprint, appeal_id, passphrase_file))


@click.command("burn", short_help="Destroy a key, or everything, when a period is over.")
@click.option("--period", metavar="KEYID", help="Burn only this key (organizer status lists them); rows stay.")
@click.option("--publication", metavar="FILE", help="The result as all organizers signed it; else the one kept here.")
@click.option("--insist", is_flag=True, help="Burn although something speaks against it; it is shown.")
@click.option("--confirm", metavar="WORD", help="For scripts: the word that is asked for otherwise.")
@options(WORKSPACE, APPEAL, PASSPHRASE, JSON)
def burn_command(
    period: str | None,
    publication: str | None,
    insist: bool,
    confirm: str | None,
    folder: str,
    appeal_file: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Destroy a key, or the whole workspace, when a period is over.

    First it shows what will be lost, and checks that the result stands: it is published, signed by enough organizers,
    your workspace would publish the same, and nothing is undecided. Then it asks for a word. With --period only the
    key is burned: what was opened and decided stays. Files are overwritten before they are removed, but sticks and
    SSDs may keep copies: only an encrypted disk helps there. Cards are paper: burn them, too.

    \b
    Example:
      organizer burn --period 4d2129141dffbc --publication stick/publication.json
    """
    today = datetime.now(UTC).date().isoformat()
    carry_out(
        as_json,
        lambda talk: burn.run(talk, folder, today, period, publication, insist, confirm, appeal_file, passphrase_file),
    )


@click.command("rehearse", short_help="Practise everything once, with made-up data.")
@click.option("--fast", is_flag=True, help="Play it through without asking anything.")
@click.option("--envelopes", default=300, show_default=True, type=click.IntRange(20, 20000), help="Size of the flood.")
@JSON
def rehearse_command(fast: bool, envelopes: int, as_json: bool) -> None:
    """Practise everything once, with made-up data, in a folder that is removed at the end.

    The ceremony with its cards, a flood of false signatures, the review, a result, a lost computer with a lost card,
    a second organizer, and the burning. Nothing you do here can harm anyone, and nothing of it is kept. Every step
    names the real command. Ctrl-C ends it at any moment.

    \b
    Example:
      organizer rehearse
    """
    carry_out(as_json, lambda talk: rehearse.run(talk, fast, envelopes))
