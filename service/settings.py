"""Settings: one TOML file, each value overridable from the environment; everything wrong is reported at once.

There is no setting that turns a protection off, and no secret: the desk token is configured by its hash.
A variable that ends in _FILE names a file with the value, as container engines hand over what others must not read.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import limits as limits_library

from service.servers.connection import RedisAddress

PREFIX = "UNDERSIGNED_"
_NUMBERS = {"trusted_hops", "work_above", "processes"}
FILE_VARIABLE = "UNDERSIGNED_SETTINGS"


class SettingsError(Exception):
    """The settings cannot be used; `mistakes` lists all that is wrong, one plain sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Limits:
    """Policies in flask-limiter's notation, such as "30/minute;300/hour"."""

    envelopes: str
    desk: str
    everyone: str
    # A search costs the service more than it costs whoever asks.
    search: str = "60/minute;1000/hour"


@dataclass(frozen=True)
class Settings:
    """How this service runs. Paths are absolute; `listen` is "address:port" or "unix:/path"."""

    appeal: Path
    data: Path
    store: str
    listen: str
    desk_token_sha256: str
    trusted_hops: int
    work_above: int
    limits_server: str
    processes: int
    limits: Limits


def read_settings(environment: Mapping[str, str]) -> Settings:
    """From the environment and the file it names in UNDERSIGNED_SETTINGS. Raises SettingsError."""
    mistakes: list[str] = []
    values = _collect(environment, mistakes)
    for name, (default, mistake_in) in _SETTINGS.items():
        if name in values:
            if mistake := mistake_in(values[name]):
                mistakes.append(f"“{name}” {mistake}")
        elif default is None:
            mistakes.append(f"“{name}” is missing: set it in the settings file or as {PREFIX}{name.upper()}.")
    if not mistakes:
        settings = _build({name: default for name, (default, _) in _SETTINGS.items()} | values)
        if settings.processes == 1 or (settings.limits_server and not settings.store.startswith("sqlite:")):
            return settings
        # An SQLite file has one writer, and limits counted apart let through as many times as there are processes.
        mistakes.append("More than one of “processes” needs a Redis or Valkey as “store” and a “limits_server”.")
    raise SettingsError(mistakes)


def _build(values: dict[str, Any]) -> Settings:
    data = Path(values["data"]).resolve()
    return Settings(
        appeal=Path(values["appeal"]).resolve(),
        data=data,
        store=values["store"] or f"sqlite:{data / 'envelopes.sqlite'}",
        listen=values["listen"],
        desk_token_sha256=values["desk_token_sha256"].lower(),
        trusted_hops=int(values["trusted_hops"]),
        work_above=int(values["work_above"]),
        limits_server=values["limits_server"],
        processes=int(values["processes"]),
        limits=Limits(
            values["limit_envelopes"], values["limit_desk"], values["limit_everyone"], values["limit_search"]
        ),
    )


def _collect(environment: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if path := environment.get(FILE_VARIABLE):
        try:
            values = tomllib.loads(Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(f"The settings file {path} cannot be read: {error}.")
        except tomllib.TOMLDecodeError as error:
            mistakes.append(f"The settings file {path} is not TOML: {error}.")
    values |= _variables(environment, mistakes)
    for name in sorted(values.keys() - _SETTINGS.keys()):
        mistakes.append(f"There is no setting “{name}”.")
    for name in sorted(values.keys() & _SETTINGS.keys() - _NUMBERS):
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


def _mistake_in_folder(value: str) -> str | None:
    return None if Path(value).is_dir() else f"is not a folder: {value}"


def _mistake_in_listen(value: str) -> str | None:
    if value.startswith("unix:/"):
        return None
    address, _, port = value.rpartition(":")
    try:
        loopback = ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    if loopback and port.isdigit() and 0 < int(port) < 65536:
        return None
    # Exposed directly, a few dozen half-sent requests would stall the service; nginx in front collects them.
    return "must be 127.0.0.1:PORT, [::1]:PORT or unix:/PATH; what faces the network is nginx."


def _mistake_in_store(value: str) -> str | None:
    if re.fullmatch("sqlite:.+", value):
        return None
    try:
        RedisAddress.parse(value)
    except ValueError as error:
        return f"{error} A file on this machine is sqlite:PATH."
    return None


def _mistake_in_server(value: str) -> str | None:
    try:
        found = RedisAddress.parse(value)
    except ValueError as error:
        return str(error)
    return "must be one server, not a cluster." if found.cluster else None


def _mistake_in_hash(value: str) -> str | None:
    return None if re.fullmatch("[0-9a-fA-F]{64}", value) else "must be the SHA-256 of the token, 64 hex digits."


def _mistake_in_hops(value: Any) -> str | None:
    fits = isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch("[0-9]", str(value))
    return None if fits else "must be how many proxies stand in front, 0 to 9."


def _mistake_in_number(value: Any) -> str | None:
    fits = isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch("[1-9][0-9]{0,8}", str(value))
    return None if fits else "must be a whole number from 1 on."


def _mistake_in_limit(value: str) -> str | None:
    try:
        limits_library.parse_many(value)
    except ValueError:
        return "must be limits such as 60/minute;600/hour."
    return None


# Setting: (default, what may be wrong with a value). None as a default means that it must be given.
_SETTINGS: dict[str, tuple[Any, Callable[[Any], str | None]]] = {
    "appeal": (None, _mistake_in_folder),
    "data": (None, lambda value: None),
    "store": ("", _mistake_in_store),
    "listen": ("127.0.0.1:8000", _mistake_in_listen),
    "desk_token_sha256": (None, _mistake_in_hash),
    "trusted_hops": (0, _mistake_in_hops),
    # Envelopes a minute before browsers are asked for work: ten a second is a crowd that no open letter has by itself.
    "work_above": (600, _mistake_in_number),
    "limits_server": ("", _mistake_in_server),
    "processes": (1, _mistake_in_number),
    # Generous per client: families share a line, mobile networks share addresses among thousands.
    "limit_envelopes": ("60/minute;600/hour", _mistake_in_limit),
    "limit_desk": ("30/minute", _mistake_in_limit),
    "limit_everyone": ("6000/minute;2000000/day", _mistake_in_limit),
    "limit_search": (Limits.search, _mistake_in_limit),
}
