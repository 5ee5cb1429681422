"""Clients are counted under names that nobody can turn back once their key has ended, and it ends in time."""

from __future__ import annotations

import hmac
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.limits.client_keys import EPOCH_SECONDS, KEY_FILE, KEY_SIZE, ClientKeys, KeyFile, client_network


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def drawn() -> Iterator[bytes]:
    """Keys that differ."""
    yield from (bytes([at]) * KEY_SIZE for at in range(1, 256))


def keys_of(clock: Clock, file: KeyFile | None = None) -> ClientKeys:
    """Of one process alone."""
    draw = drawn()
    return ClientKeys(clock, lambda size: next(draw), file=file)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "cb007107"),
        ("::ffff:203.0.113.7", "cb007107"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002"),
        ("2001:db8:1:2::9", "20010db800010002"),
        ("fe80::1%eth0", "fe80000000000000"),
        ("::1", "0000000000000000"),
        ("fc00:dead:beef:4dad::7", "fc00deadbeef4dad0000000000000007"),
        ("fc00:dead:beef:4dad::ffff:fffe", "fc00deadbeef4dad00000000fffffffe"),
        ("fc00:dead:beef:4dae::7", "fc00deadbeef4dae"),
        ("", "unknown"),
        (None, "unknown"),
        ("unix:", "unknown"),
        ("203.0.113.7, 203.0.113.8", "unknown"),
        ("_" + "g" * 32, "unknown"),
    ],
)
def test_an_address_counts_as_the_network_one_client_holds(address: str | None, network: str) -> None:
    """IPv4 whole, IPv6 by its /64, Tor by circuit, mapped addresses as they are, rubbish together, never empty."""
    assert client_network(address) == network.encode()


def test_a_name_is_a_keyed_hash_and_what_nginx_named_keeps_its_name() -> None:
    """So it can be compared with what deploy/nginx/client-names.js gives, and is not named twice."""
    name = keys_of(Clock()).key("203.0.113.7")
    assert name == "_" + hmac.new(b"\1" * KEY_SIZE, b"cb007107", "sha256").hexdigest()[:32]
    assert keys_of(Clock()).key(name) == name


def test_a_key_lasts_for_its_epoch_and_no_longer() -> None:
    """Within ten minutes one client has one name; afterwards another one, and the key of before is nowhere."""
    clock = Clock()
    keys = keys_of(clock)
    first = keys.key("203.0.113.7")
    clock.now = EPOCH_SECONDS - 1
    keys.end()
    assert keys.key("203.0.113.7") == first
    assert keys.key("203.0.113.8") != first
    clock.now = EPOCH_SECONDS
    keys.end()
    assert keys.key("203.0.113.7") != first
    assert b"\1" * KEY_SIZE not in vars(keys).values()


def test_nginx_finds_each_key_and_none_of_before(tmp_path: Path) -> None:
    """In one file that only the service's group may read, overwritten where it lies, and removed at the end."""
    clock, file, path = Clock(5.0), KeyFile(tmp_path), tmp_path / KEY_FILE
    keys = keys_of(clock, file)
    place = path.stat().st_ino
    assert path.read_bytes()[:KEY_SIZE] == b"\1" * KEY_SIZE
    clock.now += EPOCH_SECONDS
    keys.end()
    assert path.read_bytes()[:KEY_SIZE] == b"\2" * KEY_SIZE
    assert (path.stat().st_ino, stat.S_IMODE(path.stat().st_mode)) == (place, 0o640)
    file.remove()
    assert not path.exists()


def test_who_takes_the_place_of_a_crashed_process_keeps_the_key_to_its_end(tmp_path: Path) -> None:
    """Not longer; and a key from before the machine was started anew, whose end lies too far, is not used."""
    clock, file = Clock(1000.0), KeyFile(tmp_path)
    first = keys_of(clock, file).key("203.0.113.7")
    clock.now += EPOCH_SECONDS - 1
    draw = iter([b"x" * KEY_SIZE])
    second = ClientKeys(clock, lambda size: next(draw), file=file)
    assert second.key("203.0.113.7") == first
    clock.now += 1
    second.end()
    assert second.key("203.0.113.7") != first
    ends = EPOCH_SECONDS + clock.now
    for now in (ends - EPOCH_SECONDS - 1, ends):
        assert ClientKeys(Clock(now), lambda size: b"y" * KEY_SIZE, file=file).key("a") == keys_named(b"y")
        file.lay(b"x" * KEY_SIZE, ends)


def keys_named(letter: bytes) -> str:
    """What the unknown are called with a key of this letter."""
    return "_" + hmac.new(letter * KEY_SIZE, b"unknown", "sha256").hexdigest()[:32]


def test_a_key_that_cannot_be_laid_down_does_not_stay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a file all are one client for nginx, which is limited; with an old one, a key would never end."""
    path = tmp_path / KEY_FILE
    clock, file = Clock(), KeyFile(tmp_path)
    keys = keys_of(clock, file)
    path.unlink()
    (tmp_path / "elsewhere").write_bytes(b"")
    path.symlink_to(tmp_path / "elsewhere")
    clock.now = EPOCH_SECONDS
    keys.end()
    assert "cannot be laid down" in caplog.text
    assert not path.is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_two_services_give_one_address_different_names() -> None:
    """The key is random, so names cannot be looked up in a table."""
    names = {ClientKeys(Clock(), lambda size, at=at: bytes([at]) * size).key("203.0.113.7") for at in range(2)}  # type: ignore[misc]
    assert len(names) == 2
