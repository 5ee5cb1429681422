"""docs/organizer.md: a person who does what it says, in its order, sees what it quotes."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crypto.appeal import Appeal, DatedKey, write_appeal
from crypto.code import commitment
from crypto.minisign import MinisignPublicKey
from crypto.seal import seal_signature
from crypto.signature import Signature
from crypto.text_parts import write_parts
from organizer.cli.main import organizer
from organizer.keys.periods import Period, read_public
from tests.support.ceremony_answers import answer, give_words_back, new_passphrase, plain, read_card
from tests.support.letter_box_files import mail
from tests.support.organizer_workspace import LETTERS, ledger_of
from tests.support.paths import ROOT
from tests.support.programs import environment_with
from tests.support.pseudo_terminal import PseudoTerminal

GUIDE = ROOT / "docs" / "organizer.md"
CODE = "4829103377590218841270536"
KEY_ID = "0123456789abcd"
WORKSPACE = Path("organizer-workspace")

Open = Callable[..., PseudoTerminal]


def blocks() -> list[tuple[str, str]]:
    """The guide's blocks in their order: ("sh", what to type) and ("text", what is quoted)."""
    found = re.findall(r"(?ms)^ *```(sh|text)\n(.*?)^ *```$", GUIDE.read_text("utf-8"))
    return [(kind, content.strip()) for kind, content in found]


def commands() -> list[str]:
    """Every command of the tool that the guide names, in blocks and in sentences."""
    typed = [line for kind, content in blocks() if kind == "sh" for line in content.splitlines()]
    named = re.findall(r"`([^`\n]+)`", GUIDE.read_text("utf-8"))
    return [line for line in [*typed, *named] if line.startswith("organizer ")]


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_and_option_in_it_exists(line: str) -> None:
    """Parsed as the tool parses it, with nothing left over."""
    words = [word for word in shlex.split(line)[1:] if word != "--help"]
    command: click.Command = organizer
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    context = click.Context(command)
    command.make_parser(context).parse_args(words)
    assert command is not organizer or words == ["--version"] or not words
    assert CliRunner().invoke(command, ["--help"]).exit_code == 0


def test_every_command_of_the_tool_is_in_it() -> None:
    """But keygen, which is for scripts, and export-nonpublic, which nobody should be led to."""
    named = {line.split()[1] for line in commands()}
    assert set(organizer.commands) - named == {"keygen", "export-nonpublic"}


# The play


@dataclass
class Play:
    """Two organizers with a folder each, what they hold, and what they saw."""

    terminal: Open
    bundle: Path
    anna: Path
    boris: Path
    monkeypatch: pytest.MonkeyPatch
    passphrases: dict[str, str] = field(default_factory=dict)
    cards: list[str] = field(default_factory=list)
    period: Period | None = None
    boris_line: str = ""
    seen: str = ""

    def start(self, line: str, who: str = "anna") -> PseudoTerminal:
        """Types a line in somebody's folder."""
        self.monkeypatch.chdir(self.anna if who == "anna" else self.boris)
        words: list[str] = []
        for word in shlex.split(line)[1:]:
            words += [str(path) for path in sorted(Path().glob(word))] if "*" in word else [word]
        return self.terminal(*words, lines=24, columns=80)

    def keep(self, screen: PseudoTerminal) -> None:
        """Waits for the end, and keeps what was shown."""
        screen.end()
        self.seen = plain(screen.all.decode())

    def ask(self, line: str, *answers: tuple[str, str], who: str = "anna") -> None:
        """A whole command with its questions and answers."""
        screen = self.start(line, who)
        answer(screen, *answers)
        self.keep(screen)

    def shell(self, line: str) -> None:
        """A line that is not for the tool, in Anna's folder."""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.anna,
            env=environment_with("minisign"),
            capture_output=True,
            text=True,
            check=True,
        )
        self.seen = done.stdout


TOKEN = (
    'python3 -c "import hashlib, secrets; t = secrets.token_urlsafe(32); '
    'print(t); print(hashlib.sha256(t.encode()).hexdigest())"'
)


