"""The ceremony at a real terminal: keys, cards, fingerprints, a public folder; nothing secret stays anywhere else."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.minisign import MinisignPublicKey, MinisignSecretKey
from organizer.cli.main import organizer
from organizer.errors import OrganizerError
from organizer.keys.appeal_folder import PublicKeys, fill_appeal, public_files
from organizer.keys.periods import Days, Period, read_public
from organizer.keys.qr import qr_lines
from service.appeal_reader import load_appeal
from tests.support.ceremony_answers import (
    answer,
    give_words_back,
    new_passphrase,
    outside_the_wiped_screen,
    plain,
    read_card,
)
from tests.support.organizer_workspace import APPEAL_ID, PASSPHRASE, RECORD, make_desk, seal
from tests.support.pseudo_terminal import PseudoTerminal

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "config" / "appeal"
TEMPLATE_ID = "6f1c2b9a4e5d48f7b0a3c8d2e9174653"
# The periods begin soon, by whatever clock this runs: others would be asked about.
DAYS = [(datetime.now(UTC).date() + timedelta(shift)).isoformat() for shift in (30, 210, 211, 240)]
BORIS = MinisignSecretKey.make(b"borisbor", bytes(range(32))).public


def secrets_in(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, secret) for path in files for secret in secrets if secret.encode() in path.read_bytes()]


@pytest.mark.slow  # a real terminal
def test_the_ceremony_at_a_terminal(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """Two periods, three cards each, a second organizer; the site can use the public folder as it is."""
    work, public, site = tmp_path / "work", tmp_path / "public", tmp_path / "site"
    shutil.copytree(TEMPLATE, site)
    line = tmp_path / "minisign.pub"
    line.write_text(BORIS.file)
    screen = terminal("ceremony", "-w", str(work), lines=24, columns=80)
    answer(screen, ("make: ", "1"), ("public: ", "Anna"), ("public: ", "anna"))
    answer(screen, ("have none): ", str(tmp_path)), ("have none): ", str(site)))
    answer(screen, ("no limit): ", DAYS[0]), ("no limit): ", "june"), ("no limit): ", DAYS[1]))
    answer(screen, ("period? [y/N]: ", "y"), ("no limit): ", DAYS[2]), ("no limit): ", ""))
    answer(screen, ("period? [y/N]: ", "n"))
    passphrase = new_passphrase(screen)
    answer(screen, ("How: ", "1"), ("[5]: ", "1"), ("[3]: ", "2"))
    answer(screen, ("each key [5]: ", "3"), ("back [3]: ", "2"))
    cards = []
    for period in range(2):
        answer(screen, ("see the first", ""))
        for card in range(3):
            words = read_card(screen)
            if period == card == 0:  # a slip on paper: the card is shown once more
                answer(screen, ("Word ", "zzz"), ("compare it", ""))
                assert read_card(screen) == words
            give_words_back(screen, words)
            cards.append(" ".join(words.values()))
            screen.until(f"Card {card + 1} of 3")
    answer(screen, ("for the next", ""))
    answer(
        screen, ("no more): ", "anna"), ("no more): ", "boris"), ("characters): ", "RW"), ("characters): ", str(line))
    )
    assert BORIS.line in screen.until("no more): ").replace("\r\n", "\n")
    screen.type("\n")
    answer(screen, ("result [2]: ", "3"), ("result [2]: ", ""))
    answer(screen, ("public [public]: ", str(site)), ("public [public]: ", str(public)))
    screen.end()

    check_public_folder(public, work)
    shown = outside_the_wiped_screen(screen.all)
    secrets = [passphrase, *(" ".join(card.split()[:4]) for card in cards)]
    assert not [secret for secret in secrets if secret in shown]
    numbered = [f"{number} {word}" for card in cards for number, word in enumerate(card.split(), start=1)]
    assert not [word for word in numbered if re.search(rf"\b{word}\b", shown)]
    assert not secrets_in(tmp_path, secrets)
    assert {stat.S_IMODE(path.stat().st_mode) for path in work.iterdir()} == {0o600}
    assert stat.S_IMODE(work.stat().st_mode) == 0o700
    assert len(set(cards)) == 6


def check_public_folder(public: Path, work: Path) -> None:
    periods = sorted((read_public(path.read_text()) for path in work.glob("period-*.pub")), key=lambda one: one.order)
    assert [one.days for one in periods] == [Days(DAYS[0], DAYS[1]), Days(DAYS[2])]
    appeal = load_appeal(public)
    assert [key.record for key in appeal.programs.keys] == [one.record for one in periods]
    assert [(key.start, key.until) for key in appeal.programs.keys] == [
        (DAYS[0], DAYS[1]),
        (DAYS[2], None),
    ]
    assert appeal.programs.appeal_id.hex() == TEMPLATE_ID
    assert sorted(appeal.signers.values()) == ["anna", "boris"]
    assert appeal.programs.threshold == 2
    assert all(one.record.digits in (public / "fingerprints.txt").read_text() for one in periods)
    masters = [path.read_bytes()[54:126] for path in work.glob("*.key")]
    assert not [path for path in public.iterdir() for box in masters if box and box in path.read_bytes()]


@pytest.mark.slow  # a real terminal
def test_a_ceremony_cut_off_after_the_keys_says_how_to_go_on(
    tmp_path: Path, terminal: Callable[..., PseudoTerminal]
) -> None:
    """The keys are on the disk by then: “nothing was done” would be wrong."""
    work = tmp_path / "work"
    screen = terminal("ceremony", "-w", str(work))
    answer(
        screen, ("make: ", "1"), ("public: ", "anna"), ("have none): ", ""), ("no limit): ", ""), ("no limit): ", "")
    )
    answer(screen, ("period? [y/N]: ", "n"))
    passphrase = new_passphrase(screen)
    screen.until("How: ")
    screen.interrupt()
    screen.until("Stopped. The keys are made and stay in")
    screen.until("organizer ceremony")
    assert screen.program.wait() == 1
    screen = terminal("ceremony", "-w", str(work))
    answer(screen, ("Passphrase", passphrase))
    screen.until("a new set of cards for a key")
    screen.interrupt()
    assert screen.program.wait() == 1


@pytest.mark.slow  # a real terminal
def test_a_second_organizer_makes_a_minisign_key_only(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """The line that is shown is the key's; the folder has no other key."""
    screen = terminal("ceremony", "-w", str(tmp_path / "work"))
    answer(screen, ("make: ", "3"), ("make: ", "2"), ("public: ", "boris"))
    new_passphrase(screen)
    shown = plain(screen.end())
    (line,) = re.findall(r"RW[A-Za-z0-9+/]{54}", shown)
    assert MinisignPublicKey.parse(line).line in (tmp_path / "work" / "minisign.pub").read_text()
    assert {path.name for path in (tmp_path / "work").iterdir()} == {
        "format.txt", "minisign.key", "minisign.pub", "signer.txt",
    }  # fmt: skip


