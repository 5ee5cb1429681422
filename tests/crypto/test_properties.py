"""What must hold for every input of the formats; hypothesis searches, and each test begins with its invariant in words.

The law of all readers: any input gives a value or an error of the kind that the reader names, and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from crypto.appeal import Appeal, DatedKey, read_appeal, write_appeal
from crypto.code import check_code
from crypto.envelope import BEGIN, SIZE, dearmor, envelope_id
from crypto.errors import (
    AppealError,
    ArmorError,
    CodeError,
    KeyFormatError,
    LedgerError,
    MinisignError,
    PublicationError,
    RecordError,
    UndersignedError,
)
from crypto.keys import KeyRecord, OrganizersKey
from crypto.ledger import LedgerHeader, read_ledger, write_ledger
from crypto.minisign import MinisignPublicKey, MinisignSecretKey, sign, unlock_secret_key, verify
from crypto.publication import (
    ByHand,
    Counts,
    Publication,
    PublishedSignature,
    read_publication,
    write_publication,
)
from crypto.signature import LIMITS, Signature, read_signature, write_signature
from crypto.strictjson import MAX_DEPTH, MAX_INTEGER, StrictJsonError, parse
from tests.support.older_text import armor
from tests.support.twins import group_code

T = TypeVar("T")

SPEC = (Path(__file__).parents[2] / "docs" / "spec.md").read_text("utf-8")
REASONS = set(re.findall(r"^\| `([a-z0-9-]+)` \|", SPEC.split("## 9.")[1], re.MULTILINE))

KEY = OrganizersKey.derive(bytes(range(32)), bytes(range(16)))
APPEAL_ID = KEY.record.appeal_id
ANNA = MinisignSecretKey.make(b"annaanna", bytes(range(100, 132)))
BORIS = MinisignSecretKey.make(b"borisbor", bytes(range(150, 182)))
HASH = "ab" * 32

SIGNATURE = Signature(
    "Ірына “Ў”",
    True,
    relation="сястра \\ sister",
    prisoner="Алесь",
    contact='"@irina"',
    message="Дзякуй 🙏🏽 \u2028",
    language="be",
    vouch="рабіна",
)
PUBLICATION = Publication(
    appeal=APPEAL_ID.hex(),
    number=2,
    previous=HASH,
    date="2026-11-22",
    letters={"be": HASH, "en-GB": "cd" * 32},
    keys=(KEY.record.fingerprint.hex(),),
    ledgers=(HASH, "cd" * 32),
    counts=Counts(received=9, unreadable=1, duplicates=1, rejected=1, withdrawn=1, public=2, nonpublic=2),
    by_hand=ByHand(public=1, nonpublic=0),
    signatures=(PublishedSignature("Алесь", "", ""), PublishedSignature("Ірына", "сястра", "Алесь")),
    receipts=("00000000000000ab", "00000000000000ab", "d67b228d3fe7ad50"),
)
APPEAL = Appeal(
    appeal_id=APPEAL_ID,
    keys=(DatedKey(KEY.record, None, "2026-12-31"), DatedKey(KEY.record, "2027-01-01")),
    letters={"be": HASH},
    minisign=(ANNA.public, BORIS.public),
    threshold=2,
    signing_file={"be": HASH},
    collected_before=91,
)
DOCUMENTS = {
    "signature": write_signature(SIGNATURE),
    "publication": write_publication(PUBLICATION),
    "appeal": write_appeal(APPEAL),
    "any": b'[[],{"a":-1,"b":[null,true,false,"\\ud83d\\ude00"]}]',
}
MINISIG = sign(ANNA, b"a result", "result 2 of 2026-11-22 · вынік")

# More examples than usual where one costs little: 1,000, and 200 in ./run check.
thorough = settings(max_examples=10 * settings.default.max_examples)
plain = settings()

# With surrogates, which a text from the command line or from a lenient reader may hold.
any_text = st.text(st.characters())


def answer(read: Callable[[], T], error: type[UndersignedError]) -> T | None:
    """What `read` returns, or None after an error of this kind with a reason of the specification; else raises."""
    try:
        return read()
    except error as refused:
        reason = refused.reason
    assert reason in REASONS
    return None


# Documents that are nearly good.


@dataclass(frozen=True)
class Twice:
    """A value that is written with the same key twice."""

    value: Any


def dump(value: Any) -> str:
    """JSON; an entry of an object that is Twice stands there twice."""
    if isinstance(value, dict):
        pairs = []
        for key, inner in value.items():
            text = f"{json.dumps(key)}:{dump(inner)}"
            pairs += [text, text] if isinstance(inner, Twice) else [text]
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return dump(value.value) if isinstance(value, Twice) else json.dumps(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([MAX_INTEGER, MAX_INTEGER + 1, -MAX_INTEGER, -MAX_INTEGER - 1, 10**400, 1.0, 0.5, float("nan")]),
    any_text,
    st.sampled_from([HASH, HASH.upper(), "2026-02-29", "0000-01-01", "be", "a" * 120, "a" * 121, "\u200b", " ", "٣"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)


def edges_of(keys: str, *values: Any) -> dict[str, tuple[Any, ...]]:
    return dict.fromkeys(keys.split(), values)


# Values at the edge of what may stand under a key.
EDGES = {
    **edges_of(
        "date from until", None, "2026-02-28", "2026-02-29", "0000-01-01", "9999-12-31", "2026-1-1", "２026-01-01"
    ),
    **edges_of("name relation prisoner contact message", "", "\u3000", "𐍈" * 80, "𐍈" * 121, "\u200b", "\udc00", "a\nb"),
    **edges_of("language vouch", "", "b", "be", "b" * 8, "b" * 9, "a" * 40, "a" * 41),
    **edges_of("letters signing_file", {}, {"by-cyrl": HASH}, {"BE": HASH}, {"be\n": HASH}, {"be": f"{HASH}\n"}),
    **edges_of("number total threshold received public nonpublic", 0, 1, 2, 3, -1, True, "1", None),
    **edges_of("previous appeal", None, HASH[:-1], f"{HASH}\n", HASH.upper(), ""),
    **edges_of("minisign", [], [""], ["A" * 56], [None], [f" {ANNA.public.line}\n"]),
    **edges_of("record", "", "A", "AQ==", "A" * 1644, "AQ=\n="),
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key or index in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inner for place in [(value, key), *places(part)]]


@st.composite
def changed_values(draw: st.DrawFn, name: str) -> bytes:
    """One of DOCUMENTS with one to three of its values replaced, exchanged, deleted, written twice or added."""
    value = json.loads(DOCUMENTS[name])
    for _ in range(draw(st.integers(1, 3))):
        found = places(value)
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        what = draw(st.sampled_from(["replace", "replace", "replace", "exchange", "delete", "twice", "add"]))
        if what == "replace":
            edges = st.sampled_from(EDGES[key]) if key in EDGES else values
            container[key] = deepcopy(draw(edges | values))
        elif what == "exchange":
            other, other_key = draw(st.sampled_from(found))
            container[key] = deepcopy(other[other_key])
        elif what == "delete":
            del container[key]
        elif isinstance(container, list):
            container.insert(key, container[key] if what == "twice" else draw(values))
        elif what == "twice":
            container[key] = Twice(container[key])
        else:
            container[draw(any_text)] = draw(values)
    return dump(value).encode("ascii")


@st.composite
def changed_parts(draw: st.DrawFn, whole: Sequence[T], parts: st.SearchStrategy[Sequence[T]]) -> list[T]:
    """A good sequence with one to three places changed, deleted, doubled or filled with `parts`."""
    made = list(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(made)))
        end = min(len(made), at + draw(st.sampled_from([0, 1, 1, 2, 5, 64])))
        what = draw(st.sampled_from(["put", "delete", "double"]))
        made[at:end] = draw(parts) if what == "put" else [] if what == "delete" else made[at:end] * 2
    return made


TOKENS = [
    "{", "}", "[", "]", ",", ":", '"', "\\", " ", "\t", "\r\n", "\x0b", "\0", "\u00a0", "\u2028", "\ufeff", "\u200b",
    "1", "-0", "01", "1.0", "1e3", "-", "NaN", "Infinity", "true", "null", "''", "//", "[" * 9, '{"a":' * 9,
    "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0000", "\\u200b", "\\x", '"a":1,', '"name":"x",',
]  # fmt: skip
byte_parts = st.one_of(
    st.binary(max_size=4),
    st.sampled_from([*(token.encode() for token in TOKENS), b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"]),
)


def nearly(name: str) -> st.SearchStrategy[bytes]:
    """One of DOCUMENTS changed as bytes or as values, or no document at all."""
    return st.one_of(changed_values(name), changed_parts(DOCUMENTS[name], byte_parts).map(bytes), st.binary())


def nearly_text(text: str, *parts: str) -> st.SearchStrategy[str]:
    """The text changed a little, or any text."""
    inserts = st.one_of(any_text, st.sampled_from(["\n", "\r\n", "\r", " ", "\t", "> ", "\u00a0", "\ud800", *parts]))
    return st.one_of(changed_parts(text, inserts).map("".join), any_text)


# Strict JSON.


@given(st.one_of(nearly("any"), nearly("signature")))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"9" * 100_000)
@thorough
def test_strict_json_gives_a_value_or_its_own_error(data: bytes) -> None:
    """Invariant: any bytes give a value of JSON's types in their limits, equal to json.loads', or a StrictJsonError."""
    try:
        value = parse(data)
    except StrictJsonError as refused:
        reason = refused.reason
    else:
        reason = "json"
        assert_strict(value)
        assert value == json.loads(data)
    assert reason in {"utf8", "bom", "json", "duplicate-key", "surrogate"}


def assert_strict(value: Any, depth: int = 0) -> None:
    assert depth <= MAX_DEPTH
    assert type(value) in {dict, list, str, int, bool, type(None)}
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, int):
        assert abs(value) <= MAX_INTEGER
    elif isinstance(value, dict):
        for key, inner in value.items():
            assert_strict(key, depth)
            assert_strict(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            assert_strict(inner, depth + 1)


@given(st.recursive(st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(), st.lists))
@plain
def test_strict_json_reads_what_others_write(value: Any) -> None:
    """Invariant: what json.dumps writes within the limits is read back equal."""
    assume(json.dumps(value).replace("[", "").count("]") <= MAX_DEPTH)
    assert parse(json.dumps(value).encode("ascii")) == value
    assert parse(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8")) == value


# Signatures.

# Format characters that the specification's Unicode 16 knows and an older unicodedata does not.
YOUNG = "".join(map(chr, range(0x13439, 0x13440)))
BLANK = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
printable = st.characters(exclude_categories=["Cc", "Cf", "Cs"], exclude_characters=YOUNG)


def field_text(field: str) -> st.SearchStrategy[str]:
    return st.text(printable, min_size=LIMITS[field][0], max_size=LIMITS[field][1])


signatures = st.builds(
    Signature,
    name=field_text("name").filter(lambda name: bool(name.strip(BLANK))),
    public=st.booleans(),
    relation=field_text("relation"),
    prisoner=field_text("prisoner"),
    contact=field_text("contact"),
    message=field_text("message"),
    language=st.just("") | field_text("language"),
    vouch=field_text("vouch"),
)


@given(signatures)
@thorough
def test_a_signature_that_is_written_is_read_back(signature: Signature) -> None:
    """Invariant: reading what was written gives an equal signature, and writing that gives the same bytes."""
    written = write_signature(signature)
    assert read_signature(written) == signature
    assert write_signature(read_signature(written)) == written


@given(nearly("signature"))
@thorough
def test_reading_a_signature_gives_one_or_a_record_error(data: bytes) -> None:
    """Invariant: any bytes give a signature that can be written and read back, or a RecordError."""
    signature = answer(lambda: read_signature(data), RecordError)
    if signature is not None:
        assert read_signature(write_signature(signature)) == signature


suspects = st.one_of(
    printable, st.sampled_from("\0\n\r\t\x1b\x7f\x85\xad\u061c\u200b\u200f\u202e\u2066\ufeff\U000e0041")
)


@given(
    st.fixed_dictionaries(
        {"name": st.text(suspects, min_size=1, max_size=9), "public": st.booleans()},
        optional={field: st.text(suspects, max_size=9) for field in LIMITS if field != "name"},
    ),
    st.booleans(),
)
@thorough
def test_what_is_read_holds_no_control_or_format_character(record: dict[str, Any], escaped: bool) -> None:
    """Invariant: no accepted field holds a character of category Cc or Cf or a surrogate, however it was written."""
    text = json.dumps(record, ensure_ascii=escaped)
    signature = answer(lambda: read_signature(text.encode("utf-8", "surrogatepass")), RecordError)
    if signature is not None:
        assert not any(
            unicodedata.category(char) in {"Cc", "Cf", "Cs"} for field in LIMITS for char in record.get(field, "")
        )


def reason_with(character: str) -> str | None:
    """Why a message with this character is refused; None when it is not."""
    try:
        read_signature(json.dumps({"name": "n", "public": True, "message": f"a{character}b"}).encode("ascii"))
    except RecordError as refused:
        return refused.reason
    return None


def characters_of(*categories: str) -> list[str]:
    return [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in categories]


def test_the_table_covers_every_control_and_format_character_that_python_knows() -> None:
    """Each character that this Python's unicodedata calls Cc or Cf is refused as record-character."""
    characters = characters_of("Cc", "Cf")
    assert len(characters) > 200
    assert [f"U+{ord(char):04X}" for char in characters if reason_with(char) != "record-character"] == []


