"""Nobody signs or trusts more than was compared or shown: every field of a publication and of an appeal.json.

The fields are taken from the types, so a new one without a comparison or without a forgery here fails.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, make_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crypto.appeal import Appeal, DatedKey, read_appeal, write_appeal
from crypto.errors import PublicationError
from crypto.publication import ByHand, Counts, Publication, PublishedSignature, read_publication
from organizer import RELEASED
from organizer.actions.appeal import CHANGED, WORD, plan_appeal, plan_taking, take_appeal
from organizer.actions.open_ledgers import open_ledgers
from organizer.actions.plan import YES
from organizer.actions.publish import plan_publication, publish
from organizer.actions.session import open_session
from organizer.actions.sign import UNKNOWN, Cosigning, SignPlan, open_cosigning, plan_signing, sign
from organizer.actions.verify import trusted_appeal
from organizer.cli.main import organizer
from organizer.cli.terminal.publication import say_sign_plan
from organizer.cli.terminal.terminal import Terminal
from organizer.errors import OrganizerError
from organizer.keys.generate import make_period
from organizer.keys.periods import Days
from organizer.results.appeal_changes import CHANGES
from organizer.results.cosign_checks import COMPARED, differences
from organizer.text import in_groups
from organizer.workspace.entries import Decision, SignatureEntry, Verdict
from organizer.workspace.folder import Workspace, make_workspace
from tests.support.organizer_workspace import Desk, make_desk, new_keys, seal
from tests.support.without_face import Typed

OTHER = hashlib.sha256(b"another").hexdigest()


def names(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


def without_row(rows: object, kind: Any) -> set[str]:
    """The fields of a type that no row speaks of."""
    return names(kind) - set(rows)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Forged:
    """A publication of another organizer, and what a second one has: a workspace that can count, or a minisign key."""

    file: Path
    full: Desk
    keys_only: str


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Forged:
    """Anna published; her colleague has the same envelopes and decisions, another has a minisign key only."""
    desk = make_desk(tmp_path_factory.mktemp("forged"))
    ledger = desk.ledger(seal("Ева", record=desk.record), seal("Ян", False, record=desk.record))
    with open_session(Typed(), str(desk.folder), str(desk.appeal)) as session:
        open_ledgers(session, [str(ledger)])
        entries = [one.id for one in session.records.entries() if isinstance(one, SignatureEntry)]
        session.records.decide(dict.fromkeys(entries, Decision(Verdict.ACCEPTED)))
    shutil.copytree(desk.folder, desk.home / "anna")
    with open_session(Typed(), str(desk.home / "anna")) as session:
        published = publish(session, plan_publication(session, RELEASED), {"sign": YES})
    (desk.home / "publication.json").write_bytes(published.files["publication.json"])
    minisign = {name: data for name, data in new_keys().files.items() if name.startswith(("minisign", "signer"))}
    make_workspace(str(desk.home / "boris"), minisign)
    take_appeal(str(desk.home / "boris"), plan_taking(str(desk.home / "boris"), str(desk.appeal)), {})
    return Forged(desk.home / "publication.json", desk, str(desk.home / "boris"))


@pytest.fixture(scope="module")
def full(forged: Forged) -> Iterator[Cosigning]:
    with open_cosigning(Typed(), str(forged.full.folder)) as at:
        yield at


@pytest.fixture(scope="module")
def keys_only(forged: Forged) -> Iterator[Cosigning]:
    with open_cosigning(Typed(), forged.keys_only) as at:
        yield at


def plan(at: Cosigning, forged: Forged, change: Callable[[dict[str, Any]], None]) -> SignPlan:
    """What is planned of the publication as it would be with this change, written as the tool writes it."""
    value = json.loads(forged.file.read_bytes())
    change(value)
    path = forged.file.with_name("forged.json")
    path.write_bytes((json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())
    return plan_signing(at, str(path), None, RELEASED)


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(publication: dict[str, Any]) -> None:
        inner: Any = publication
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def later(number: int, previous: str | None) -> Callable[[dict[str, Any]], None]:
    return lambda publication: publication.update(number=number, previous=previous)


FORGERIES: dict[str, dict[str, Callable[[dict[str, Any]], None]]] = {
    "appeal": {"another": put("appeal", value="ff" * 16)},
    "number": {"without the one before": put("number", value=2), "a later one": later(7, OTHER)},
    "previous": {"of the first": put("previous", value=OTHER), "unknown": later(2, OTHER)},
    "date": {"a day later": put("date", value="2026-12-02"), "long ago": put("date", value="2015-01-01")},
    "letters": {
        "another": put("letters", "be", value=OTHER),
        "one more": put("letters", "de", value=OTHER),
        "none": put("letters", value={}),
    },
    "keys": {"another": put("keys", 0, value=OTHER), "none": put("keys", value=[])},
    "ledgers": {
        "another": put("ledgers", 0, value=OTHER),
        "none": put("ledgers", value=[]),
        "twice": lambda publication: publication["ledgers"].append(publication["ledgers"][0]),
    },
    "counts": {name: put("counts", name, value=7) for name in sorted(names(Counts))},
    "by_hand": {name: put("by_hand", name, value=1) for name in sorted(names(ByHand))},
    "signatures": {name: put("signatures", 0, name, value="Нехта") for name in sorted(names(PublishedSignature))},
    "receipts": {"another": put("receipts", 1, value="f" * 16)},
}
CASES = [(field, case) for field, cases in FORGERIES.items() for case in cases]


def test_every_field_has_a_comparison_and_a_forgery() -> None:
    """And a type with one field more has neither."""
    assert not without_row(COMPARED, Publication) | without_row(FORGERIES, Publication)
    assert not without_row(CHANGES, Appeal) | without_row(APPEALS, Appeal)
    for kind in (Publication, Appeal):
        more = make_dataclass("More", [("added", int)], bases=(kind,), frozen=True, kw_only=True)
        assert without_row(COMPARED | CHANGES, more) == {"added"}


@pytest.mark.parametrize(("field", "case"), CASES)
def test_a_forgery_of_one_field_is_refused_asked_about_or_shown(
    full: Cosigning, forged: Forged, field: str, case: str
) -> None:
    """To somebody who can count. Only a date of these days is no question; it stands in the first line."""
    try:
        planned = plan(full, forged, FORGERIES[field][case])
    except PublicationError:
        return
    asked = [question for question in planned.questions if question.for_a_person]
    if (field, case) == ("date", "a day later"):
        assert not asked
        assert planned.publication.date == "2026-12-02"
        return
    assert asked
    assert planned.findings.differ or planned.findings.unknown or planned.strange
    with pytest.raises(OrganizerError, match="Nothing was signed"):
        sign(full, planned, {"sign": YES}, str(forged.file.parent / "out"))
    assert not (forged.file.parent / "out").exists()


def test_what_was_compared_is_said_and_nothing_else(full: Cosigning, forged: Forged) -> None:
    """The control of the above: what is the same needs a yes and no more; its words name every field."""
    planned = plan(full, forged, lambda publication: None)
    assert [question.asked.reason for question in planned.questions] == ["sign"]
    assert sorted(word for words in planned.findings.same.values() for word in words) == sorted(
        words for words, _ in COMPARED.values()
    )
    strange = plan(full, forged, FORGERIES["date"]["long ago"])
    assert "the date" not in strange.findings.agreed
    assert "the ledgers" not in plan(full, forged, FORGERIES["ledgers"]["another"]).findings.agreed


def test_the_old_comparison_let_half_of_the_fields_through(full: Cosigning, forged: Forged) -> None:
    """The control: numbers, names and receipts alone say “the same” of forged letters, ledgers, keys and dates."""
    own = read_publication(forged.file.read_bytes())
    silent = set()
    for field, case in CASES:
        try:
            if not differences(own, plan(full, forged, FORGERIES[field][case]).publication):
                silent.add(field)
        except PublicationError:
            continue
    assert silent == {"number", "previous", "date", "letters", "keys", "ledgers"}


@pytest.mark.parametrize(("field", "case"), CASES)
def test_who_cannot_count_sees_every_field_and_types_the_digest(
    keys_only: Cosigning, forged: Forged, field: str, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A workspace with a minisign key only: a forged field stands on the screen, and --yes does not sign it."""
    try:
        planned = plan(keys_only, forged, FORGERIES[field][case])
    except PublicationError:
        return
    say_sign_plan(Terminal(), planned, page=False)
    shown = capsys.readouterr().out
    say_sign_plan(Terminal(), plan(keys_only, forged, lambda publication: None), page=False)
    before = set(capsys.readouterr().out.splitlines())
    digest = [line for line in shown.splitlines() if planned.digest[:8] in line]
    if field == "receipts":
        assert "Not counted again here: the receipts." in shown
    else:
        assert set(shown.splitlines()) - before - set(digest)
    question = next(question for question in planned.questions if question.asked.reason == UNKNOWN)
    assert (len(question.word), question.for_a_person) == (20, True)
    short, changed = planned.digest[:19], f"{planned.digest[:-1]}{'1' if planned.digest[-1] == '0' else '0'}"
    for typed in ({}, {UNKNOWN: YES}, {UNKNOWN: OTHER}, {UNKNOWN: short}, {UNKNOWN: changed}):
        answers = {one.asked.reason: one.word for one in planned.questions if one.asked.reason != UNKNOWN}
        with pytest.raises(OrganizerError, match="Nothing was signed"):
            sign(keys_only, planned, answers | typed, str(forged.file.parent / "out"))
    with pytest.raises(OrganizerError, match="not the file that you were told of"):
        planned.told(OTHER)
    for typed in (planned.digest[:20], planned.digest[:30], in_groups(planned.digest)):
        assert question.is_answered_by(typed)
    assert question.is_answered_by(planned.told(planned.digest.upper())[UNKNOWN])


