"""The names under which clients are counted: keyed hashes of their addresses, which live for ten minutes at most.

nginx gives the names (deploy/nginx/client-names.js), with a key that is laid beside the service's socket for it, so the
service learns no address. Without nginx the service does the same by itself.
Once the key is gone, nobody can turn a name back into an address.
A process alone draws a new key every ten minutes; processes that count together take theirs from the limits server.
What ends a key is a clock that nobody sets, and the key ends whether anyone comes or not.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import re
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

EPOCH_SECONDS = 600
KEY_SIZE = 32
# tor tells nginx the number of a circuit as the last 32 bits of an address of this network; see its manual under
# HiddenServiceExportCircuitID.
ONION_CIRCUITS = ipaddress.IPv6Network("fc00:dead:beef:4dad::/64")
NAME = re.compile("_[0-9a-f]{32}")
# The name of this file stands in deploy/nginx/client-names.js, too; nginx reads it as a member of the service's group.
KEY_FILE, KEY_MODE = "client-names.key", 0o640
_FORMAT = struct.Struct(f"<{KEY_SIZE}sd")

# Given the key that was held until now, or nothing: the one that several processes have in common, and for how many
# seconds more; None where there is none.
SharedKey = Callable[[bytes], "tuple[bytes, float] | None"]


_log = logging.getLogger("undersigned")


class KeyFile:
    """Where nginx finds the key: one file in memory, beside the service's socket, overwritten in its place.

    The key is followed by its end, in seconds of `clock`, for a process that takes the place of one that crashed.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEY_FILE

    def read(self) -> tuple[bytes, float] | None:
        """The key that lies there, and its end."""
        try:
            key, ends_at = _FORMAT.unpack(self._path.read_bytes())
        except (OSError, struct.error):
            return None
        return key, ends_at

    def lay(self, key: bytes, ends_at: float) -> None:
        """Put this key in place of the one before, which is gone in any case."""
        try:
            self._write(_FORMAT.pack(key, ends_at))
        except OSError as error:
            _log.error("The key of clients' names cannot be laid down (%s): all are one client.", error.strerror)
            self.remove()

    def remove(self) -> None:
        """Overwrite the key, and remove the file."""
        with suppress(OSError):
            self._write(bytes(_FORMAT.size))
        with suppress(OSError):
            self._path.unlink()

    def _write(self, content: bytes) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, KEY_MODE)
        try:
            os.fchmod(file, KEY_MODE)
            os.pwrite(file, content, 0)
        finally:
            os.close(file)


class ClientKeys:
    """Turns addresses into names.

    `clock` gives seconds and is never set; `draw` gives random bytes. In `file`, nginx finds each key.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        draw: Callable[[int], bytes],
        shared: SharedKey = lambda held: None,
        file: KeyFile | None = None,
    ) -> None:
        self._clock, self._draw, self._shared, self._file = clock, draw, shared, file
        self._held, self._ends_at = b"", 0.0
        self._renew(file.read() if file else None)

    def key(self, address: str | None) -> str:
        """The name of a client: its address or its name, which nginx gave or this function."""
        if address is not None and NAME.fullmatch(address):
            return address
        digest = self._keyed.copy()  # preparing the key costs ten times as much
        digest.update(client_network(address))
        return f"_{digest.hexdigest()[:32]}"

    def end(self) -> None:
        """Replace the key if its time is over; forgetting.py asks for it, also while nobody comes."""
        if self._clock() >= self._ends_at:
            self._renew(None)

    def _renew(self, found: tuple[bytes, float] | None) -> None:
        # The time is taken before a server is asked, which may take long to answer.
        now = self._clock()
        if shared := self._shared(self._held):
            self._held, self._ends_at = shared[0], now + min(shared[1], EPOCH_SECONDS)
        elif found and now < found[1] <= now + EPOCH_SECONDS:
            self._held, self._ends_at = found
        else:
            self._held, self._ends_at = self._draw(KEY_SIZE), now + EPOCH_SECONDS
        self._keyed = hmac.new(self._held, digestmod="sha256")
        if self._file:
            self._file.lay(self._held, self._ends_at)


def client_network(address: str | None) -> bytes:
    """The part of an address that one household or phone holds: IPv4 whole, IPv6 its first 64 bits. In hex.

    An onion circuit counts by its number, or all who come through Tor would share one name.
    What is not an address (a unix socket, a broken proxy) shares one name: limited together, never unlimited.
    """
    try:
        parsed = ipaddress.ip_address((address or "").split("%", 1)[0])
    except ValueError:
        return b"unknown"
    packed = parsed.packed
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            packed = parsed.ipv4_mapped.packed
        elif parsed not in ONION_CIRCUITS:
            packed = packed[:8]
    return packed.hex().encode("ascii")
