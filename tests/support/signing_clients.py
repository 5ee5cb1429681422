"""Clients that do what the page does: each keeps an envelope and sends it again until the answer is 201."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing

from crypto.envelope import SIZE, EnvelopeId, envelope_id

PATIENCE = 60


class SigningClients:
    """So many clients at a port, one envelope after the other; `heard` is told the id of each that was acknowledged."""

    def __init__(
        self, port: int, header: bytes, clients: int, heard: Callable[[EnvelopeId], None] = lambda own_id: None
    ) -> None:
        self._port, self._header, self._heard = port, header, heard
        self._finishing, self._given_up = threading.Event(), threading.Event()
        self.acknowledged: list[EnvelopeId] = []
        self.repeated = 0
        self._threads = [threading.Thread(target=self._sign, daemon=True) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait_for_more(self, count: int) -> None:
        """Return once so many more were acknowledged; AssertionError when none is for a minute."""
        wanted, known, until = len(self.acknowledged) + count, 0, time.monotonic() + PATIENCE
        while len(self.acknowledged) < wanted:
            if len(self.acknowledged) > known:
                known, until = len(self.acknowledged), time.monotonic() + PATIENCE
            assert time.monotonic() < until, f"Nothing was acknowledged for {PATIENCE} s."
            time.sleep(0.005)

    def wait_for_refusals(self, count: int) -> None:
        """Return once so many more envelopes had to be sent again; AssertionError when it takes a minute."""
        wanted, until = self.repeated + count, time.monotonic() + PATIENCE
        while self.repeated < wanted:
            assert time.monotonic() < until, f"Nothing was refused for {PATIENCE} s."
            time.sleep(0.005)

    def finish(self) -> None:
        """Begin nothing new; return once all that was begun is acknowledged."""
        self._finishing.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"An envelope was not taken for {PATIENCE} s."

    def give_up(self) -> None:
        """Begin nothing new and send nothing again: nobody will answer any more."""
        self._given_up.set()
        self.finish()

    def _sign(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)) as connection:
            while not self._finishing.is_set():
                # The last byte of a point is below 128.
                envelope = self._header + os.urandom(31) + b"\0" + os.urandom(SIZE - len(self._header) - 32)
                while not self._is_taken(connection, envelope):
                    if self._given_up.is_set():
                        return
                    self.repeated += 1
                    time.sleep(0.05)
                self._heard(envelope_id(envelope))
                self.acknowledged.append(envelope_id(envelope))

    def _is_taken(self, connection: http.client.HTTPConnection, envelope: bytes) -> bool:
        try:
            connection.request("POST", "/envelopes", envelope, {"Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        return answer.status == 201