def test_nothing_stands_between_what_is_shown(full: Cosigning, forged: Forged) -> None:
    """Spaces, another order of keys or an escape say nothing to a reader, and could say something to somebody."""
    data = forged.file.read_bytes()
    value = json.loads(data)
    path = forged.file.with_name("hidden.json")
    for hidden in (data + b"\n", data.replace(b" ", b"\t", 1), json.dumps(value, indent=1).encode() + b"\n"):
        path.write_bytes(hidden)
        assert "not written as this tool writes it" in plan_signing(full, str(path), None, RELEASED).findings.differ[0]


def test_a_workspace_does_not_leave_the_chain_that_it_knows(forged: Forged, tmp_path: Path) -> None:
    """What comes before or after a result that was signed here cannot be another file; what nobody signed is said."""
    shutil.copytree(forged.keys_only, tmp_path / "boris")
    one = forged.file.read_bytes()
    after = {"number": 2, "previous": hashlib.sha256(one).hexdigest()}
    two = (json.dumps(json.loads(one) | after, ensure_ascii=False, indent=1) + "\n").encode()
    for name, data in {"one": one, "two": two, "other": one.replace("Ева".encode(), "Ада".encode())}.items():
        (tmp_path / name).write_bytes(data)
    with open_cosigning(Typed(), str(tmp_path / "boris")) as at:
        second = plan_signing(at, str(tmp_path / "two"), str(tmp_path / "one"), RELEASED)
        assert "No minisigs of enough organizers lie beside what it follows" in str(second.findings.unknown)
        at.workspace.write_publication(2, {"publication.json": two})
        with pytest.raises(OrganizerError, match="it follows another file"):
            plan_signing(at, str(tmp_path / "other"), None, RELEASED)
        first = plan_signing(at, str(tmp_path / "one"), None, RELEASED)
        assert "although number 2 is known here already" in str(first.findings.unknown)
        at.workspace.write_publication(1, {"publication.json": one})
        with pytest.raises(OrganizerError, match="another file than the number 1"):
            plan_signing(at, str(tmp_path / "two"), str(tmp_path / "other"), RELEASED)


