"""What a search in the list of public names costs: at the first after a start of the service, and later.

`measure` starts a service in this process and asks it without a network; `python -m bench.search` prints what it found.
"""

from __future__ import annotations

import base64
import random
import secrets
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

from bench.made_up_people import made_up_people
from crypto.keys import AppealId, OrganizersKey
from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import (
    PUBLICATION_FILE,
    ByHand,
    Counts,
    Publication,
    PublishedSignature,
    minisig_name,
    write_publication,
)
from service import create_app, parse_store
from service.appeal_reader import load_appeal
from service.settings import read_settings

ROOT = Path(__file__).parent.parent
# What people look for: a surname, a first name, one letter, somebody who has not signed.
QUERIES = ("кавал", "іван", "а", "zhd mar", "nobody")
LATER = 100
SIGNER = "bench"


@dataclass(frozen=True)
class SearchTimes:
    """Seconds of one processor, with so many names: the start, the first search after it, and a later one."""

    names: int
    start: float
    first: float
    later: float


def measure(names: int) -> SearchTimes:
    """Start a service that shows so many made-up names, and search."""
    with tempfile.TemporaryDirectory() as folder:
        environment = publish(Path(folder), names)
        settings = read_settings(environment, parse_store)
        began = time.process_time()
        client = create_app(settings, settings.store.open(shuffles=False)).test_client()
        start = time.process_time() - began
        first = search(client, QUERIES[:1])
        return SearchTimes(names, start, first, search(client, QUERIES * LATER) / (len(QUERIES) * LATER))


def search(client: FlaskClient, queries: tuple[str, ...]) -> float:
    """Seconds of one processor for all of these."""
    began = time.process_time()
    for query in queries:
        answer = client.post("/be/result", data={"q": query}, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
    return time.process_time() - began


def publish(folder: Path, names: int) -> dict[str, str]:
    """A signed result with made-up names, as the service keeps it; returns the service's settings."""
    chance = random.Random("people who signed")
    relations = ("сястра", "маці", "былы палітвязень", "")
    signatures = tuple(
        PublishedSignature(one.name, chance.choice(relations), one.prisoner) for one in made_up_people(names, chance)
    )
    key = MinisignSecretKey.make(b"benching", bytes(range(32)))
    appeal = appeal_signed_by(folder / "appeal", key)
    content = Publication(
        appeal=load_appeal(appeal).programs.appeal_id.hex(), number=1, previous=None, date="2026-11-21",
        letters={"be": "ab" * 32}, keys=(), ledgers=(), counts=Counts(names, 0, 0, 0, 0, names, 0),
        by_hand=ByHand(0, 0), signatures=signatures,
        receipts=tuple(sorted(secrets.token_hex(8) for _ in range(names))),
    )  # fmt: skip
    data = write_publication(content)
    kept = folder / "data" / "publications" / "000001"
    kept.mkdir(parents=True)
    (kept / PUBLICATION_FILE).write_bytes(data)
    (kept / minisig_name(SIGNER)).write_text(sign(key, data, "made up"), "utf-8")
    return {
        "UNDERSIGNED_APPEAL": str(appeal),
        "UNDERSIGNED_DATA": str(folder / "data"),
        "UNDERSIGNED_DESK_TOKEN_SHA256": "00" * 32,
        "UNDERSIGNED_LIMIT_SEARCH": "100000000/minute",
    }


def appeal_signed_by(folder: Path, key: MinisignSecretKey) -> Path:
    """The appeal that the project ships, with a key for envelopes and this one for results."""
    folder.mkdir()
    for path in (ROOT / "config" / "appeal").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    appeal_id = tomllib.loads((folder / "appeal.toml").read_text("utf-8"))["id"]
    record = OrganizersKey.derive(bytes(range(32)), AppealId(bytes.fromhex(appeal_id))).record
    with (folder / "appeal.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[keys]]\nrecord = "{base64.b64encode(bytes(record)).decode("ascii")}"\n')
        file.write(f'[[minisign]]\nsigner = "{SIGNER}"\nkey = "{key.public.line}"\n')
    return folder


def main() -> None:
    """Print the times with 10,000, 33,000 and 100,000 names, or with as many as are asked for."""
    for names in [int(text) for text in sys.argv[1:]] or (10_000, 33_000, 100_000):
        times = measure(names)
        print(f"{names:,} names, seconds of one processor:")
        print(f"  start {times.start:.2f}, first search {times.first:.3f}, a later one {times.later:.4f}", flush=True)


if __name__ == "__main__":
    main()
