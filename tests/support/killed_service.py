"""A service that is killed and started again, and what its store must hold in the end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.envelope import EnvelopeId, envelope_id
from service.settings import Settings
from service.stores.base import EnvelopeSource, StoreAddress
from tests.support.builds import command
from tests.support.paths import ROOT
from tests.support.redis_servers import wait_until
from tests.support.sample_appeal import limits_of
from tests.support.service_process import environment_for, free_port, wait_until_it_answers

PLENTY = limits_of(envelopes="100000000/day", desk="100/minute", everyone="100000000/day")


class KilledService:
    """A service with a store, in one of the builds of builds.py; limits and work are out of its way."""

    def __init__(
        self, settings: Settings, store: StoreAddress, builds: Sequence[str], variables: dict[str, str] | None = None
    ) -> None:
        settings = replace(settings, store=store, limits=PLENTY, work_above=100_000_000)
        self.port = free_port()
        self._command = command(builds)
        self.environment = environment_for(settings) | {"UNDERSIGNED_LISTEN": f"127.0.0.1:{self.port}"}
        self.environment |= variables or {}
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Return once it answers."""
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self.environment, start_new_session=True)
        wait_until_it_answers(self.process, self.port)

    def worker(self) -> int:
        """The process that takes envelopes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return int(children.split()[-1])

    def kill(self, *, worker: bool = False) -> None:
        """Kill one of its processes; return once the other has gone, too, as it does by itself."""
        its_worker = self.worker()
        os.kill(its_worker if worker else self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        wait_until(lambda: not Path(f"/proc/{its_worker}").exists())

    def end(self) -> None:
        """Whatever happened, leave nothing running."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


@dataclass(frozen=True)
class Difference:
    """Between what was acknowledged and what is kept; `strange`: kept, but never sent so."""

    lost: int
    doubled: int
    strange: int


def difference(acknowledged: Iterable[EnvelopeId], store: EnvelopeSource) -> Difference:
    """Read a store whole, once every envelope that was sent is acknowledged."""
    with closing(store), closing(store.snapshot()) as snapshot:
        kept = Counter(map(envelope_id, snapshot.envelopes))
        doubled = snapshot.count - len(kept)
    sent = set(acknowledged)
    return Difference(len(sent - set(kept)), doubled, len(set(kept) - sent))
