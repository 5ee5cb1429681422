"""./run move: copies all envelopes of one store into another, and compares."""

from __future__ import annotations

import argparse
import os
from contextlib import closing

from service import parse_store
from service.admin.command import Command, as_owner_of, find_settings, progress, refuse
from service.appeal_reader import load_appeal
from service.settings import SettingsError
from service.stores.base import StoreAddress
from service.stores.copy import compare, copy_missing


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="source", required=True, metavar="STORE",
        help="file:PATH or a server, written as in the setting “store”",
    )  # fmt: skip
    parser.add_argument("--to", dest="target", required=True, metavar="STORE")


def _move(options: argparse.Namespace) -> int:
    from_address, to_address = _address("--from", options.source), _address("--to", options.target)
    settings = find_settings(os.environ)
    appeal_id = load_appeal(settings.appeal).programs.appeal_id
    with closing(from_address.read()) as source:
        with closing(source.snapshot()) as wanted:
            if not wanted.count:
                # A server that answers is not yet the right one.
                return refuse(f"There is no envelope in {from_address}. Is this the store that you mean?")
            with as_owner_of(settings.data), closing(to_address.open()) as target:
                target.check()
                added = copy_missing(target, wanted, progress(wanted.count))
        print(f"Moved: {added} envelopes that were missing there.")
        with (
            closing(to_address.read()) as moved,
            closing(source.snapshot()) as first,
            closing(moved.snapshot()) as second,
        ):
            compared = compare(first, second, appeal_id)
    print(f"{from_address}: {first.count} envelopes; SHA-256 of their ledger: {compared.first}")
    print(f"{to_address}: {second.count} envelopes; SHA-256 of their ledger: {compared.second}")
    if compared.missing:
        return refuse(f"{compared.missing} envelopes are not there yet; perhaps they arrived meanwhile. Begin again.")
    if compared.first == compared.second:
        print("Both digests are equal: both stores hold the same envelopes.")
    else:
        print("All envelopes of the first store are in the second, which holds others too.")
    return 0


def _address(option: str, text: str) -> StoreAddress:
    try:
        return parse_store(text)
    except ValueError as error:
        raise SettingsError([f"“{option}” {error}"]) from error


MOVE = Command(
    "move",
    "Bring all envelopes of one store into another, and compare. Begun again, it goes on where it was cut off. "
    "The first store stays as it is.",
    _options,
    _move,
)