def test_no_half_of_a_character_is_read() -> None:
    """Each of the 2,048 surrogates is refused as record-surrogate."""
    surrogates = characters_of("Cs")
    assert len(surrogates) == 2048
    assert {reason_with(char) for char in surrogates} == {"record-surrogate"}


def test_the_table_is_that_of_the_specification() -> None:
    """A message with any other character than those of the table in section 4 is read."""
    lines = SPEC.split("*Control and format characters*")[1].split("A name is *blank*")[0].splitlines()
    bounds = [
        int(digits, 16) for line in lines if line.startswith("|") for digits in re.findall(r"U\+([0-9A-F]+)", line)
    ]
    table = {point for first, last in zip(bounds[::2], bounds[1::2], strict=True) for point in range(first, last + 1)}
    others = [point for point in range(sys.maxunicode + 1) if point not in table and not 0xD800 <= point <= 0xDFFF]
    for at in range(0, len(others), 500):
        Signature("n", True, message="".join(map(chr, others[at : at + 500])))
    assert {reason_with(chr(point)) for point in table} == {"record-character"}


# Publications and appeals.


@given(nearly("publication"))
@thorough
def test_reading_a_publication_gives_one_or_a_publication_error(data: bytes) -> None:
    """Invariant: any bytes give a publication that can be written and read back, or a PublicationError."""
    publication = answer(lambda: read_publication(data), PublicationError)
    if publication is not None:
        assert read_publication(write_publication(publication)) == publication
        numbers = (publication.number, *astuple(publication.counts), *astuple(publication.by_hand))
        assert {type(number) for number in numbers} == {int}