def test_the_guide_can_be_followed_to_its_end(
    bundle: Path, tmp_path: Path, terminal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line that it has typed is typed here, in its order; each quotation was on the screen.

    The keys are those of the ceremony, but guesses at their passphrases are cheap.
    """
    play = Play(terminal, bundle, tmp_path / "anna", tmp_path / "boris", monkeypatch)
    play.anna.mkdir()
    play.boris.mkdir()
    shutil.copyfile(play.bundle, play.anna / "organizer.pyz")
    steps = iter(STEPS)
    for kind, content in blocks():
        if kind == "sh":
            line, step = next(steps)
            assert content == line
            step(play, line)
        else:
            quoted = r"\s+".join(re.escape(word).replace("…", r".*?") for word in content.split())
            assert re.search(quoted, play.seen, re.DOTALL), f"{content!r} is not in {play.seen!r}"
    assert next(steps, None) is None


def in_the_shell(play: Play, line: str) -> None:
    play.shell(line)


def version(play: Play, line: str) -> None:
    play.shell(line.replace("organizer", "python3 organizer.pyz", 1))


def rehearse(play: Play, line: str) -> None:
    """Only begun: the rehearsal has its own tests."""
    play.seen = plain(play.start(line).until("go on"))


def ceremony_of_boris(play: Play, line: str) -> None:
    screen = play.start(line, "boris")
    answer(screen, ("make: ", "2"), ("public: ", "boris"))
    play.passphrases["boris"] = new_passphrase(screen)
    play.keep(screen)
    play.boris_line = re.findall(r"RW\S{54}", play.seen)[0]
    shutil.copyfile(play.boris / WORKSPACE / "minisign.pub", play.anna / "boris.pub")


def day(shift: int) -> str:
    """A day as the dialogue takes it, so many days from today: the period is over when its key is burned."""
    return (datetime.now(UTC).date() + timedelta(shift)).isoformat()


def ceremony_of_anna(play: Play, line: str) -> None:
    screen = play.start(line)
    answer(screen, ("make: ", "1"), ("public: ", "anna"), ("have none): ", ""))
    answer(screen, ("no limit): ", day(-90)), ("no limit): ", day(-5)), ("nevertheless? [y/N]: ", "y"))
    answer(screen, ("period? [y/N]: ", "n"))
    play.passphrases["anna"] = new_passphrase(screen)
    play.cards = hand_out(screen)
    answer(screen, ("no more): ", "boris"), ("characters): ", "boris.pub"))
    assert play.boris_line in screen.until("no more): ")
    screen.type("\n")
    answer(screen, ("result [2]: ", ""), ("public [public]: ", ""))
    play.keep(screen)
    play.period = read_public(next((play.anna / WORKSPACE).glob("period-*.pub")).read_text())


def hand_out(screen: PseudoTerminal) -> list[str]:
    answer(screen, ("How: ", "1"), ("each key [5]: ", "2"), ("back [3]: ", "2"), ("see the first", ""))
    cards = []
    for _ in range(2):
        words = read_card(screen)
        give_words_back(screen, words)
        cards.append(" ".join(words.values()))
    return cards


def fetch(play: Play, line: str) -> None:
    """What the site gives: a ledger with one bad envelope in it, and appeal.json."""
    assert play.period
    record, days = play.period.record, play.period.days
    keys = [MinisignPublicKey.parse(line) for line in (minisign_line(play.anna), play.boris_line)]
    appeal = Appeal(record.appeal_id, (DatedKey(record, days.start, days.until),), LETTERS, tuple(keys), 2)
    letter = bytes.fromhex(LETTERS["be"])
    people = [Signature("Вольга Прыклад", True), Signature("Марыя Узор", False), Signature("Ян Памылка", True)]
    envelopes = [seal_signature(record, one, letter, commitment(f"{CODE[:-1]}{at}")) for at, one in enumerate(people)]
    (play.anna / "ledger-4-0f.undersigned").write_bytes(ledger_of([*envelopes, bytes(4096)], record.appeal_id))
    for folder in (play.anna, play.boris):
        (folder / "appeal.json").write_bytes(write_appeal(appeal))
    play.shell(line)


def letters(play: Play, line: str) -> None:
    """A signature that is in the ledger, too, as two mails, and a photograph."""
    (play.anna / "letters").mkdir()
    envelope = (play.anna / "ledger-4-0f.undersigned").read_bytes()[-4096:]
    for number, text in enumerate(write_parts(envelope)):
        (play.anna / "letters" / f"{number}.eml").write_bytes(mail(text, transfer="base64").as_bytes())
    (play.anna / "letters" / "photo.jpg").write_bytes(b"\xff\xd8" * 99)
    with_passphrase(play, line)


def minisign_line(folder: Path) -> str:
    return re.findall(r"RW\S{54}", (folder / WORKSPACE / "minisign.pub").read_text())[0]


def with_passphrase(play: Play, line: str) -> None:
    play.ask(line, ("Passphrase", play.passphrases["anna"]))


def review(play: Play, line: str) -> None:
    screen = play.start(line)
    answer(screen, ("Passphrase", play.passphrases["anna"]))
    for _ in range(3):
        screen.until("q quit")
        screen.press("a")
    screen.until("That was the last one.")
    screen.press("q")
    play.keep(screen)


def add(play: Play, line: str) -> None:
    answers = [("Name", "Пётр Папяровы"), ("Relation", ""), ("prisoner", ""), ("(yes/no)", "no"), ("Contact", "")]
    play.ask(line, *answers, ("Message", ""), ("Language", ""), ("Keep this", "y"), ("Name (Enter ends)", ""))


def withdraw(play: Play, line: str) -> None:
    """With a digit forgotten at first."""
    play.ask(line, ("25 digits", CODE[:-1]), ("25 digits", CODE))


def work(play: Play, line: str) -> None:
    """Two commands, one passphrase."""
    screen = play.start(line)
    answer(screen, ("(locked)> ", "status"), ("Passphrase", play.passphrases["anna"]))
    answer(screen, ("(unlocked)> ", "organizer status"), ("(unlocked)> ", "quit"))
    play.keep(screen)


def publish(play: Play, line: str) -> None:
    fewer = [("lower number than the last one? [y/N]", "y")] if line.endswith("result-2") else []
    play.ask(line, ("Passphrase", play.passphrases["anna"]), *fewer, ("Sign and write this publication? [y/N]", "y"))


def sign(play: Play, line: str) -> None:
    shutil.copytree(play.anna / "result", play.boris / "result")
    told = hashlib.sha256((play.anna / "result" / "publication.json").read_bytes()).hexdigest()
    answers = [("were told", told), ("[y/N]", "y"), ("Passphrase", play.passphrases["boris"])]
    play.ask(line, *answers, who="boris")
    shutil.copytree(play.boris / "result", play.anna / "result", dirs_exist_ok=True)


def without_questions(play: Play, line: str) -> None:
    play.ask(line)


@contextmanager
def as_if(play: Play) -> Iterator[None]:
    """What is done to the workspace here is not so for what follows."""
    shutil.copytree(play.anna / WORKSPACE, play.anna / "put-away")
    yield
    shutil.rmtree(play.anna / WORKSPACE)
    (play.anna / "put-away").rename(play.anna / WORKSPACE)


def burn(play: Play, line: str) -> None:
    assert play.period
    name = play.period.hex_id
    with as_if(play):
        play.ask(line.replace(KEY_ID, name), ("Passphrase", play.passphrases["anna"]), ("type the word", name))


def new_cards(play: Play, line: str) -> None:
    screen = play.start(line)
    answer(screen, ("Passphrase", play.passphrases["anna"]), ("make: ", "2"), ("The key: ", "1"))
    play.cards = hand_out(screen)
    play.keep(screen)


def forgotten(play: Play, line: str) -> None:
    with as_if(play):
        screen = give_cards(play, line)
        answer(screen, ("it is lost)", ""))
        new_passphrase(screen)
        play.keep(screen)


def lost_laptop(play: Play, line: str) -> None:
    screen = give_cards(play, line)
    answer(screen, ("public: ", "anna"))
    play.passphrases["new"] = new_passphrase(screen)
    play.keep(screen)


def key_after_a_seizure(play: Play, line: str) -> None:
    screen = play.start(line)
    answer(screen, ("Passphrase", play.passphrases["new"]), ("make: ", "1"))
    answer(screen, ("no limit): ", day(-40)), ("no limit): ", day(-5)), ("nevertheless? [y/N]: ", "y"))
    answer(screen, ("period? [y/N]: ", "n"))
    hand_out(screen)
    answer(screen, ("for the next", ""), ("have none): ", ""), ("no more): ", ""), ("result [1]: ", ""))
    answer(screen, ("public [public]: ", "public-2"))
    play.keep(screen)


def give_cards(play: Play, line: str) -> PseudoTerminal:
    screen = play.start(line)
    answer(screen, ("to go on", ""), ("Word 1", play.cards[1]), ("Word 1", play.cards[0]))
    return screen


def wrong_name(play: Play, line: str) -> None:
    """Ян Памылка did not sign."""
    screen = play.start(line)
    answer(screen, ("Passphrase", play.passphrases["anna"]))
    while "Памылка" not in screen.until("q quit"):
        screen.press("n")
    screen.press("r")
    screen.until("goes back.")
    screen.press("1")
    screen.until("q quit")
    screen.press("q")
    play.keep(screen)


STEPS: list[tuple[str, Callable[[Play, str], None]]] = [
    ("ls", in_the_shell),
    ("sha256sum organizer.pyz", in_the_shell),
    ("alias organizer='python3 organizer.pyz'", in_the_shell),
    ("organizer --version", version),
    ("organizer --help", without_questions),
    ("organizer rehearse", rehearse),
    ("organizer ceremony", ceremony_of_boris),
    ("organizer ceremony", ceremony_of_anna),
    ("cp -r organizer-workspace copy-of-workspace", in_the_shell),
    (TOKEN, in_the_shell),
    ("sha256sum ledger-*.undersigned", fetch),
    ("organizer open ledger-*.undersigned --appeal appeal.json", with_passphrase),
    ("organizer open letters", letters),
    ("organizer work", work),
    ("organizer review", review),
    ("organizer status", with_passphrase),
    ("organizer add", add),
    ("organizer withdraw", withdraw),
    ("organizer publish --out result", publish),
    ("organizer sign result/publication.json --appeal appeal.json", sign),
    ("organizer verify result/publication.json --appeal appeal.json", without_questions),
    (
        "organizer export result/publication.json --appeal appeal.json --language en --out embassy",
        without_questions,
    ),
    (f"organizer burn --period {KEY_ID} --publication result/publication.json", burn),
    ("organizer ceremony", new_cards),
    ("organizer restore", forgotten),
    ("organizer restore -w new-workspace --appeal appeal.json", lost_laptop),
    ("organizer ceremony -w new-workspace", key_after_a_seizure),
    ("organizer review --again", wrong_name),
    ("organizer publish --out result-2", publish),
]
