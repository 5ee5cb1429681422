"""Signatures that may be of one person: how many are found, how few are not one, and that a crowd does no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.names import SET, Tried, is_held_out, lost_by_the_index, propose, read_set, try_set
from organizer.cli.main import organizer
from organizer.matching.duplicates import CROWD, THRESHOLD, Index, Pair, Person, compare, name_key
from tests.organizer.names import generate
from tests.support.organizer_workspace import Desk, make_desk, seal, withdraw
from tests.support.pseudo_terminal import PseudoTerminal

CODE = "4829103377590218841270536"


def person(number: int, name: str, relation: str = "", prisoner: str = "") -> Person:
    return Person(number.to_bytes(32, "big"), name, relation, prisoner)


def pair(one: str, other: str) -> Pair | None:
    return compare(person(1, one), person(2, other))


# The set of pairs


@pytest.fixture(scope="module")
def tried() -> list[Tried]:
    return read_set()


def test_the_held_out_half_reaches_the_goal(tried: list[Tried]) -> None:
    """At least 95 % of the pairs of one person are proposed, at most 1 % of the pairs of different people."""
    found = try_set(one for one in tried if one.is_held_out)
    assert found[True, ""].share >= 0.95
    assert found[False, ""].share <= 0.01


def test_the_set_is_as_large_as_promised(tried: list[Tried]) -> None:
    """400 pairs of one person and 4,000 of different people; a half is about a half."""
    same = [one for one in tried if one.is_same]
    assert len(same) >= 400
    assert len(tried) - len(same) >= 4000
    for pairs in (same, [one for one in tried if not one.is_same]):
        assert 0.4 < sum(one.is_held_out for one in pairs) / len(pairs) < 0.6


def test_the_pairs_of_different_people_are_what_the_generator_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stored file was not bettered by hand."""
    for path in SET.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(generate, "HERE", tmp_path)
    (tmp_path / "different.tsv").unlink()
    generate.main()
    assert (tmp_path / "different.tsv").read_bytes() == (SET / "different.tsv").read_bytes()


def test_the_index_loses_none_of_the_pairs(tried: list[Tried]) -> None:
    """What two names compared alone show, the search among many finds."""
    assert lost_by_the_index(tried) == 0


def test_it_does_not_matter_who_comes_first(tried: list[Tried]) -> None:
    """Every pair of the set gives the same score and reasons both ways."""
    assert all(compare(one.one, one.other) == compare(one.other, one.one) for one in tried)


def test_the_split_depends_on_nothing_but_the_group() -> None:
    """The rule in tests/organizer/names/README.md."""
    assert [is_held_out(group) for group in ("a", "b", "e")] == [False, False, True]


# Pairs


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Іван Прыклад", "іван  ПРЫКЛАД", "same name"),
        ("Іван Прыклад", "Ivan Pryklad", "another language or spelling"),
        ("Іван Прыклад", "Прыклад Іван", "words in another order"),
        ("Иван Пример", "Иван Олегович Пример", "with and without patronymic"),
        ("Аляксандр Прыклад", "Саша Прыклад", "short form of the first name"),
        ("Ірына Прыклад", "І. Прыклад", "initial for the first name"),
        ("Ірына Прыклад", "Ірына Прыклад-Зорка", "one of two surnames"),
        ("Ірына Дубровіч", "Ірына Дурбовіч", "a letter differs in the surname"),
        ("Иван Петров", "Bdfy Gtnhjd", "keyboard in another language"),
    ],
)
def test_a_pair_says_why(one: str, other: str, reason: str) -> None:
    """In a short phrase."""
    found = pair(one, other)
    assert found is not None
    assert reason in found.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иван Петров", "Ивана Петрова"),
        ("Іван Пятроў", "Ірына Пятрова"),
        ("Аляксандр Каваленка", "Аляксандра Каваленка"),
        ("Саша Петров", "Александра Петрова"),
        ("Сергей Петрович Козлов", "Сергей Иванович Козлов"),
        ("Таццяна Каваленка", "Святлана Каваленка"),
        ("Жанна Мороз", "Яна Мороз"),
    ],
)
def test_relatives_are_not_proposed(one: str, other: str) -> None:
    """One surname is not one person: sex, first name and patronymic speak against it."""
    assert pair(one, other) is None