@given(nearly("appeal"))
@thorough
def test_reading_an_appeal_gives_one_or_an_appeal_error(data: bytes) -> None:
    """Invariant: any bytes give an appeal that can be written and read back, or an AppealError."""
    appeal = answer(lambda: read_appeal(data), AppealError)
    if appeal is not None:
        assert read_appeal(write_appeal(appeal)) == appeal
        assert type(appeal.threshold) is int


def test_the_documents_that_are_changed_are_good_ones() -> None:
    """What the tests above change is read back equal as it is."""
    assert read_signature(write_signature(SIGNATURE)) == SIGNATURE
    assert read_publication(write_publication(PUBLICATION)) == PUBLICATION
    assert read_appeal(write_appeal(APPEAL)) == APPEAL
    assert read_appeal(dump(json.loads(DOCUMENTS["appeal"])).encode("ascii")) == APPEAL
    assert dump({"a": Twice([1])}) == '{"a":[1],"a":[1]}'


# The text form.

envelopes = st.binary(max_size=64).map(lambda start: start + bytes(SIZE - len(start)))
surroundings = st.lists(any_text, max_size=4).filter(lambda lines: BEGIN not in "".join(lines))


@given(nearly_text(armor(bytes(range(256)) * 16), BEGIN, f"\n{BEGIN}\n", "A", "=", "-", "é", "🙏"))
@plain
def test_reading_text_gives_an_envelope_or_an_armor_error(text: str) -> None:
    """Invariant: any text gives 4,096 bytes or an ArmorError."""
    envelope = answer(lambda: dearmor(text), ArmorError)
    assert envelope is None or len(envelope) == SIZE


