"""Invariant: a sealed text that reaches the organizers in any file is opened, each once, or named by its file.

Nothing that a stranger puts there stops the others, waits for ever or fills the memory.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from crypto import text_parts
from crypto.envelope import envelope_id
from crypto.text_parts import read_parts, write_parts
from organizer.actions.open_ledgers import OpenedLedgers, open_ledgers
from organizer.actions.plan import Progress, no_progress
from organizer.errors import OrganizerError
from organizer.intake.texts import letter_box, reading
from organizer.intake.texts import mail as taking_apart
from organizer.intake.texts.letter_box import LetterBox, Problem
from organizer.intake.texts.reading import read_file
from organizer.workspace import archives
from tests.support.letter_box_files import SHAPES, Shape, mail, mailbox, packed, whole
from tests.support.messenger_habits import HABITS, Habit
from tests.support.older_text import armor
from tests.support.organizer_workspace import RECORD, Desk, ledger_of, make_desk, seal
from tests.support.without_face import Noted, opened

CHANCE = random.Random(20261201)


def some_envelope() -> bytes:
    """No reader of texts can tell it from a sealed one; opening sets it aside."""
    return RECORD.header + CHANCE.randbytes(4088)


OURS, THEIRS = some_envelope(), some_envelope()


def put(box: LetterBox, name: str, content: bytes) -> int:
    """Into the box, as the file `name`; how many bytes were told as done."""
    return sum(read_file(box, BytesIO(content), len(content), name))


def boxed(*contents: bytes) -> LetterBox:
    """A box with these files in it, whose names are their numbers."""
    box = LetterBox({RECORD.key_id})
    for number, content in enumerate(contents, start=1):
        put(box, str(number), content)
    return box


def found(box: LetterBox) -> set[bytes]:
    return set(box.envelopes.values())


# Whatever the file


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_an_envelope_is_found_in_every_kind_of_file(shape: Shape) -> None:
    """Whole, and nothing else is said."""
    box = boxed(*shape(write_parts(OURS)).values())
    assert (found(box), box.problems) == ({OURS}, ())


def test_a_reader_of_texts_alone_finds_few_of_them() -> None:
    """The control: without taking files apart, most kinds would cost the signature."""
    plain = ["\n".join(c.decode("utf-8", "replace") for c in shape(write_parts(OURS)).values()) for shape in SHAPES]
    read = sum(read_parts(text).envelopes == (OURS,) for text in plain)
    assert 0 < read < len(SHAPES) * 3 / 4


@pytest.mark.parametrize("transfer", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_what_messengers_made_of_it_goes_through_mail_as_well(habit: Habit, transfer: str) -> None:
    """Each habit, in a mail."""
    text = habit(write_parts(OURS), random.Random(habit.__name__))
    assert found(boxed(mail(text, transfer=transfer).as_bytes())) == {OURS}


def test_the_older_form_without_a_check_is_read_by_its_strict_rule() -> None:
    """Several in one text, too; a damaged one is named."""
    text = f"вось\n{armor(OURS)}\nі яшчэ\n{armor(THEIRS)}"
    assert found(boxed(text.encode())) == {OURS, THEIRS}
    damaged = boxed((armor(OURS)[:3000] + armor(THEIRS)).encode(), b"", armor(OURS).replace("\n", "<br>").encode())
    assert found(damaged) == {THEIRS}
    assert damaged.problems == (Problem("1", "text-older"), Problem("3", "text-older"))


def test_an_envelope_as_it_is_counts_by_the_key_that_it_names() -> None:
    """4,096 bytes of anything else are nothing of ours."""
    assert found(boxed(OURS)) == {OURS}
    for other in (b"\1" + CHANCE.randbytes(4095), OURS[:-1], OURS + b"\n", bytes(4096)):
        assert boxed(other).met == 0


# What belongs together


def test_two_parts_may_come_in_two_files_in_any_order_and_of_two_people() -> None:
    """As two mails, with other mails between."""
    mails = [mail(text).as_bytes() for text in (*write_parts(OURS), *write_parts(THEIRS))]
    for order in ((0, 1, 2, 3), (3, 1, 0, 2), (2, 1, 3, 0)):
        box = boxed(*(mails[at] for at in order))
        assert (found(box), box.problems) == ({OURS, THEIRS}, ())
    assert boxed(mails[0], mails[2]).problems == (Problem("1", "text-part-2"), Problem("2", "text-part-2"))
    assert boxed(mails[0], mails[3]).envelopes == {}


def test_one_that_was_whole_is_not_missed_because_of_a_bad_copy() -> None:
    """Before or after it, in another file or in the same; many false parts with its check spoil none that is whole."""
    one, two = write_parts(OURS)
    false = [one[:70] + "AB"[at % 2] * (at + 1) + one[71 + at :] for at in range(60)]
    answered = one.replace("\n", "\nok\n", 1) + two  # a reading that leaves out a line stands behind all others
    for texts in ([one[:2000], one, two], [one, two, one[:2000]], [*false, answered], [answered, *false]):
        box = boxed(*(text.encode() for text in texts))
        assert (found(box), box.problems) == ({OURS}, ())


def test_the_place_of_what_is_not_whole_is_named() -> None:
    """The file, in a mailbox the number of the mail, and both files where two parts do not fit."""
    one, two = write_parts(OURS)
    box = boxed(mailbox(mail(), mail(one)), (two[:500] + two[501:]).encode())
    assert box.problems == (Problem("1, message 2; 2", "text-part-2"),)
    other = two[:500] + ("B" if two[500] == "A" else "A") + two[501:]
    assert boxed(one.encode(), other.encode()).problems == (Problem("1; 2", "text-parts"),)


# A workspace


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "in").mkdir()
    return make_desk(tmp_path)


def opened_from(desk: Desk, *paths: Path, progress: Progress = no_progress) -> OpenedLedgers:
    with opened(desk) as session:
        return open_ledgers(session, [str(path) for path in paths], progress)


def ledgers_of(desk: Desk) -> list[str]:
    with opened(desk) as session:
        return session.records.ledgers()


def said(told: OpenedLedgers) -> list[str]:
    return [str(problem) for problem in told.problems]


def test_texts_become_a_ledger_of_their_own_whose_digest_counts(desk: Desk) -> None:
    """Sorted, in the workspace, the same bytes whatever order and files the texts came in; its name has its digest."""
    people = [seal(name, record=desk.record) for name in ("Анна", "Ян", "Ева")]
    for at, envelope in enumerate(people):
        (desk.home / "in" / f"{at}.txt").write_text(whole(write_parts(envelope)))
    told = opened_from(desk, desk.home / "in")
    (ledger,) = told.ledgers
    assert (ledger.opening.signatures, told.problems) == (3, ())
    assert told.texts is not None
    assert told.texts.ledger == ledger.path
    content = Path(ledger.path).read_bytes()
    assert content == ledger_of(people, desk.record.appeal_id)
    digest = hashlib.sha256(content).hexdigest()
    assert Path(ledger.path).name == f"texts-3-{digest}.undersigned"
    assert ledgers_of(desk) == [digest]

    other = desk.home / "mbox"
    other.write_bytes(mailbox(*(mail(whole(write_parts(one))) for one in reversed(people))))
    again = opened_from(desk, other)
    assert [(one.path, one.opening.seen_before) for one in again.ledgers] == [(ledger.path, 3)]
    assert ledgers_of(desk) == [digest]


def test_the_same_envelope_by_several_ways_counts_once(desk: Desk) -> None:
    """As text, mailed, as bytes, packed, in the ledger of the site, all at once and again."""
    envelope = seal("Анна", record=desk.record)
    text = whole(write_parts(envelope))
    ways = {
        "a.txt": text.encode(), "b.eml": mail(text, transfer="base64").as_bytes(), "c": envelope,
        "d.txt": armor(envelope).encode(),
        "e.zip": packed({"x.txt": text.encode()}), "ledger": ledger_of([envelope], desk.record.appeal_id),
    }  # fmt: skip
    for name, content in ways.items():
        (desk.home / "in" / name).write_bytes(content)
    told = opened_from(desk, desk.home / "in", desk.home / "in" / "a.txt")
    assert [one.opening.signatures for one in told.ledgers] == [1, 0]
    assert told.texts is not None
    assert (told.texts.files, told.texts.envelopes) == (6, 1)
    with opened(desk) as session:
        assert len(list(session.records.entries())) == 1


def test_of_a_thousand_texts_a_damaged_one_costs_itself_and_is_named(desk: Desk) -> None:
    """And files that hold nothing of ours are counted, and named only where a person named them."""
    for at in range(1000):
        text = whole(write_parts(some_envelope()))
        (desk.home / "in" / f"{at:04}.txt").write_text(text if at != 617 else text[:700] + text[701:])
    photo = desk.home / "in" / "photo.jpg"
    photo.write_bytes(CHANCE.randbytes(5000))
    noted = Noted()
    told = opened_from(desk, desk.home / "in", progress=noted)
    assert told.texts is not None
    assert (told.texts.files, told.texts.without, told.texts.envelopes) == (1001, 1, 999)
    (problem,) = said(told)
    assert problem.startswith("The first of the two texts is missing, or is not whole.")
    assert problem.endswith(f": {desk.home}/in/0617.txt")
    read = [(more, total) for what, unit, more, total in noted.told if (what, unit) == ("Files", "bytes read")]
    assert sum(more for more, _ in read) == read[0][1]
    assert said(opened_from(desk, photo)) == [f"There is neither a ledger nor a sealed text in {photo}"]


def test_what_was_read_is_on_the_disk_before_it_is_opened_and_opened_the_next_time(desk: Desk) -> None:
    """Whatever comes between; the files need not be there any more."""
    file = desk.home / "in" / "a.txt"
    file.write_text(whole(write_parts(seal("Анна", record=desk.record))))

    @contextmanager
    def cut_off(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
        if unit == "envelopes read":
            raise KeyboardInterrupt
        yield lambda more, total: None

    with pytest.raises(KeyboardInterrupt):
        opened_from(desk, file, progress=cut_off)
    assert ledgers_of(desk) == []
    file.unlink()
    other = desk.ledger(seal("Ян", record=desk.record))
    told = opened_from(desk, other)
    assert [one.opening.signatures for one in told.ledgers] == [1, 1]
    assert len(ledgers_of(desk)) == 2
    assert [one.opening.seen_before for one in opened_from(desk, other).ledgers] == [1]


# Hostile


def nested(depth: int, inside: str) -> bytes:
    """A mail with parts within parts."""
    lines = ["From: a@example.org", "Subject: x", "MIME-Version: 1.0"]
    for at in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{at}"', "", f"--b{at}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", inside]).encode()


def test_what_is_no_ordinary_file_is_named_and_never_waited_for(desk: Desk) -> None:
    """Pipes, devices, links out of the folder, files that cannot be read; what lies beside them is opened."""
    folder = desk.home / "in"
    os.mkfifo(folder / "pipe")
    (folder / "device").symlink_to("/dev/zero")
    secret = desk.home / "elsewhere.txt"
    secret.write_text(whole(write_parts(seal("Ян", record=desk.record))))
    (folder / "link.txt").symlink_to(secret)
    (folder / "round").symlink_to(folder)
    (folder / "good.txt").write_text(whole(write_parts(seal("Анна", record=desk.record))))
    told = opened_from(desk, folder, Path("/dev/zero"), folder / "pipe", Path("/proc/self/mem"), desk.home / "none")
    assert told.ledgers[1].opening.signatures == 1
    reasons = {str(problem.values.get("source")): problem.reason for problem in told.problems[1:]}
    assert reasons == {
        f"{folder}/pipe": "file-kind", f"{folder}/device": "file-link", f"{folder}/link.txt": "file-link",
        f"{folder}/round": "file-link", "/dev/zero": "file-kind", "/proc/self/mem": "file-unread",
    }  # fmt: skip
    assert told.problems[0].reason == "no-file"
    assert opened_from(desk, folder / "link.txt").ledgers[0].opening.signatures == 1  # a person named it


def test_a_folder_of_ten_thousand_files_and_one_of_many_floors_are_read(desk: Desk) -> None:
    """The one text among them is found."""
    for at in range(10_000):
        (desk.home / "in" / f"{at}.txt").write_bytes(b"x\n")
    (desk.home / "in" / "\udcff\udcfe.txt").write_bytes(b"a name that is no text\n")
    deep = desk.home / "in" / "/".join("d" * 100)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(whole(write_parts(OURS)))
    told = opened_from(desk, desk.home / "in")
    assert told.texts is not None
    assert (told.texts.files, told.texts.without, told.texts.envelopes) == (10_002, 10_001, 1)


def test_a_mail_of_many_floors_or_many_attachments_costs_no_more_than_its_size() -> None:
    """Forty floors are taken apart; of more it is said that not all was read, and what is plain in it is read."""
    text = whole(write_parts(OURS))
    assert found(boxed(nested(39, text))) == {OURS}
    for depth in (60, 1000, 20_000):
        box = boxed(nested(depth, text))
        assert (found(box), [one.reason for one in box.problems]) == ({OURS}, ["text-mail"])
    many = mail()
    for at in range(1000):
        many.add_attachment(whole(write_parts(OURS)) if at == 700 else "nothing", filename=f"{at}.txt")
    assert found(boxed(many.as_bytes())) == {OURS}


def test_what_is_packed_to_fill_the_memory_is_given_up_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bombs, one in another, one many times over, archives with passwords or damaged; the next file is read.

    Within bounds a twelfth of the real ones, so that it does not take long.
    """
    largest = archives.LARGEST_MEMBER // 12
    monkeypatch.setattr(archives, "LARGEST_MEMBER", largest)
    monkeypatch.setattr(reading, "LARGEST_MEMBER", largest)
    monkeypatch.setattr(reading, "TOGETHER_MOST", reading.TOGETHER_MOST // 12)
    bomb = packed({"a.txt": bytes(largest + 2)})
    locked = bytearray(packed({"a.txt": whole(write_parts(OURS)).encode()}))
    for sign in (b"PK\3\4", b"PK\1\2"):
        at = locked.index(sign) + (6 if sign == b"PK\3\4" else 8)
        locked[at] |= 1
    cases = [bomb, packed({str(at): bomb for at in range(30)}), bytes(locked), bomb[: len(bomb) // 2]]
    deep = b"x"
    for _ in range(30):
        deep = packed({"a.zip": deep})
    tracemalloc.start()
    reasons = []
    for case in (*cases, deep):
        box = boxed(case, whole(write_parts(OURS)).encode())
        assert found(box) == {OURS}
        assert {one.source for one in box.problems} == {"1"}
        reasons.append([one.reason for one in box.problems])
    # Thirty bombs are not all unpacked: after the third it is enough.
    assert reasons == [["text-packed"], ["text-much", "text-packed"], ["text-packed"], ["text-packed"], ["text-much"]]
    assert tracemalloc.get_traced_memory()[1] < 3 * largest
    tracemalloc.stop()


def test_an_archive_whose_list_of_members_would_fill_the_memory_is_not_listed() -> None:
    """It is refused by the size that its end names, which is what would be read."""
    made = bytearray(packed({"a": b""}))
    at = made.rindex(b"PK\5\6") + 12
    made[at : at + 4] = (archives.LARGEST_LIST + 1).to_bytes(4, "little")
    with pytest.raises(OrganizerError) as caught, archives.open_archive(bytes(made)):
        pass
    assert caught.value.reason == "table-large"
    with archives.open_archive(packed({str(at): b"" for at in range(20_000)})) as many:
        assert len(many.names) == 20_000


LARGEST_WHOLE = 4 << 20


class Zeros(BytesIO):
    """A file of zeros without end, but for what stands at one place."""

    def __init__(self, size: int, at: int, text: bytes) -> None:
        super().__init__()
        self._size, self._place, self._text, self._now = size, at, text, 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As any file does."""
        assert size is not None
        assert 0 <= size <= LARGEST_WHOLE, "a file of any size is never read whole"
        start, end = self._now, min(self._now + size, self._size)
        made = bytearray(end - start)
        first, last = max(self._place, start), min(self._place + len(self._text), end)
        if first < last:
            made[first - start : last - start] = self._text[first - self._place : last - self._place]
        self._now = end
        return bytes(made)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """To the beginning only."""
        assert (offset, whence) == (0, 0)
        self._now = 0
        return 0


def test_a_huge_file_is_read_a_window_at_a_time_and_a_text_on_an_edge_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its size, the memory for it stays the same. The windows are a sixteenth of the real ones here."""
    monkeypatch.setattr(reading, "LARGEST_WHOLE", LARGEST_WHOLE)
    monkeypatch.setattr(reading, "WINDOW", 1 << 20)
    size = 5 * LARGEST_WHOLE
    text = whole(write_parts(OURS)).encode()
    tracemalloc.start()
    for at in (0, (1 << 20) - 3000, size - len(text)):
        box = LetterBox({RECORD.key_id})
        assert sum(read_file(box, Zeros(size, at, text), size, "x")) == size
        assert found(box) == {OURS}
    assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST_WHOLE
    tracemalloc.stop()


def test_a_mailbox_is_read_mail_by_mail_and_one_that_is_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mails before it and after it are read."""
    monkeypatch.setattr(taking_apart, "LARGEST_MESSAGE", 1 << 20)
    large = b"From - Fri Nov 20 15:03:00 2026\nFrom: a\nTo: b\n\n" + (b"x" * 9999 + b"\n") * 105
    one, two = (mailbox(mail(whole(write_parts(envelope)))) for envelope in (OURS, THEIRS))
    box = boxed(one + large + two)
    assert (found(box), box.problems) == ({OURS, THEIRS}, (Problem("1, message 2", "text-large"),))
    endless = boxed(b"From - Fri Nov 20 15:03:00 2026\n" + b"y" * (3 << 20))
    assert endless.problems == (Problem("1, message 1", "text-large"),)


def test_parts_that_wait_for_ever_are_forgotten_at_a_bound_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is whole is read nevertheless."""
    monkeypatch.setattr(text_parts, "KEPT_MOST", 20)
    halves = "".join(write_parts(some_envelope())[0] for _ in range(30))
    one, two = write_parts(THEIRS)
    box = boxed(halves.encode(), one.encode(), whole(write_parts(OURS)).encode(), two.encode())
    assert found(box) == {OURS}
    told = [(problem.source, problem.reason) for problem in box.problems]
    assert told == [("1", "text-full"), *[("1", "text-part-2")] * 10, ("2", "text-full"), ("4", "text-full")]
    assert found(boxed(one.encode(), two.encode())) == {THEIRS}


def test_more_envelopes_than_the_memory_is_meant_for_are_named_by_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are kept, and one that is there already costs nothing."""
    monkeypatch.setattr(letter_box, "ENVELOPES_MOST", 3)
    contents = [some_envelope() for _ in range(4)]
    box = boxed(*contents, contents[0])
    assert (found(box), box.problems) == (set(contents[:3]), (Problem("4", "text-many"),))


def test_what_is_packed_in_another_way_is_named() -> None:
    """It may hide a text, and nobody should take it for a file without one."""
    text = whole(write_parts(OURS)).encode()
    kinds = [
        gzip.compress(text),
        bz2.compress(text),
        lzma.compress(text),
        b"7z\xbc\xaf\x27\x1c\0\4",
        b"Rar!\x1a\x07\1\0",
    ]
    made = mail()
    made.add_attachment(kinds[0], "application", "gzip", filename="mbox.gz")
    for content in (*kinds, made.as_bytes()):
        assert boxed(content).problems == (Problem("1", "text-packed"),)


def changed(data: bytes, chance: random.Random) -> bytes:
    """A file that was cut, joined or changed in some places."""
    made = bytearray(data)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(made))
        what = chance.randrange(5)
        if what == 0:
            made[at : at + chance.randrange(60)] = b""
        elif what == 1:
            made[at:at] = made[chance.randrange(len(made)) :][: chance.randrange(200)]
        elif what == 2:
            made[at:at] = chance.choice(
                [b"\0", b"\r\n\r\n", b"\n--", b"=", b'"', b"From ", b"*0*=", b"\xff\xfe", b"%", b";"]
            )
        else:
            made[at] = chance.randrange(256)
    return bytes(made) or b"x"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_whatever_is_changed_in_a_file_no_error_gets_out_and_no_other_envelope(shape: Shape) -> None:
    """What was in it is read right or not at all, and the file beside it is read."""
    chance = random.Random(shape.__name__)
    files = list(shape(write_parts(OURS)).values())
    beside = whole(write_parts(THEIRS)).encode()
    for _ in range(15):
        box = boxed(*(changed(file, chance) for file in files), beside)
        assert found(box) in ({THEIRS}, {OURS, THEIRS})


MADE_UP_HEADERS = [
    'Content-Type: text/plain; charset="\xff"',
    "Content-Type: text/plain; charset=unknown-8bit",
    "Content-Type: multipart/mixed; boundary*0*=''%",
    "Content-Type: multipart/mixed; boundary*x*=a",
    'Content-Type: multipart/mixed; boundary="b"; boundary*1="c"',
    'Content-Type: multipart/digest; boundary=""',
    "Content-Type: multipart/mixed",
    "Content-Type: ;;;==",
    "Content-Type: message/rfc822",
    "Content-Type: message/rfc822; a*b*c=d",
    "Content-Type: message/delivery-status",
    "Content-Type: message/partial; id=x; number=1",
    "Content-Transfer-Encoding: x-uuencode",
    "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit",
]


@pytest.mark.parametrize("header", MADE_UP_HEADERS)
def test_headers_that_no_program_writes_hide_no_text(header: str) -> None:
    """A mail that cannot be taken apart is read as the text that it is."""
    text = whole(write_parts(OURS))
    mails = [f"From: a\nTo: b\n{header}\n\n{text}", f"From: a\nTo: b\n{header}\n\n--b\n\n{text}\n--b--\n"]
    for made in mails:
        assert found(boxed(made.encode("latin-1"))) == {OURS}


def test_whatever_the_library_for_mail_stumbles_over_costs_that_mail_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such mail is known; the text in it is read as it stands, and it is named."""
    monkeypatch.setattr(taking_apart, "message_from_bytes", lambda data, _class: {}[data])
    box = boxed(mail(whole(write_parts(OURS))).as_bytes(), whole(write_parts(THEIRS)).encode())
    assert (found(box), box.problems) == ({OURS, THEIRS}, (Problem("1", "text-mail"),))


def test_every_envelope_has_the_id_that_its_check_names() -> None:
    """The control of all above: a file in which one letter of the text is another gives nothing."""
    text = whole(write_parts(OURS))
    assert envelope_id(OURS)[:8].hex() in text
    wrong = text[:500] + ("B" if text[500] == "A" else "A") + text[501:]
    assert found(boxed(wrong.encode(), mail(wrong, transfer="base64").as_bytes())) == set()


def test_a_zip_that_says_one_thing_twice_is_named() -> None:
    """Two programs would read two different files."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", whole(write_parts(OURS)))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "another")
    assert boxed(file.getvalue()).problems == (Problem("1", "text-packed"),)