def test_the_prisoner_speaks_for_one_person_or_against() -> None:
    """It moves the score and never decides: whoever signs twice may name another prisoner."""
    one, other = "Ірына Прыклад", "Ирина Приклад"
    same = compare(person(1, one, "", "Ян Зорка"), person(2, other, "", "Jan Zorka"))
    silent = pair(one, other)
    against = compare(person(1, one, "", "Ян Зорка"), person(2, other, "", "Глеб Рудак"))
    assert same is not None
    assert silent is not None
    assert against is not None
    assert same.score > silent.score > against.score >= THRESHOLD
    assert "both name the same prisoner" in same.reasons
    assert "but they name different prisoners" in against.reasons


def test_names_that_cannot_be_spoken_are_compared_as_they_are() -> None:
    """Signs only, or a script without words: equal is equal, and nothing else is."""
    assert pair("🙂🙂", "🙂🙂") is not None
    assert pair("🙂🙂", "🙃") is None
    assert pair("გიორგი მაისურაძე", "Giorgi Maisuradze") is not None
    assert pair("محمد علي", "محمد علي") is not None
    assert pair("", " ") is not None


def test_the_likeliest_pair_comes_first() -> None:
    """By score, and of equal scores by id."""
    people = [person(3, "Іван Прыклад"), person(2, "Ваня Прыклад"), person(1, "ІВАН ПРЫКЛАД")]
    found = propose(people)
    assert [(one.first[-1], one.second[-1]) for one in found] == [(1, 3), (1, 2), (2, 3)]
    assert found[0].score == 1


def test_progress_is_told_to_the_end() -> None:
    """In steps, and the steps add up."""
    steps: list[tuple[int, int]] = []
    propose([person(n, f"{n:b}") for n in range(1234)], lambda more, of: steps.append((more, of)))
    assert sum(more for more, _ in steps) == 1234
    assert {of for _, of in steps} == {1234}


def test_the_key_of_a_name_forgets_capitals_and_spaces() -> None:
    """What the review compares exactly."""
    assert name_key(" Іван  ПРЫКЛАД") == name_key("іван прыклад")


# Crowds


@pytest.mark.parametrize(
    "flood",
    ["Іванова Алена", "Алена Іванова {n}", "Алена Іванова {word}", "{word} Іванова", "Алена", "🙂", "{word}"],
)
@pytest.mark.slow  # thousands of made-up names are compared
def test_a_flood_grows_in_a_line(flood: str) -> None:
    """A thousand signatures under one name, or nearly one, make no number of pairs that grows with its square."""
    letters = "абвгдежзік"
    people = [
        person(n, flood.format(n=n, word="".join(letters[int(digit)] for digit in f"{n * 7919 % 10**6:06}")))
        for n in range(1000)
    ]
    assert len(propose(people)) <= 1000 * CROWD


def test_a_thousand_of_one_surname_are_compared_by_first_name() -> None:
    """The frequent surname costs no more than its namesakes."""
    firsts = [line.split("\t")[1] for line in (SET / "firsts.tsv").read_text("utf-8").splitlines()]
    people = [person(n, f"{firsts[n % len(firsts)]} Каваленка") for n in range(1000)]
    found = propose(people)
    assert len(found) < 1000 * CROWD
    by_id = {one.id: one.name for one in people}
    assert all(by_id[one.first] == by_id[one.second] for one in found)


# What must hold for every name

LETTERS = st.characters(codec=None, categories=None) | st.sampled_from("абвіўяёAeoцшiw-'. ")
WORDS = st.sampled_from(
    [
        "Аляксандр",
        "Саша",
        "Вольга",
        "Olga",
        "Петров",
        "Пятрова",
        "Каваленка",
        "Іванаўна",
        "А.",
        "Bdfy",
        "Rak",
        "ў",
        "ъь",
    ]
)
NAMES = st.text(LETTERS, max_size=120) | st.lists(WORDS | st.text(LETTERS, max_size=9), max_size=6).map(" ".join)
PEOPLE = st.builds(Person, st.binary(min_size=4, max_size=4), NAMES, NAMES, NAMES)