@given(
    envelopes,
    surroundings,
    surroundings,
    st.lists(st.text(" >", max_size=4), min_size=1, max_size=90),
    st.sampled_from(["\n", "\r\n", " \n", "  \r\n"]),
)
@plain
def test_an_envelope_survives_what_messengers_do(
    envelope: bytes, before: list[str], after: list[str], quotes: list[str], ending: str
) -> None:
    """Invariant: quoted lines, CR LF, spaces at line ends and text before and after give back the same envelope."""
    lines = armor(envelope).splitlines()
    quoted = [quotes[at % len(quotes)] + line for at, line in enumerate(lines)]
    assert dearmor(armor(envelope)) == envelope
    assert dearmor(ending.join([*before, *quoted, *after])) == envelope
    assert dearmor(ending.join([*before, *quoted, *after, ""])) == envelope


# Codes.


@given(nearly_text("48291 03377\u00a059021-88412 70536", "٣", "𝟗", "-", "9"))
@example("48291 03377 59021 88412 7053٣")
@thorough
def test_a_typed_code_gives_digits_or_a_code_error(text: str) -> None:
    """Invariant: any text gives the 25 digits that stood in it, in this order and in ASCII, or a CodeError."""
    code = answer(lambda: check_code(text), CodeError)
    if code is not None:
        assert re.fullmatch("[0-9]{25}", code)
        assert code == "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
        assert check_code(group_code(code)) == code


