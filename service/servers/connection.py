"""The address of a Redis, a Valkey or a cluster of them, and connections to it as one of its users.

The server's users share the work, so that none can do more than its part (config/valkey/envelopes.acl).
`web` keeps envelopes, `export` reads them, `forget` has the file rewritten, `doctor` reads settings.
An address names no password, but a folder with one file for each user that this process may be.
Without the file of `export`, a process cannot read envelopes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from redis.backoff import ConstantBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import AuthenticationError, RedisClusterException, RedisError, ResponseError
from redis.retry import Retry

Client = redis.Redis | RedisCluster
# All that the library raises; a cluster's own errors stand outside its tree, and sockets add OSError.
ERRORS = (RedisError, RedisClusterException, OSError)
# A server that is there and says no: to the password, or to the command. Among them a password that is not there.
REFUSALS = (AuthenticationError, ResponseError, FileNotFoundError, PermissionError)

ANSWER_SECONDS = 5
# Of one process; each of its threads keeps one.
CONNECTIONS_MOST = 1024
PORT = 6379
SCHEMES = ("redis", "rediss", "redis-cluster", "rediss-cluster", "unix")


@dataclass(frozen=True)
class RedisAddress:
    """Where a server is: (host, port) of one or of several nodes of a cluster, or the path of a socket.

    `text` is the setting it was parsed from, which `str` gives again. `passwords` is the folder of the passwords,
    `ca` the file with the certificate of a private authority.
    """

    text: str
    nodes: tuple[tuple[str, int], ...]
    socket: str
    passwords: Path
    cluster: bool = False
    tls: bool = False
    ca: str | None = None

    @classmethod
    def parse(cls, text: str) -> RedisAddress:
        """From a URL. Raises ValueError with a sentence that goes on after the name of the setting.

        redis://HOST:PORT?passwords=FOLDER, rediss://…&ca=FILE, unix:///PATH?…, redis-cluster://HOST:PORT,HOST:PORT?…
        """
        url = urlsplit(text)
        given = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        if url.scheme not in SCHEMES:
            raise ValueError(f"must begin with {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}.")
        if "@" in url.netloc:
            raise ValueError("must hold no user and no password: put passwords into files, and name their folder.")
        if not given.get("passwords"):
            raise ValueError("must name the folder with the passwords: …?passwords=FOLDER.")
        if unknown := given.keys() - {"passwords", "ca"}:
            raise ValueError(f"has an unknown option: {', '.join(sorted(unknown))}.")
        on_socket = url.scheme == "unix"
        if on_socket == (url.path in ("", "/")) or on_socket == bool(url.netloc) or url.fragment:
            raise ValueError("must be SCHEME://HOST:PORT?passwords=FOLDER or unix:///PATH?passwords=FOLDER.")
        nodes = () if on_socket else tuple(_node(part) for part in url.netloc.split(","))
        if len(nodes) > 1 and not url.scheme.endswith("-cluster"):
            raise ValueError("names several servers, and only a cluster has them: redis-cluster://….")
        if "ca" in given and not url.scheme.startswith("rediss"):
            raise ValueError("names a CA, which only rediss and rediss-cluster use.")
        return cls(
            text=text,
            nodes=nodes,
            socket=url.path if on_socket else "",
            passwords=Path(given["passwords"]),
            cluster=url.scheme.endswith("-cluster"),
            tls=url.scheme.startswith("rediss"),
            ca=given.get("ca"),
        )

    def __str__(self) -> str:
        return self.text

    def connect(self, user: str) -> Client:
        """A client for this user. Raises OSError without its password; a cluster is asked for its nodes at once."""
        options: dict[str, Any] = {
            "username": user,
            "password": (self.passwords / user).read_text("utf-8").strip(),
            # The older protocol needs no HELLO, and tells the server no library's name: AUTH is the whole greeting.
            "protocol": 2,
            "driver_info": None,
            "max_connections": CONNECTIONS_MOST,
            "socket_timeout": ANSWER_SECONDS,
            "socket_connect_timeout": ANSWER_SECONDS,
            # Once more after a lost connection: HSETNX twice is HSETNX once.
            "retry": Retry(ConstantBackoff(0.1), 1),
        }
        if self.tls:
            options |= {"ssl": True, "ssl_ca_certs": self.ca}
        if self.cluster:
            nodes = [ClusterNode(host, port) for host, port in self.nodes]  # type: ignore[no-untyped-call]  # theirs
            return RedisCluster(startup_nodes=nodes, **options)
        if self.socket:
            return redis.Redis(unix_socket_path=self.socket, **options)
        ((host, port),) = self.nodes
        return redis.Redis(host=host, port=port, **options)


def _node(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":") if ":" in text.rpartition("]")[2] else (text, "", str(PORT))
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"must name servers as HOST:PORT; “{text}” is none.")
    return host.strip("[]"), int(port)


class LazyClient:
    """One client, made when it is first needed: a server may start after the service. A failure is tried again."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._made: Client | None = None
        self._lock = threading.Lock()
        self._threads = threading.local()

    def __call__(self) -> Client:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def of_this_thread(self) -> Client:
        """The same, with a connection that this thread keeps; a cluster's client has none to keep.

        Taking one from the pool for each command, and looking whether it still stands, costs as much as the command.
        """
        kept: Client | None = getattr(self._threads, "kept", None)
        if kept is None:
            client = self()
            kept = client if isinstance(client, RedisCluster) else _keeping_one_connection(client)
            self._threads.kept = kept
        return kept

    def close(self) -> None:
        """Hang up, if there ever was a connection."""
        with self._lock:
            if self._made is not None:
                self._made.close()


def _keeping_one_connection(client: redis.Redis) -> redis.Redis:
    return redis.Redis(connection_pool=client.connection_pool, single_connection_client=True)


def servers(client: Client) -> list[tuple[str, redis.Redis]]:
    """Each server behind a client with its name, replicas too; a single server has no name."""
    if isinstance(client, RedisCluster):
        nodes = client.get_nodes()  # type: ignore[no-untyped-call]  # the library has no type for it
        return [(str(node.name), client.get_redis_connection(node)) for node in nodes]
    return [("", client)]
