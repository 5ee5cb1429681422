"""Shuffles the envelopes within an SQLite file, a piece at a time, so that the file does not tell who came first.

SQLite gives a new row the next free pages, so the places of rows in the file repeat their order of arrival.
An envelope's id is a hash: neighbours by id arrived at unrelated times and lie anywhere in the file.
So a piece of neighbours is taken out and put back in random order, into the places that it has just left:
which of them lies where then says nothing about when it came. Why not VACUUM: docs/decisions/0007-order-desk-backup.md.
"""

from __future__ import annotations

import random
import sqlite3

# Envelopes in one transaction: enough to hide each other, few enough that whoever waits behind it does not wait long.
PIECE_MOST = 256

_NEXT = "SELECT id, envelope FROM envelopes WHERE id > ? ORDER BY id LIMIT ?"
_LAST = "SELECT id, envelope FROM envelopes ORDER BY id DESC LIMIT ?"


def shuffle_piece(connection: sqlite3.Connection, after: bytes, generator: random.Random) -> bytes | None:
    """Shuffle the envelopes that follow the id `after`; returns the id to go on from, None after the last piece.

    One transaction: after a power cut, all of the piece lies where it was or where it came to. Raises sqlite3.Error.
    """
    # A size of its own each time: pieces of one pass are not those of the next, so in the end all meet all.
    size = generator.randint(PIECE_MOST // 2, PIECE_MOST)
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = connection.execute(_NEXT, (after, size)).fetchall()
        goes_on = len(rows) == size
        if not goes_on:  # too few to hide each other: the last ones are shuffled with some of the piece before
            rows = connection.execute(_LAST, (size,)).fetchall()
        ids = sorted(row[0] for row in rows)
        if len(rows) > 1:
            connection.execute("DELETE FROM envelopes WHERE id BETWEEN ? AND ?", (ids[0], ids[-1]))
            generator.shuffle(rows)
            connection.executemany("INSERT INTO envelopes VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return ids[-1] if goes_on else None