def other_days(appeal: Appeal) -> Appeal:
    return replace(appeal, keys=(replace(appeal.keys[0], until="2031-01-01"), *appeal.keys[1:]))


STRANGER = replace(new_keys().minisign, key_id=b"stranger", point=bytes(31) + b"\x42")
APPEALS: dict[str, dict[str, tuple[Callable[[Appeal], Appeal], bool]]] = {
    "appeal_id": {"another": (lambda appeal: replace(appeal, appeal_id=b"x" * 16, keys=()), True)},
    "keys": {
        "other days": (other_days, True),
        "another order": (lambda appeal: replace(appeal, keys=appeal.keys[::-1]), True),
        "one less": (lambda appeal: replace(appeal, keys=appeal.keys[:1]), True),
        "none": (lambda appeal: replace(appeal, keys=()), True),
    },
    "letters": {
        "another": (lambda appeal: replace(appeal, letters=appeal.letters | {"be": OTHER}), True),
        "one less": (lambda appeal: replace(appeal, letters={"be": appeal.letters["be"]}), True),
        "one more": (lambda appeal: replace(appeal, letters=appeal.letters | {"de": OTHER}), True),
    },
    "minisign": {
        "another": (lambda appeal: replace(appeal, minisign=(STRANGER,)), True),
        "one more": (lambda appeal: replace(appeal, minisign=(*appeal.minisign, STRANGER)), True),
    },
    "threshold": {
        "lower": (lambda appeal: replace(appeal, threshold=1), True),
        "higher": (lambda appeal: replace(appeal, threshold=3), False),
    },
    "signing_file": {"another": (lambda appeal: replace(appeal, signing_file={"be": OTHER}), False)},
    "collected_before": {
        "fewer": (lambda appeal: replace(appeal, collected_before=90), True),
        "more": (lambda appeal: replace(appeal, collected_before=92), False),
    },
}


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace that trusts an appeal.json with two keys, a threshold of 2 and a number collected before."""
    desk = make_desk(tmp_path_factory.mktemp("trusting"))
    appeal = replace(read_appeal(desk.appeal.read_bytes()), threshold=2, collected_before=91)
    second = make_period(desk.record.appeal_id, Days(), secrets.token_bytes).period.record
    appeal = replace(appeal, keys=(*appeal.keys, DatedKey(second)))
    desk.appeal.write_bytes(write_appeal(appeal))
    take_appeal(str(desk.folder), plan_taking(str(desk.folder), str(desk.appeal)), {CHANGED: YES})
    return desk


@pytest.mark.parametrize(("field", "case"), [(field, case) for field, cases in APPEALS.items() for case in cases])
def test_a_changed_field_of_appeal_json_is_refused_or_asked_about(trusting: Desk, field: str, case: str) -> None:
    """What weakens needs the word, and a yes is none; the rest a yes. Without an answer the old one is kept."""
    change, weakens = APPEALS[field][case]
    before = (trusting.folder / "appeal.json").read_bytes()
    path = trusting.home / "changed.json"
    path.write_bytes(write_appeal(change(read_appeal(before))))
    try:
        planned = plan_taking(str(trusting.folder), str(path))
    except OrganizerError as error:
        assert error.reason == "appeal-key"  # noqa: PT017  # the appeal of somebody else
        return
    assert len(planned.notices) == (2 if case == "another" and field == "minisign" else 1)
    (question,) = planned.questions
    assert (question.for_a_person, question.word) == ((True, WORD) if weakens else (False, YES))
    for answers in ({}, {CHANGED: "no"}, {CHANGED: YES} if weakens else {}):
        with pytest.raises(OrganizerError) as refused:
            take_appeal(str(trusting.folder), planned, answers)
        assert refused.value.details["changes"] == [str(notice) for notice in planned.notices]
    with pytest.raises(OrganizerError, match="says otherwise"), open_session(Typed(), str(trusting.folder), str(path)):
        pytest.fail("it was opened")
    assert (trusting.folder / "appeal.json").read_bytes() == before


def test_the_first_appeal_says_who_signs_and_no_other_days_than_the_workspace(tmp_path: Path) -> None:
    """Where nothing was trusted before, its own keys are what a workspace knows; the same days ask nothing."""
    desk = make_desk(tmp_path)
    first = plan_taking(str(desk.folder), str(desk.appeal))
    assert not first.questions
    assert str(first.notices[0]).endswith(f"1 of these 1 organizers signed it: {desk.minisign.line}")
    appeal = read_appeal(desk.appeal.read_bytes())
    said = "\n".join(map(str, first.notices))
    assert all(fact in said for fact in (desk.record.digits, *map(in_groups, appeal.letters.values())))
    second = make_period(desk.record.appeal_id, Days(), secrets.token_bytes).period.record
    path = tmp_path / "two.json"
    path.write_bytes(write_appeal(replace(appeal, keys=(DatedKey(second), *appeal.keys))))
    planned = plan_taking(str(desk.folder), str(path))
    assert str(planned.notices[-1]) == f"A key to seal to that is not one of this workspace: {second.digits}."
    with pytest.raises(OrganizerError, match="says otherwise"):
        take_appeal(str(desk.folder), planned, {})
    desk.appeal.write_bytes(write_appeal(other_days(read_appeal(desk.appeal.read_bytes()))))
    with pytest.raises(OrganizerError, match="says otherwise"):
        take_appeal(str(desk.folder), plan_taking(str(desk.folder), str(desk.appeal)), {CHANGED: YES})
    assert not (desk.folder / "appeal.json").exists()


def test_a_changed_appeal_is_trusted_once_the_word_is_typed(trusting: Desk, tmp_path: Path) -> None:
    """And not if another command changed it meanwhile; the same one again asks nothing: the control."""
    shutil.copytree(trusting.folder, tmp_path / "work")
    workspace, path = Workspace(tmp_path / "work"), tmp_path / "weak.json"
    assert not plan_appeal(workspace, str(trusting.appeal)).questions
    path.write_bytes(write_appeal(replace(read_appeal(trusting.appeal.read_bytes()), threshold=1)))
    planned = plan_taking(str(tmp_path / "work"), str(path))
    take_appeal(str(tmp_path / "work"), planned, {CHANGED: WORD})
    assert (tmp_path / "work" / "appeal.json").read_bytes() == path.read_bytes()
    with pytest.raises(OrganizerError, match="meanwhile"):
        take_appeal(str(tmp_path / "work"), planned, {CHANGED: WORD})


def test_a_check_knows_the_keys_of_the_workspace(trusting: Desk, tmp_path: Path) -> None:
    """One that it made itself is no stranger's: a yes is enough. The control is a key that it did not make."""
    shutil.copytree(trusting.folder, tmp_path / "work")
    appeal = read_appeal(trusting.appeal.read_bytes())
    for own, word in ((appeal.keys[0], YES), (appeal.keys[1], WORD)):
        known = replace(appeal, keys=tuple(key for key in appeal.keys if key != own))
        (tmp_path / "work" / "appeal.json").write_bytes(write_appeal(known))
        (question,) = trusted_appeal(str(trusting.appeal), str(tmp_path / "work")).plan.questions
        assert question.word == word