@pytest.mark.slow  # a real terminal
def test_keys_for_later_periods_join_a_workspace(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """The next time, the same command adds keys; what is there stays, and all open with the one passphrase."""
    desk = make_desk(tmp_path)
    screen = terminal("ceremony", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    answer(screen, ("make: ", "1"), ("no limit): ", DAYS[2]), ("no limit): ", DAYS[3]))
    answer(screen, ("nevertheless? [y/N]: ", "y"), ("period? [y/N]: ", ""), ("How: ", "3"))
    answer(screen, ("for the next", ""), ("have none): ", ""), ("no more): ", ""), ("result [1]: ", ""))
    answer(screen, ("public [public]: ", str(tmp_path / "public")))
    screen.end()
    assert (tmp_path / "public" / "appeal-keys.toml").read_text().count("[[keys]]") == 2
    names = {path.stem.removeprefix("period-") for path in desk.folder.glob("period-*.key")}
    assert len(names) == 2
    (new,) = names - {desk.record.key_id.hex()}
    record = read_public((desk.folder / f"period-{new}.pub").read_text()).record
    ledger = desk.ledger(seal("Ева", record=desk.record), seal("Ян", record=record), seal("Уля"))
    arguments = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase), "--json"]
    opened = CliRunner().invoke(organizer, ["open", str(ledger), *arguments]).stdout
    assert '"signatures": 2' in opened
    assert '"envelope-key": 1' in opened
    shown = CliRunner().invoke(organizer, ["status", *arguments[:-1]]).stdout
    for words in (new, f"{DAYS[2]} to {DAYS[3]}", record.digits, desk.record.digits):
        assert words in shown


