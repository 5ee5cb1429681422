"""Envelopes in Redis, Valkey or a cluster of them: the store for several service processes.

There are 256 hashes, named by the first byte of the envelope id, so that a cluster spreads them.
A hash keeps neither order nor time.
Layout, users and measurements: docs/decisions/0006-redis-store.md.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import ClassVar, Self, cast

import redis
from redis.exceptions import OutOfMemoryError

from crypto.envelope import ID_SIZE, SIZE, envelope_id
from service.servers.checks import examine_envelopes, findings
from service.servers.connection import ERRORS, SCHEMES, LazyClient, RedisAddress, servers
from service.stores.base import Snapshot, StoreFull, StoreUnavailable
from service.stores.health import HealthCheck
from service.stores.shuffle_schedule import ShuffleSchedule, ShuffleTimer, system_schedule
from service.stores.snapshot_index import SnapshotIndex

KEYS = tuple(f"envelopes:{first:02x}" for first in range(256))
# A hash with one field fewer than the number of the format. No user of the service may write it: a single field too
# many would refuse everybody's envelopes and the ledger.
FORMAT_KEY = "undersigned:format"
FORMAT = 1
# The envelope's first bytes stand behind its id in the field's name. The value with what the server adds to it then
# fits into 4,096 bytes of its allocator; a whole envelope takes 5,120.
HEAD = 8
FIELD_SIZE = ID_SIZE + HEAD
# What is written in place of an envelope that is kept already: as many bytes, on the wire and in the server's file, as
# HSETNX with an envelope, to a key that the braces put on the same node of a cluster.
REPEATS = tuple(f"repeats:{{{key}}}" for key in KEYS)
REPEAT_SIZE = FIELD_SIZE + SIZE - HEAD
PAGE = 64
# When many come at once: connections, and envelopes between two rests.
ADDING, GROUP = 64, 512
# A server is only asked to rewrite its file, and goes on by itself: this is left to it before it is asked again.
REWRITE_SECONDS = 60.0

_NEWER = "The envelopes were written by a newer version of this service. Install that version."

_log = logging.getLogger("undersigned")


@dataclass(frozen=True)
class RedisStoreAddress:
    """A StoreAddress: the address of a Redis, a Valkey or a cluster of them."""

    server: RedisAddress
    schemes: ClassVar[tuple[str, ...]] = SCHEMES
    is_shared: ClassVar[bool] = True
    remark: ClassVar[str] = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From a URL, as RedisAddress takes it. Raises ValueError."""
        return cls(RedisAddress.parse(text))

    def open(self, *, shuffles: bool = False) -> RedisStore:
        """The store on these servers, which may still be down."""
        return RedisStore(self.server, schedule=system_schedule(least_rest=REWRITE_SECONDS) if shuffles else None)

    def read(self) -> RedisStore:
        """The same; an empty server looks like one that has never had an envelope."""
        return self.open()

    def faults(self) -> list[str]:
        """What is wrong with the settings and the users of the servers."""
        return findings(lambda: examine_envelopes(self.server.connect("doctor"), self.server.cluster))

    def __str__(self) -> str:
        return str(self.server)