COMMANDS = {
    "open": ["open", "nothing"],
    "add": ["add"],
    "add a table": ["add", "--table", "nothing", "--yes"],
    "withdraw": ["withdraw"],
    "publish": ["publish", "--yes"],
    "sign": ["sign", "nothing", "--yes"],
    "burn": ["burn", "--force", "--confirm", "burn"],
    "verify": ["verify", "nothing"],
    "export": ["export", "nothing", "--out", "nowhere"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("typed", ["", "y\n", "yes\n"])
def test_no_command_and_no_yes_takes_a_weaker_appeal(trusting: Desk, command: str, typed: str) -> None:
    """Each that takes --appeal, with --yes where it has one, says what changed and keeps what was known."""
    path = trusting.home / "weak.json"
    path.write_bytes(write_appeal(replace(read_appeal(trusting.appeal.read_bytes()), threshold=1)))
    before = (trusting.folder / "appeal.json").read_bytes()
    arguments = [*COMMANDS[command], "--appeal", str(path), "-w", str(trusting.folder)]
    said = CliRunner().invoke(organizer, arguments, input=typed)
    assert said.exit_code == 1
    assert "Organizers who must sign a result: 1 instead of 2." in said.stdout
    assert (trusting.folder / "appeal.json").read_bytes() == before
    as_json = CliRunner().invoke(organizer, [*arguments, "--json"])
    assert json.loads(as_json.stdout)["error"] == CHANGED


@pytest.mark.parametrize("command", COMMANDS)
def test_a_script_is_told_what_changed_and_how_it_can_say_yes(trusting: Desk, tmp_path: Path, command: str) -> None:
    """Of a change that does no harm; one that weakens names no such way. With --yes it is taken: the control."""
    shutil.copytree(trusting.folder, tmp_path / "work")
    path, appeal = tmp_path / "new.json", read_appeal(trusting.appeal.read_bytes())
    arguments = [*(one for one in COMMANDS[command] if one != "--yes"), "--appeal", str(path)]
    arguments += ["-w", str(tmp_path / "work"), "--json"]
    for threshold, way in ((3, True), (1, False)):
        path.write_bytes(write_appeal(replace(appeal, threshold=threshold)))
        told = json.loads(CliRunner().invoke(organizer, arguments).stdout)
        assert (told["error"], "--yes" in told["text"]) == (CHANGED, way)
        assert told["changes"] == [f"Organizers who must sign a result: {threshold} instead of 2."]
    if command == "publish":
        path.write_bytes(write_appeal(replace(appeal, threshold=3)))
        CliRunner().invoke(organizer, [*arguments, "--yes"])
        assert (tmp_path / "work" / "appeal.json").read_bytes() == path.read_bytes()


def test_every_command_with_an_appeal_is_tried() -> None:
    """A new one without a row fails; restore looks for the key that its cards must give, and trusts nothing else."""
    known = {arguments[0] for arguments in COMMANDS.values()}
    commands = {name: organizer.commands[name] for name in organizer.commands}
    takes = {name for name, one in commands.items() if any("--appeal" in param.opts for param in one.params)}
    assert takes - {"restore"} == known
