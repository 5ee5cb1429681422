"""Trials of a machine that loses its power while people sign: each starts on what the cut before has left.

Beside the cut that ends a trial, some more are tried in its record, most of them around changes of names.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis

from crypto.envelope import envelope_id
from crypto.keys import OrganizersKey
from service import parse_store
from service.settings import Settings
from service.stores.base import StoreUnavailable
from service.stores.file_store import FileStore
from tests.support.envelopes import held
from tests.support.killed_service import KilledService
from tests.support.power_cut import Disk, Listener, Record, read_log, recorded
from tests.support.proving import Figure
from tests.support.redis_servers import Server
from tests.support.signing_clients import SigningClients

CLIENTS = 8
# Cuts that are tried in the record of a trial beside the one that ends it.
MORE_CUTS = 4
# A store begins anew after so many trials, so that it grows often and is read fast.
TRIALS_OF_A_STORE = 10

Trouble = Callable[[SigningClients], None]
"""What happens to a machine before its power goes."""


def no_trouble(clients: SigningClients) -> None:
    """Nothing but the cut."""


@dataclass
class Machine:
    """What loses its power: how it is started with a log, how it is killed, and what of a folder it would find."""

    folder: Path
    start: Callable[[Path], None]
    kill: Callable[[], None]
    find: Callable[[Path], set[bytes] | None]


@dataclass
class Cuts:
    """What was tried and found."""

    trials: int = 0
    cuts: int = 0
    acknowledged: int = 0
    unreadable: int = 0
    """Cuts after which the program did not start: whatever is on the disk, nobody has it."""
    lost: set[bytes] = field(default_factory=set)

    def tell(self, figure: Figure) -> None:
        """The figures of the report."""
        figure("trials", self.trials)
        figure("cuts", self.cuts)
        figure("acknowledged", self.acknowledged)
        figure("did not start", self.unreadable)
        figure("lost", len(self.lost))


def cut_often(
    machine: Machine, clients: SigningClients, listener: Listener, found: Cuts, trials: int, trouble: Trouble
) -> None:
    """Start, take envelopes, make trouble, cut, compare; and so on with what is left."""
    promised, before = set[bytes](), len(clients.acknowledged)
    for number in range(trials):
        log, disk = machine.folder.with_name(f"log-{number}"), Disk(machine.folder)
        listener.turn_to(log)
        machine.start(log)
        clients.wait_for_more(random.randrange(1, 300))
        trouble(clients)
        machine.kill()
        promised |= _try_cuts(machine, disk, list(read_log(log)), promised, found)
        log.unlink()
        found.trials += 1
        if found.lost:
            break
    found.acknowledged += len(clients.acknowledged) - before


def _try_cuts(machine: Machine, disk: Disk, records: list[Record], before: set[bytes], found: Cuts) -> set[bytes]:
    """Compare after some cuts and the last one, which the machine goes on with; what was promised meanwhile."""
    chosen, target = _moments(records), machine.folder.with_name("cut")

    def cut() -> None:
        found.cuts += 1
        disk.cut(target, random.Random())
        if is_last:
            shutil.rmtree(machine.folder)
            shutil.copytree(target, machine.folder)
        kept = machine.find(target)
        found.unreadable += kept is None
        found.lost |= before.union(disk.promised) - (kept or set())
        shutil.rmtree(target)

    is_last = False
    for record in records:
        if record.at in chosen:
            cut()
        disk.apply(record)
    is_last = True
    cut()
    return set(disk.promised)


def _moments(records: list[Record]) -> set[int]:
    """Some moments, most of them near a change of names; each is the place of a record before which the power goes."""
    names = [record.at for record in records if record.kind in b"OCRLU" or (record.kind in b"BE" and record.data)]
    near = [at + random.randint(0, 3) for at in random.sample(names, min(len(names), MORE_CUTS - 1))]
    return {*near, random.randrange(len(records))}


def file_store(
    settings: Settings,
    folder: Path,
    key: OrganizersKey,
    shim: Path,
    builds: list[str],
    trials: int,
    trouble: Trouble = no_trouble,
) -> Cuts:
    """The service with its store in a file that begins small, all on a machine that loses its power."""
    found = Cuts()
    for at in range(0, trials, TRIALS_OF_A_STORE):
        disk = folder / str(at) / "disk"
        disk.mkdir(parents=True)
        service = KilledService(settings, parse_store(f"file:{disk / 'envelopes'}"), ["begins-small", *builds])

        def start(log: Path, service: KilledService = service, disk: Path = disk) -> None:
            service.environment |= recorded(shim, disk, log)
            service.start()

        machine = Machine(disk, start, service.end, _in_file)
        with closing(Listener()) as listener:
            clients = SigningClients(service.port, key.record.header, CLIENTS, listener.heard)
            try:
                cut_often(machine, clients, listener, found, min(TRIALS_OF_A_STORE, trials - at), trouble)
            finally:
                clients.give_up()
                service.end()
    return found


def _in_file(folder: Path) -> set[bytes] | None:
    """What a service that starts there would hold; None if it does not start."""
    path = folder / "envelopes"
    if not path.exists():
        return set()
    try:
        with closing(FileStore(path)) as store:
            return set(map(envelope_id, held(store)))
    except StoreUnavailable as error:
        print(f"It did not start: {error}")
        return None


def redis_store(
    settings: Settings,
    server: Server,
    key: OrganizersKey,
    shim: Path,
    builds: list[str],
    trials: int,
    trouble: Trouble = no_trouble,
) -> Cuts:
    """A server that loses its power and writes its file anew meanwhile; the service is on another machine."""
    found, service = Cuts(), KilledService(settings, parse_store(server.url), builds)

    def start(log: Path) -> None:
        server.variables = recorded(shim, server.folder, log)
        server.start()
        with server.client("admin") as admin, suppress(redis.ResponseError):
            admin.bgrewriteaof()

    with closing(Listener()) as listener:
        listener.turn_to(server.folder.with_name("log-before"))
        service.start()
        clients = SigningClients(service.port, key.record.header, CLIENTS, listener.heard)
        try:
            clients.wait_for_more(1)
            server.kill()
            cut_often(
                Machine(server.folder, start, server.kill, _in(server)), clients, listener, found, trials, trouble
            )
        finally:
            clients.give_up()
            service.end()
    return found


def _in(server: Server) -> Callable[[Path], set[bytes] | None]:
    """What such a server that starts in a folder would hold; None if it does not start."""

    def find(folder: Path) -> set[bytes] | None:
        other = server.beside(folder)
        try:
            other.start()
        except AssertionError:
            if other.process.poll() is None:  # it is only slow
                other.kill()
                raise
            said = subprocess.run(other.command, capture_output=True, text=True, check=False, timeout=60).stdout
            if "Address already in use" in said:  # another program was quicker
                return find(folder)
            print("It did not start:", *said.splitlines()[-4:], sep="\n")
            return None
        try:
            with closing(parse_store(other.url).read()) as store:
                return set(map(envelope_id, held(store)))
        finally:
            other.kill()

    return find
