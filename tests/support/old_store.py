"""A store as this service kept it before, in an SQLite file: with its envelopes, and half-written by a kill."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from crypto.envelope import envelope_id

PRAGMAS = ("journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = ON", "user_version = 1")
TABLE = "CREATE TABLE IF NOT EXISTS envelopes (id BLOB PRIMARY KEY, envelope BLOB NOT NULL) WITHOUT ROWID"
INSERT = "INSERT INTO envelopes VALUES (?, ?)"


def connect(path: Path) -> sqlite3.Connection:
    """The file as the service of before opened it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(TABLE)
    return connection


def make_old_store(path: Path, envelopes: list[bytes]) -> None:
    """Put them in, one after the other."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN")
        connection.executemany(INSERT, ((envelope_id(each), each) for each in envelopes))
        connection.execute("COMMIT")
