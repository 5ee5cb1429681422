"""The contract that every store of envelopes obeys, and its address with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crypto.envelope import envelope_id
from service import STORE_ADDRESSES, parse_store
from service.stores.base import EnvelopeStore, StoreUnavailable
from service.stores.file_store import FileAddress
from service.stores.redis_store import RedisStoreAddress
from tests.support.envelopes import held, some
from tests.support.redis_servers import Server, cluster_url

KINDS = {
    "file": FileAddress,
    "redis": RedisStoreAddress,
    "redis-8": RedisStoreAddress,
    "valkey-8": RedisStoreAddress,
    "redis-cluster": RedisStoreAddress,
}
"""What the contract is tried on: a file, and each server that tests/support/redis_servers.py can start."""


@pytest.fixture(params=KINDS)
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, empty: Callable[[str], list[Server]]
) -> Iterator[Callable[[], EnvelopeStore]]:
    """Opens the same store again and again."""
    if request.param == "file":
        url = f"file:{tmp_path / 'deep' / 'envelopes'}"
    else:
        servers = empty(request.param)
        url = servers[0].url if len(servers) == 1 else cluster_url(servers)
    address = parse_store(url)
    assert type(address) is KINDS[request.param]
    stores: list[EnvelopeStore] = []

    def again() -> EnvelopeStore:
        stores.append(address.open())
        return stores[-1]

    yield again
    for store in stores:
        store.close()


def test_the_contract_is_tried_on_every_store() -> None:
    """A new store is tried, too, or this fails."""
    assert set(KINDS.values()) == set(STORE_ADDRESSES)


@pytest.mark.parametrize(
    "text",
    [
        "file:/var/lib/envelopes",
        "file:here",
        "sqlite:/var/lib/x.sqlite",
        "redis://a:1?passwords=/x",
        "unix:///run/x?passwords=/x",
    ],
)
def test_an_address_names_itself_as_the_setting_has_it(text: str) -> None:
    """An operator reads in a message what stands in the settings."""
    assert str(parse_store(text)) == text


@pytest.mark.parametrize("text", ["", "file", "file:", "sqlite:", "mysql:x", "redis:x", "/var/lib/envelopes"])
def test_what_names_no_store_is_refused_in_words(text: str) -> None:
    """Before anything is opened or made."""
    with pytest.raises(ValueError, match=r"^must "):
        parse_store(text)


class TestContract:
    """What holds for every store."""

    def test_a_new_store_is_empty(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Nothing was added, so nothing is there."""
        store = opened()
        assert store.count() == 0
        assert held(store) == []
        store.check()

    def test_what_was_added_comes_out_sorted_by_id(self, opened: Callable[[], EnvelopeStore]) -> None:
        """The order of arrival is not the order of the ledger."""
        store, envelopes = opened(), some(300)
        for envelope in envelopes:
            store.add(envelope)
        assert held(store) == sorted(envelopes, key=envelope_id)
        assert store.count() == 300

    def test_adding_the_same_envelope_again_changes_nothing(self, opened: Callable[[], EnvelopeStore]) -> None:
        """A phone that did not hear the answer sends again."""
        store, (envelope,) = opened(), some(1)
        for _ in range(3):
            store.add(envelope)
        assert held(store) == [envelope]
        assert store.count() == 1

    def test_envelopes_outlive_the_process(self, opened: Callable[[], EnvelopeStore]) -> None:
        """What was acknowledged is there after a restart."""
        store, envelopes = opened(), some(20)
        for envelope in envelopes:
            store.add(envelope)
        store.close()
        again = opened()
        assert again.count() == 20
        assert held(again) == sorted(envelopes, key=envelope_id)

    def test_many_may_add_at_once(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Each of eight threads finds its envelopes kept, among them one that all of them add."""
        store, shared = opened(), some(1)
        per_thread = [some(40) + shared for _ in range(8)]
        threads = [threading.Thread(target=lambda own=own: [store.add(e) for e in own]) for own in per_thread]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.count() == 321
        assert set(held(store)) == {envelope for own in per_thread for envelope in own}

    def test_a_snapshot_does_not_change_and_holds_nobody_up(self, opened: Callable[[], EnvelopeStore]) -> None:
        """Somebody downloads slowly, and again; meanwhile people sign."""
        store, before, after = opened(), some(200), some(50)
        for envelope in before:
            store.add(envelope)
        with closing(store.snapshot()) as snapshot:
            reading = snapshot.envelopes
            first = next(reading)
            for envelope in after:
                store.add(envelope)
            rest = list(reading)
            assert [first, *rest] == sorted(before, key=envelope_id)
            assert list(snapshot.envelopes) == [first, *rest]
        assert snapshot.count == 200
        assert len(held(store)) == 250

    def test_a_closed_store_refuses(self, opened: Callable[[], EnvelopeStore]) -> None:
        """After the end nothing is promised."""
        store = opened()
        store.close()
        for call in (lambda: store.add(bytes(4096)), store.count, store.snapshot, store.check):
            with pytest.raises(StoreUnavailable):
                call()