@given(PEOPLE, PEOPLE)
@example(person(1, "\ud800"), person(2, "иванъъъъъъ"))
@example(person(1, "Ян"), person(2, "Ян-Іван Ян"))
@settings(max_examples=300, deadline=None)
def test_any_two_texts_have_one_answer(one: Person, other: Person) -> None:
    """Law: comparing never raises, does not depend on who comes first, and a score lies between THRESHOLD and 1."""
    found = compare(one, other)
    assert found == compare(other, one)
    assert found is None or THRESHOLD <= found.score <= 1
    assert found is None or found.reasons


@given(PEOPLE)
@settings(max_examples=200, deadline=None)
def test_the_same_again_is_the_same(one: Person) -> None:
    """Law: two signatures that say the same have the score 1."""
    again = Person(one.id + b"again", one.name, one.relation, one.prisoner)
    found = compare(one, again)
    assert found is not None
    assert found.score == 1


@given(st.lists(PEOPLE, max_size=12, unique_by=lambda one: one.id), st.randoms())
@settings(max_examples=150, deadline=None)
@pytest.mark.slow  # thousands of made-up names are compared
def test_one_against_all_agrees_with_all_against_all(people: list[Person], chance: object) -> None:
    """Law: below a crowd, `similar` gives exactly the pairs of `propose` with this person, in whatever order added."""
    pairs = propose(people)
    assert pairs == propose(people[::-1])
    index = Index()
    for one in people:
        index.add(one)
    for one in people:
        assert index.similar(one) == [found for found in pairs if one.id in (found.first, found.second)]


# The command


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    envelopes = [
        seal("Аляксандр Прыклад", False, record=desk.record, prisoner="Ян Зорка"),
        seal("Саша Приклад", True, record=desk.record, prisoner="Jan Zorka"),
        seal("Святлана Прыклад", True, record=desk.record),
        seal("Aliaksandr Pryklad", True, code=CODE, record=desk.record),
        withdraw(CODE, desk.record),
    ]
    key = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    ledger = str(desk.ledger(*envelopes))
    result = CliRunner().invoke(organizer, ["open", ledger, "--appeal", str(desk.appeal), *key])
    assert result.exit_code == 0, result.output
    return desk


def run(desk: Desk, *options: str) -> str:
    key = ["-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)]
    result = CliRunner().invoke(organizer, ["duplicates", *key, *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_says_why(desk: Desk) -> None:
    """Who withdrew is not looked at, and nothing is changed."""
    shown = run(desk)
    assert "short form of the first name" in shown
    assert "Signatures looked at: 3. Pairs that may be one person: 1." in shown
    # Compared once: the second time nothing is new.
    assert run(desk) == shown.removeprefix("Comparing names: 3 of 3 names compared.\n")


def test_the_command_gives_files_and_scripts_no_names(desk: Desk) -> None:
    """Ids, score and reasons; what is not public leaves by one command only."""
    told = run(desk, "--json")
    assert '"signatures": 3' in told
    assert '"score": 0.8' in told
    shown = run(desk)
    assert "Names are shown at a terminal only." in shown
    (pair,) = json.loads(told)["pairs"]
    assert f"{pair['first'][:16]}  {pair['second'][:16]}  " in shown
    assert not [word for word in ("Zorka", "Зорка", "Прыклад", "Приклад") if word in shown + told]


@pytest.mark.slow  # thousands of made-up names are compared
def test_at_a_terminal_one_pair_is_shown_at_a_time(desk: Desk) -> None:
    """On the other screen, and gone from it at the end; q quits, also where the keyboard writes й."""
    arguments = "duplicates", "-w", str(desk.folder), "--passphrase-file", str(desk.passphrase)
    screen = PseudoTerminal(*arguments)
    try:
        shown = screen.until("next pair")
        assert "\x1b[?1049h" in shown
        assert "1 of 1" in shown
        assert "short form of the first name" in shown
        for name in ("Саша Приклад", "Аляксандр Прыклад"):
            assert 0 < shown.index(name) < shown.index("stands")
        assert "Святлана" not in shown
        assert "Aliaksandr Pryklad" not in shown
        screen.press("й")
        left = screen.end()
        assert "\x1b[?1049l" in left
        assert "Приклад" not in left
    finally:
        screen.close()