class RedisStore:
    """An EnvelopeStore at `address`. The server is asked when it is needed, so it may start after the service.

    With a schedule, the servers are asked to rewrite their files at the times of that schedule; without one, never.
    """

    def __init__(
        self,
        address: RedisAddress,
        clock: Callable[[], float] = time.monotonic,
        schedule: ShuffleSchedule | None = None,
    ) -> None:
        self._cluster = address.cluster
        self._web, self._export, self._forget, self._doctor = (
            LazyClient(partial(address.connect, user)) for user in ("web", "export", "forget", "doctor")
        )
        self._health = HealthCheck(partial(findings, self._examine), clock)
        self._timer = ShuffleTimer(schedule, self._try_to_rewrite) if schedule else None
        self._noise = secrets.token_bytes(REPEAT_SIZE)
        self._closed = False

    def add(self, envelope: bytes) -> None:
        """Keep it; returns once the servers that must have it wrote it to their disks."""
        self._require_open()
        self._health.require_healthy()
        own_id = envelope_id(envelope)
        key, field = KEYS[own_id[0]], own_id + envelope[:HEAD]
        try:
            web = self._web.of_this_thread()
            # Two questions for every envelope, one of them a write with its wait for the disk: for an HSETNX that
            # changes nothing a server writes nothing, and a clock would say that the envelope is kept already.
            # No group of ours: the server reads many connections in one turn, and answers them after one fsync.
            if web.hexists(key, field) or not web.hsetnx(key, field, envelope[HEAD:]):
                web.execute_command("SET", REPEATS[own_id[0]], self._noise)  # type: ignore[no-untyped-call]  # theirs
        except ERRORS as error:
            self._health.invalidate()
            kind = StoreFull if isinstance(error, OutOfMemoryError) else StoreUnavailable
            raise kind("The envelope could not be written.") from error
        if self._timer:
            self._timer.added()

    def add_all(self, envelopes: Iterable[bytes], most: int) -> None:
        """Keep many, over several connections, for the server waits for its disk once for all that ask together.

        It rests as long as it works: a service on the same server must get its turn.
        """
        rest = iter(envelopes)
        with ThreadPoolExecutor(ADDING) as adding:
            while group := list(islice(rest, GROUP)):
                started = time.monotonic()
                for _ in adding.map(self.add, group):
                    pass
                time.sleep(time.monotonic() - started)

    def count(self) -> int:
        """How many different envelopes are kept."""
        self._require_open()
        try:
            with self._web().pipeline(transaction=False) as pipeline:
                for key in KEYS:
                    pipeline.hlen(key)
                return sum(pipeline.execute())
        except ERRORS as error:
            raise StoreUnavailable("The envelopes cannot be counted.") from error

    def snapshot(self) -> Snapshot:
        """What a first reading finds: neither order nor time tells which came first, and other processes write too."""
        self._require_open()
        try:
            if int(self._export().hlen(FORMAT_KEY)) >= FORMAT:
                raise StoreUnavailable(_NEWER)
            index = SnapshotIndex(map(envelope_id, self._envelopes()))
        except ERRORS as error:
            # Only organizers ask for this; they see a bare 503, and the operator must learn why.
            _log.error("The ledger cannot be given out: %s", error)
            raise StoreUnavailable(f"The envelopes cannot be read: {error}") from error
        return Snapshot(index.count, partial(self._read, index), index.close)

    def check(self) -> None:
        """Return if an envelope could be kept now."""
        self._require_open()
        self._health.require_healthy()
        try:
            self._web().ping()
        except ERRORS as error:
            self._health.invalidate()
            raise StoreUnavailable("The store does not answer.") from error

    def rewrite(self) -> None:
        """Ask every server to rewrite its file: hash by hash, and each hash in an order that only the server knows.

        Returns before that is done. Raises StoreUnavailable.
        """
        self._require_open()
        try:
            for _, server in servers(self._forget()):
                _rewrite_file_of(server)
        except ERRORS as error:
            raise StoreUnavailable("The file could not be written anew.") from error

    def _try_to_rewrite(self) -> None:
        try:
            self.rewrite()
        except StoreUnavailable as error:
            # The next time comes; until then the file keeps the order, which the operator should know.
            _log.warning("The order of arrival was not forgotten: %s (%s)", error, type(error.__cause__).__name__)

    def close(self) -> None:
        """Hang up; afterwards every call raises StoreUnavailable."""
        if not self._closed:
            self._closed = True
            if self._timer:
                self._timer.close()
            for client in (self._web, self._export, self._forget, self._doctor):
                client.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _examine(self) -> list[str]:
        wrong = examine_envelopes(self._doctor(), self._cluster)
        if not wrong and int(self._web().hlen(FORMAT_KEY)) >= FORMAT:
            wrong.append(_NEWER)
        return wrong

    def _read(self, index: SnapshotIndex) -> Iterator[bytes]:
        try:
            yield from index.select(self._envelopes())
        except ERRORS as error:
            raise StoreUnavailable(f"The envelopes cannot be read: {error}") from error

    def _envelopes(self) -> Iterator[bytes]:
        """All, sorted by id, without what is no envelope under its own id."""
        for key in KEYS:
            yield from self._in_hash(key)

    def _in_hash(self, key: str) -> Iterator[bytes]:
        fields = sorted(field for field in cast("list[bytes]", self._export().hkeys(key)) if len(field) == FIELD_SIZE)
        for start in range(0, len(fields), PAGE):
            page = fields[start : start + PAGE]
            values = cast("list[bytes | None]", self._export().hmget(key, page))
            for field, value in zip(page, values, strict=True):
                envelope = field[ID_SIZE:] + (value or b"")
                if _belongs(key, field, envelope):
                    yield envelope


def _belongs(key: str, field: bytes, envelope: bytes) -> bool:
    """Whether it is an envelope under its own id: whoever broke into the service could have written anything here."""
    return len(envelope) == SIZE and KEYS[field[0]] == key and envelope_id(envelope) == field[:ID_SIZE]


def _rewrite_file_of(server: redis.Redis) -> None:
    try:
        server.bgrewriteaof()
    except redis.ResponseError as error:
        # Another process of this service asked before us.
        if "in progress" not in str(error):
            raise