# Keys.


@given(st.one_of(st.binary(max_size=60), changed_parts(bytes(KEY.record), byte_parts).map(bytes)))
@thorough
def test_parsing_a_key_record_gives_one_or_a_key_error(data: bytes) -> None:
    """Invariant: any bytes give a key record that is written as the same bytes, or a KeyFormatError."""
    record = answer(lambda: KeyRecord.parse(data), KeyFormatError)
    if record is not None:
        assert bytes(record) == data
        assert re.fullmatch("[0-9]{5}( [0-9]{5}){7}", record.digits)


# Ledgers.

HEADER = LedgerHeader(APPEAL_ID, 3)
headers = st.builds(LedgerHeader, st.binary(min_size=16, max_size=16) | st.just(APPEAL_ID), st.integers(0, 4))


@given(changed_parts(bytes(HEADER), byte_parts).map(bytes) | st.binary())
@plain
def test_the_first_line_of_a_ledger_gives_a_header_or_a_ledger_error(line: bytes) -> None:
    """Invariant: any bytes give a header that is written as the same bytes, or a LedgerError."""
    header = answer(lambda: LedgerHeader.parse(line), LedgerError)
    assert header is None or bytes(header) == line


@given(st.binary(min_size=16, max_size=16), st.integers(0, 10**12 - 1))
@plain
def test_a_ledger_header_is_read_back(appeal_id: bytes, count: int) -> None:
    """Invariant: a header that was written is parsed to an equal one."""
    header = LedgerHeader(appeal_id, count)
    assert LedgerHeader.parse(bytes(header)) == header


def ledger_of(envelopes: Iterable[bytes]) -> list[bytes]:
    """The pieces of a ledger, the first line being the first."""
    ordered = sorted(set(envelopes), key=envelope_id)
    return list(write_ledger(APPEAL_ID, len(ordered), ordered))


