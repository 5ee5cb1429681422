"""The search among the public names finds what looking at every name finds, and does not look at every name."""

from __future__ import annotations

import cProfile
import random
import string
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.collation import sort_people
from crypto.minisign import MinisignSecretKey
from crypto.publication import Counts, PublishedSignature, digest
from service import create_app
from service.settings import Settings
from service.site.name_search import PAGE_SIZE, QUERY_MOST, NameList, folded
from service.stores.file_store import FileStore
from tests.support.publications import hand_in, publication
from tests.support.site_map import SHIPPED_LANGUAGES

Keys = tuple[MinisignSecretKey, MinisignSecretKey]
WORDS_MOST = 8

# What one word of a name may look like: names in several alphabets and spellings, then anything that Unicode has.
NAMES = (
    "Аляксандра", "Александра", "Aliaksandra", "Пятроўская", "Piatrouskaja", "Кавалёва-Гаўрылюк", "О'Ніл", "О’Ніл",
    "Хоміч", "Chomič", "Khomich", "Łucja", "Żółć", "Ščerba", "Щерба", "Shcherba", "Іван", "Yuliya", "Юлія", "Žižek",
    "Σωκράτης", "ΟΔΥΣΣΕΥΣ", "გიორგი", "Վահան", "محمد", "שרה", "李小龙", "さくら", "김민준", "สมชาย", "अमिताभ", "Nguyễn",
    "İbrahim", "ıŞıK", "straße", "ﬁlip", "e\u0301va", "Ё", "й", "ch", "2x", "١٢", "𝓐𝓷𝓷𝓪", "👍", "—", "|", "{",
)  # fmt: skip
WORD = st.sampled_from(NAMES) | st.text(max_size=6) | st.text("аеёийуўхцчшщьchiyjzsgvwo", max_size=6)
TEXT = st.lists(WORD, max_size=4).map(" ".join)
SIGNATURE = st.builds(PublishedSignature, TEXT, TEXT, TEXT)


def found_by_looking_at_all(signatures: Sequence[PublishedSignature], query: str) -> list[PublishedSignature]:
    """Every name folded anew and looked at: what a search is. `query` has at least one word."""
    words = list(dict.fromkeys(folded(query)))[:WORDS_MOST]
    texts = ["|" + "|".join(folded(" ".join(entry.texts()))) for entry in signatures]
    return [
        entry
        for entry, text in zip(signatures, texts, strict=True)
        if words and all(any(f"|{reading}" in text for reading in word.split("|")) for word in words)
    ]


def found_by_searching(signatures: Sequence[PublishedSignature], query: str) -> list[PublishedSignature]:
    """All pages of a search."""
    names = NameList(signatures)
    first = names.search(query, 1, "be")
    pages = [names.search(query, number, "be") for number in range(1, first.pages + 1)]
    entries = [entry for page in pages for entry in page.entries]
    assert first.found == len(entries)
    return entries


def begun(text: str, lengths: list[int]) -> str:
    """The beginnings of its words."""
    return " ".join(word[:length] for word, length in zip(text.split(), lengths, strict=False))


@given(signatures=st.lists(SIGNATURE, max_size=12), data=st.data())
def test_a_search_finds_what_looking_at_every_name_finds(
    signatures: list[PublishedSignature], data: st.DataObject
) -> None:
    """The same entries in the order of the language, in any alphabet, by beginnings of words and by any text."""
    texts = [" ".join(entry.texts()) for entry in signatures] or ["nobody"]
    there = st.builds(begun, st.sampled_from(texts), st.lists(st.integers(1, 5), min_size=1, max_size=10))
    query = " ".join(data.draw(there | TEXT | st.text(max_size=30)).split())[:QUERY_MOST].strip()
    if query:
        everybody = sort_people(signatures, "be")
        assert found_by_searching(signatures, query) == found_by_looking_at_all(everybody, query)


@given(text=TEXT | st.text(max_size=40))
@example("ΟΔΥΣΣΕΥΣ Σ ΑΣ")  # the sigma at the end of a word is another letter
@example("s ch sh tch")  # ch is read in two ways, also where only the neighbour has it
@example("e \u0301a")  # a sign that joins a letter before it, and there is none
def test_the_words_of_a_text_are_the_words_of_its_parts(text: str) -> None:
    """Each part between spaces can be folded by itself, and once for all texts that have it."""
    assert folded(text) == [word for part in text.split(" ") for word in folded(part)]


@pytest.mark.parametrize(
    "query",
    [
        "а", "z", "0", "a" * 10_000, "ж" * 10_000, "а б в г д е ё ж з і к л м", ".*", "(а|б)+$", "[а-я]", "\\", "|",
        "{", "%", "а%", "_", "'", '"', "\u0000", "\ud800", "\u202eа", "а\u0301" * 60, "ch" * 60, "ﷺ" * QUERY_MOST,
        "Ⅷ ㍿ ㎯",
    ],
)  # fmt: skip
def test_a_query_made_to_do_harm_is_a_query(query: str) -> None:
    """One letter, very many, signs that mean something elsewhere, one letter that becomes many."""
    signatures = [PublishedSignature(name, relation, "") for name in NAMES for relation in ("", "сястра", "_ | {")]
    cut = " ".join(query[:QUERY_MOST].split())
    everybody = sort_people(signatures, "be")
    assert found_by_searching(signatures, query) == found_by_looking_at_all(everybody, cut)


