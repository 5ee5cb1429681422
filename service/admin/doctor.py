"""./run doctor: examines the servers behind the service, and says what to set."""

from __future__ import annotations

import argparse
import os

from service import parse_store
from service.admin.command import Command, find_settings, refuse
from service.servers.checks import examine_limits, findings
from service.servers.connection import RedisAddress
from service.settings import SettingsError, parse_limits_server
from service.stores.base import StoreAddress


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store", help="the server of the envelopes, as in the setting of this name (from the settings)"
    )
    parser.add_argument(
        "--limits",
        help="the server that counts for the limits, written in the same way (from the settings; with --store, none)",
    )


def _doctor(options: argparse.Namespace) -> int:
    try:
        store, limits_server = _servers(options.store, options.limits)
    except SettingsError as error:
        return refuse("The settings cannot be used:", *(f"  - {mistake}" for mistake in error.mistakes))
    except ValueError as error:
        return refuse("The address of a server cannot be used:", f"  - It {error}")
    if not options.store:
        print(f"This looks after {store}{f' and {limits_server}' if limits_server else ''}.")
    if store.remark:
        print(store.remark)
    faults = store.faults()
    if limits_server:
        found = findings(lambda: examine_limits(limits_server.connect("doctor")))
        faults += [f"limits: {sentence}" for sentence in found]
    if not faults:
        print("All is well.")
        return 0
    print("This is wrong:", *(f"  - {sentence}" for sentence in faults), sep="\n")
    return 1


def _servers(store: str | None, limits_server: str | None) -> tuple[StoreAddress, RedisAddress | None]:
    """The servers that the options name, and otherwise the settings. Raises SettingsError, ValueError."""
    named = parse_limits_server(limits_server) if limits_server else None
    if store:
        return parse_store(store), named
    settings = find_settings(os.environ)
    return settings.store, named or settings.limits_server


DOCTOR = Command(
    "doctor",
    "Ask the servers behind the service whether they are set so that envelopes are kept and nothing tells when "
    "they came. Exit code 0: all is well; 1: something is wrong, and is named; 2: the settings cannot be used.",
    _options,
    _doctor,
)