@given(headers, st.lists(st.one_of(envelopes, st.binary()), max_size=5), st.booleans())
@plain
def test_reading_a_ledger_gives_ascending_envelopes_or_a_ledger_error(
    header: LedgerHeader, pieces: list[bytes], ordered: bool
) -> None:
    """Invariant: any pieces give envelopes with ascending ids, all that were announced unless a LedgerError follows."""
    pieces = sorted(pieces, key=envelope_id) if ordered else pieces
    given_out: list[tuple[bytes, bytes]] = []
    answer(lambda: read_into(given_out, header, pieces), LedgerError)
    names = [name for name, _ in given_out]
    assert names == sorted(set(names))
    assert all(own == envelope_id(piece) and len(piece) == SIZE for own, piece in given_out)
    assert [piece for _, piece in given_out] == pieces[: len(given_out)]


def read_into(given_out: list[tuple[bytes, bytes]], header: LedgerHeader, pieces: list[bytes]) -> None:
    for pair in read_ledger(header, pieces, APPEAL_ID):
        given_out.append(pair)  # one by one: those before an error count
    assert header.appeal_id == APPEAL_ID
    assert len(given_out) == len(pieces) == header.count


@given(st.lists(envelopes, max_size=6), st.randoms())
@plain
def test_the_same_envelopes_are_the_same_ledger(envelopes: list[bytes], random: Any) -> None:
    """Invariant: a ledger gives back the set it was made of, and order and repetition leave no trace in its bytes."""
    shuffled = random.sample(envelopes, len(envelopes)) + envelopes[:1]
    first_line, *pieces = ledger_of(envelopes)
    read = list(read_ledger(LedgerHeader.parse(first_line), pieces, APPEAL_ID))
    assert {piece for _, piece in read} == set(envelopes)
    assert len(read) == len(set(envelopes))
    assert ledger_of(shuffled) == [first_line, *pieces]
    assert LedgerHeader.parse(first_line).size == len(b"".join([first_line, *pieces]))


# Minisign.


@given(nearly_text(ANNA.public.line, "=", "A", "+", "_"))
@plain
def test_parsing_a_minisign_key_gives_one_or_a_minisign_error(line: str) -> None:
    """Invariant: any text gives a key whose line is that text but for white space around it, or a MinisignError."""
    key = answer(lambda: MinisignPublicKey.parse(line), MinisignError)
    assert key is None or key.line == line.strip()


@given(nearly_text(MINISIG, "trusted comment: ", "untrusted comment: ", "="), st.sampled_from([ANNA, BORIS]))
@thorough
def test_verifying_a_minisig_gives_its_comment_or_a_minisign_error(minisig: str, signer: MinisignSecretKey) -> None:
    """Invariant: any text gives the comment that was signed, or a MinisignError."""
    comment = answer(lambda: verify(signer.public, b"a result", minisig), MinisignError)
    assert comment is None or (signer == ANNA and comment == "result 2 of 2026-11-22 · вынік")


def test_half_a_character_in_a_trusted_comment_is_refused() -> None:
    """A comment that is no text in UTF-8 was not signed: MinisignError, when it is verified and when it is made."""
    broken = MINISIG.replace("вынік", "\ud800")
    with pytest.raises(MinisignError):
        verify(ANNA.public, b"a result", broken)
    with pytest.raises(MinisignError):
        sign(ANNA, b"a result", "\ud800")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")), st.binary())
@plain
def test_what_is_signed_verifies(comment: str, message: bytes) -> None:
    """Invariant: a minisig verifies for its message and gives back its comment, with CR LF and without last LF too."""
    minisig = sign(ANNA, message, comment)
    for text in (minisig, minisig.replace("\n", "\r\n"), minisig.removesuffix("\n")):
        assert verify(ANNA.public, message, text) == comment
    with pytest.raises(MinisignError):
        verify(ANNA.public, message + b"\0", minisig)


@given(any_text, any_text)
@plain
def test_no_text_but_a_key_file_is_unlocked(text: str, passphrase: str) -> None:
    """Invariant: text that is no secret key file gives minisign-form at once, whatever the passphrase."""
    with pytest.raises(MinisignError) as refused:
        unlock_secret_key(text, passphrase)
    assert refused.value.reason == "minisign-form"