def crowd(count: int) -> tuple[PublishedSignature, ...]:
    """Names of ordinary length, one in a hundred of whom is called Марта; no two surnames alike."""
    chance = random.Random(count)
    return tuple(
        PublishedSignature(
            f"{'Марта' if at % 100 == 0 else chance.choice(('Алена', 'Jan', 'Зміцер', 'Вольга'))} "
            f"{''.join(chance.choices(string.ascii_lowercase, k=4)).capitalize()}{at:x}",
            chance.choice(("сястра", "былы палітвязень", "")),
            "",
        )
        for at in range(count)
    )


def profile_of(work: Callable[[], Any]) -> list[Any]:
    """The functions that are called, in Python and in C: work that a busy machine does not make more of."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return profile.getstats()


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions are called."""
    return sum(entry.callcount for entry in profile_of(work))


def folds_of(work: Callable[[], Any]) -> int:
    """How many texts are folded."""
    return sum(entry.callcount for entry in profile_of(work) if entry.code is folded.__code__)


@pytest.mark.parametrize("query", ["марта", "а", "jan a", "nobody", "а б в г д е ж з"])
def test_a_search_costs_the_same_whether_few_or_many_have_signed(query: str) -> None:
    """Twenty times the names, hardly more calls; a look at every name would be ten times as many."""
    few, many = NameList(crowd(300)), NameList(crowd(6000))
    for names in (few, many):
        names.page(1, "be")  # puts them in order, as the pages do that are made when a result arrives
    calls = [calls_of(partial(names.search, query, 1, "be")) for names in (few, many)]
    assert calls[1] < 2 * calls[0] + 100
    looks = [calls_of(partial(found_by_looking_at_all, crowd(count), query)) for count in (100, 2000)]
    assert looks[1] > 10 * looks[0]


def publish(client: FlaskClient, keys: Keys, names: tuple[PublishedSignature, ...], **changes: Any) -> bytes:
    """Hand in a publication of these names; returns its bytes."""
    receipts = tuple(f"{at:016x}" for at in range(len(names)))
    counts = Counts(len(names), 0, 0, 0, 0, len(names), 0)
    data = publication((), counts=counts, signatures=names, receipts=receipts, **changes)
    assert hand_in(client, data, keys[0]).status_code == 201
    return data


def search(client: FlaskClient, query: str, language: str = "en", page: str = "1") -> str:
    """The page that answers."""
    answer = client.post(f"/{language}/result", data={"q": query, "page": page})
    assert answer.status_code == 200
    return answer.text


def test_the_first_search_pays_for_nothing_that_could_be_made_before(
    settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """After a result was handed in, and after a start: nothing is folded but what somebody looks for."""
    names = crowd(300)
    assert folds_of(lambda: NameList(names)) > 300
    client = create_app(settings, store).test_client()
    publish(client, minisign_keys, names)
    started = create_app(settings, store).test_client()
    for each in (client, started):
        assert folds_of(partial(search, each, "марта")) == 1


def test_a_result_that_another_process_took_is_searched(
    settings: Settings, store: FileStore, minisign_keys: Keys
) -> None:
    """The next search finds the new names and not the old ones, in every process."""
    clients = [create_app(settings, store).test_client() for _ in range(2)]
    first = publish(clients[0], minisign_keys, (PublishedSignature("Марта Старая", "", ""),))
    assert all("Марта Старая" in search(client, "марта") for client in clients)
    new = (PublishedSignature("Марта Новая", "", ""),)
    publish(clients[0], minisign_keys, new, number=2, previous=digest(first))
    for client in clients:
        page = search(client, "марта")
        assert "Марта Новая" in page
        assert "Марта Старая" not in page


@pytest.mark.parametrize("language", SHIPPED_LANGUAGES)
def test_around_what_was_found_stands_the_page_of_the_result(
    client: FlaskClient, minisign_keys: Keys, language: str
) -> None:
    """The same bytes before and after the list, once; a page of the whole list is not shown beside what was found."""
    publish(client, minisign_keys, crowd(PAGE_SIZE + 1))
    whole = client.get(f"/{language}/result").text
    section = '<section id="names"'
    for query, found in (("марта", 3), ("nobody", 0)):
        page = search(client, query, language)
        assert page.count("<li><bdi class") == found
        assert page.count(section) == page.count("</html>") == 1
        # What comes before has the initiative group only where the list begins.
        before, group, _ = whole.partition('<section aria-labelledby="group-title">')
        assert group
        assert page.startswith(before + section)
        after = whole[whole.index('<section id="counts"') :]
        assert page.endswith("</section>" + after)
