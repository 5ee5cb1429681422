"""The settings: one TOML file, and each value can be overridden from the environment.

Every value is parsed here, once, into something that can be used as it is; all mistakes are reported together.
There is no setting that turns a protection off, and no secret: the desk token is configured by its hash.
A variable that ends in _FILE names a file with the value, as container engines hand over what others must not read.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crypto.toml import TomlError
from crypto.toml import parse as parse_toml
from service.limits.rate_limit import RateLimits
from service.servers.connection import RedisAddress
from service.stores.base import StoreAddress

PREFIX = "UNDERSIGNED_"
_NUMBERS = {"trusted_hops", "work_above", "processes"}
FILE_VARIABLE = "UNDERSIGNED_SETTINGS"


class SettingsError(Exception):
    """The settings cannot be used; `mistakes` lists all that is wrong, one plain sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class ListenAddress:
    """Where the service listens for nginx: at a port of this machine, or at a unix socket if `socket` is given."""

    host: str = "127.0.0.1"
    port: int = 8000
    socket: Path | None = None

    @classmethod
    def parse(cls, text: str) -> ListenAddress:
        """From "127.0.0.1:PORT", "[::1]:PORT" or "unix:/PATH". Raises ValueError."""
        if text.startswith("unix:/"):
            return cls(socket=Path(text.removeprefix("unix:")))
        host, _, port = text.rpartition(":")
        host = host.strip("[]")
        try:
            is_loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            is_loopback = False
        if is_loopback and re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536:
            return cls(host, int(port))
        # Exposed directly, a few dozen half-sent requests would stall the service; nginx in front collects them.
        raise ValueError("must be 127.0.0.1:PORT, [::1]:PORT or unix:/PATH; what faces the network is nginx.")

    def __str__(self) -> str:
        if self.socket:
            return f"unix:{self.socket}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Limits:
    """The rate limits: for each client at one group of addresses, and `everyone`.

    That one is for the new envelopes of all clients: above it nobody is refused, and much more work is asked for.
    """

    envelopes: RateLimits
    desk: RateLimits
    everyone: RateLimits
    search: RateLimits


@dataclass(frozen=True)
class Settings:
    """How this service runs. Paths are absolute. `desk_token_sha256` has 32 bytes."""

    appeal: Path
    data: Path
    store: StoreAddress
    listen: ListenAddress
    desk_token_sha256: bytes
    trusted_hops: int
    work_above: int
    limits_server: RedisAddress | None
    processes: int
    limits: Limits

    @property
    def publications(self) -> Path:
        """The folder of the accepted publications."""
        return self.data / "publications"


def read_settings(environment: Mapping[str, str], parse_store: Callable[[str], StoreAddress]) -> Settings:
    """Read the settings from the environment and the file it names in UNDERSIGNED_SETTINGS. Raises SettingsError.

    `parse_store` knows all stores; it raises ValueError like every parser here.
    """
    mistakes: list[str] = []
    given = _collect(environment, mistakes)
    values: dict[str, Any] = {
        name: _parsed(name, given.get(name, default), parse, mistakes) for name, (default, parse) in _SETTINGS.items()
    }
    store = given.get("store", f"file:{values['data']}/envelopes")
    values["store"] = _parsed("store", store, parse_store, mistakes)
    if mistakes:
        raise SettingsError(mistakes)
    limits = Limits(**{name: values.pop(f"limit_{name}") for name in ("envelopes", "desk", "everyone", "search")})
    settings = Settings(limits=limits, **values)
    if settings.processes > 1 and not (settings.limits_server and settings.store.is_shared):
        # A file has one writer, and limits counted apart let through as many times as there are processes.
        raise SettingsError(["More than one of “processes” needs a Redis or Valkey as “store” and a “limits_server”."])
    return settings


def _parsed(name: str, value: Any, parse: Callable[[Any], Any], mistakes: list[str]) -> Any:
    if value is None:
        mistakes.append(f"“{name}” is missing: set it in the settings file or as {PREFIX}{name.upper()}.")
        return None
    try:
        return parse(value)
    except ValueError as error:
        mistakes.append(f"“{name}” {error}")
        return None