@pytest.mark.slow  # a real terminal
def test_cards_can_be_printed_and_the_file_is_burned(tmp_path: Path, terminal: Callable[..., PseudoTerminal]) -> None:
    """Only on request, in a folder that the person names, for its owner only, and gone when the cards are checked."""
    desk = make_desk(tmp_path)
    screen = terminal("ceremony", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    answer(screen, ("make: ", "2"), ("The key: ", "1"), ("How: ", "2"), ("[5]: ", "2"), ("[3]: ", "2"))
    answer(screen, ("/dev/shm/cards: ", str(tmp_path / "print")))
    screen.until("pages are there")
    (page,) = (tmp_path / "print").iterdir()
    assert (stat.S_IMODE(page.stat().st_mode), stat.S_IMODE(page.parent.stat().st_mode)) == (0o600, 0o700)
    cards = [re.findall(r"<li>([a-z]+)</li>", section) for section in page.read_text().split("<section>")[1:]]
    screen.type("\n")
    for words in cards:
        give_words_back(screen, dict(enumerate(words, start=1)))
    screen.end()
    assert list((tmp_path / "print").iterdir()) == []
    assert not [words for words in cards if " ".join(words[3:6]) in outside_the_wiped_screen(screen.all)]


@pytest.mark.slow  # a real terminal
def test_a_printed_file_is_burned_when_the_dialogue_is_cut_off(
    tmp_path: Path, terminal: Callable[..., PseudoTerminal]
) -> None:
    """Ctrl-C while the cards are asked leaves no file."""
    desk = make_desk(tmp_path)
    screen = terminal("ceremony", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase))
    answer(screen, ("make: ", "2"), ("The key: ", "1"), ("How: ", "2"), ("[5]: ", "2"), ("[3]: ", "2"))
    answer(screen, ("/dev/shm/cards: ", str(tmp_path / "print")), ("pages are there", ""))
    screen.until("Word ")
    screen.interrupt()
    screen.until("overwritten and removed.")
    screen.program.wait()
    assert list((tmp_path / "print").iterdir()) == []


def test_secrets_are_not_shown_into_a_file(tmp_path: Path) -> None:
    """Without a terminal the dialogue ends before a passphrase or a card is printed."""
    answers = "1\nanna\n\n\n\nn\n\n"
    result = CliRunner().invoke(organizer, ["ceremony", "-w", str(tmp_path / "work")], input=answers)
    assert (result.exit_code, "needs a terminal" in result.stderr) == (1, True)
    assert not re.search(r"[a-z0-9]{5}(-[a-z0-9]{5}){4}", result.output)
    assert not (tmp_path / "work").exists()


# The public folder without a dialogue

KEYS = PublicKeys([Period(RECORD, Days("2027-01-01"))], {"boris": BORIS}, 1)
APPEAL = f'id = "{APPEAL_ID.hex()}"\n'


def reason(toml: str, keys: PublicKeys = KEYS) -> str:
    with pytest.raises(OrganizerError) as caught:
        fill_appeal(toml, keys)
    return caught.value.reason


def test_an_appeal_is_filled_once(tmp_path: Path) -> None:
    """What stands there stays; keys that are listed already are not listed twice."""
    source = (TEMPLATE / "appeal.toml").read_text().replace(TEMPLATE_ID, APPEAL_ID.hex())
    once = fill_appeal(source, KEYS)
    assert fill_appeal(once, KEYS) == once
    assert "# The order is the order of the links" in once
    shutil.copytree(TEMPLATE, tmp_path / "site")
    (tmp_path / "site" / "appeal.toml").write_text(once)
    assert load_appeal(tmp_path / "site").programs.keys[0].record == RECORD
    without_id = source.replace(f'id = "{APPEAL_ID.hex()}"\n', "")
    assert fill_appeal(without_id, KEYS).startswith(f'id = "{APPEAL_ID.hex()}"\n')


def test_an_appeal_that_does_not_fit_is_refused() -> None:
    """Another appeal, a broken file, one signer's name with two keys, an entry in a form that cannot be added to."""
    assert reason((TEMPLATE / "appeal.toml").read_text()) == "appeal-key"
    assert reason("id = ") == "appeal-toml"
    assert reason(f'{APPEAL}[[minisign]]\nsigner = "boris"\nkey = "other"\n') == "signer-name"
    assert reason(f"{APPEAL}minisign = 3\n") == "appeal-toml"
    assert reason(f'{APPEAL}note = """\nthreshold = 1\n"""\n') == "appeal-toml"
    with pytest.raises(OrganizerError, match="1 that are listed"):
        PublicKeys([Period(RECORD)], {"boris": BORIS}, 2)


def test_without_the_sites_folder_the_lines_are_handed_over() -> None:
    """With the place where they belong; every file is text that everyone may read."""
    files = public_files(KEYS, {})
    assert set(files) == {"appeal-keys.toml", "fingerprints.txt", "minisign-boris.pub"}
    assert APPEAL_ID.hex().encode() in files["fingerprints.txt"]
    assert PASSPHRASE.encode() not in b"".join(files.values())


def test_the_code_has_a_quiet_zone_and_fits_beside_nothing() -> None:
    """Four modules of light around it, square, and at most 40 of 80 columns wide."""
    lines = qr_lines(RECORD.digits)
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= 40
    assert len(lines) == (len(lines[0]) + 1) // 2
    assert not "".join([*lines[:2], *lines[-2:], *(line[:4] + line[-4:] for line in lines)]).strip()