def _collect(environment: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if path := environment.get(FILE_VARIABLE):
        try:
            values = parse_toml(Path(path).read_bytes())
        except OSError as error:
            mistakes.append(f"The settings file {path} cannot be read: {error.strerror}.")
        except TomlError as error:
            mistakes.append(f"The settings file {path} is not TOML: {error}.")
    values |= _variables(environment, mistakes)
    for name in sorted(values.keys() - _NAMES):
        mistakes.append(f"There is no setting “{name}”.")
    for name in sorted(values.keys() & _NAMES - _NUMBERS):
        if not isinstance(values[name], str):
            mistakes.append(f"“{name}” must be text in quotes.")
            values[name] = ""
    return {name: value for name, value in values.items() if value != ""}


def _variables(environment: Mapping[str, str], mistakes: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for variable, value in environment.items():
        # Empty means not set, so that a variable can be left blank in a compose file.
        if not value or not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        if variable.endswith("_FILE"):
            # Two places for one value: nobody could say which one holds.
            if environment.get(variable.removesuffix("_FILE")):
                mistakes.append(f"{variable} and {variable.removesuffix('_FILE')} are both set; keep one.")
            value = _content(variable, value, mistakes)
        values[variable.removesuffix("_FILE").removeprefix(PREFIX).lower()] = value
    return values


def _content(variable: str, path: str, mistakes: list[str]) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        # Only the kind of error: a decoding error would repeat what may be secret.
        mistakes.append(f"{variable} names {path}, which cannot be read ({type(error).__name__}).")
        return ""


def _existing_folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise ValueError(f"is not a folder: {text}")
    return Path(text).resolve()


def parse_limits_server(text: str) -> RedisAddress:
    """The address of the server that counts for the limits. Raises ValueError."""
    found = RedisAddress.parse(text)
    if found.cluster:
        raise ValueError("must be one server, not a cluster.")
    return found


def _token_hash(text: str) -> bytes:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise ValueError("must be the SHA-256 of the token, 64 hex digits.")
    return bytes.fromhex(text)


def _hops(value: Any) -> int:
    if not _is_whole_number(value, "[0-9]"):
        raise ValueError("must be how many proxies stand in front, 0 to 9.")
    return int(value)


def _number(value: Any) -> int:
    if not _is_whole_number(value, "[1-9][0-9]{0,8}"):
        raise ValueError("must be a whole number from 1 on.")
    return int(value)


def _is_whole_number(value: Any, pattern: str) -> bool:
    # A variable brings text, the file brings a number; for Python, true is a number, too.
    is_number = isinstance(value, int | str) and not isinstance(value, bool)
    return is_number and re.fullmatch(pattern, str(value)) is not None


# Setting: (default as it would be written, what parses it). None as a default means that it must be given.
_SETTINGS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "appeal": (None, _existing_folder),
    "data": (None, lambda text: Path(text).resolve()),
    "listen": ("127.0.0.1:8000", ListenAddress.parse),
    "desk_token_sha256": (None, _token_hash),
    "trusted_hops": (0, _hops),
    # New envelopes a minute before browsers are asked for work: no open letter has a crowd of ten a second by itself.
    "work_above": (600, _number),
    "limits_server": ("", lambda text: parse_limits_server(text) if text else None),
    "processes": (1, _number),
    # Generous per client: families share a line, mobile networks share addresses among thousands.
    "limit_envelopes": ("60/minute;600/hour", RateLimits.parse),
    "limit_desk": ("30/minute", RateLimits.parse),
    "limit_everyone": ("6000/minute;2000000/day", RateLimits.parse),
    # A search costs the service more than it costs whoever asks.
    "limit_search": ("60/minute;1000/hour", RateLimits.parse),
}
# `store` has a parser that is passed in, and a default that depends on `data`.
_NAMES = {"store", *_SETTINGS}
