"""The users of a Redis or Valkey: makes a password for each, and the server's ACL file with their hashes.

The ACL files are those of config/valkey/, in which `<sha256 of USER>` stands for the hash. Nothing is overwritten.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

CONFIG = Path(__file__).parents[2] / "config" / "valkey"

_HASH = re.compile("<sha256 of ([a-z]+)>")


def make_users(acl: Path, folder: Path, password: Callable[[str], str]) -> None:
    """Write users.acl and passwords/USER into `folder`. `password` gives that of a user. Raises OSError."""
    text = acl.read_text("ascii")
    passwords = folder / "passwords"
    passwords.mkdir(mode=0o700, parents=True)
    for user in sorted(set(_HASH.findall(text))):
        made = password(user)
        (passwords / user).touch(mode=0o600)
        (passwords / user).write_text(made + "\n", "ascii")
        # Plain SHA-256 is what the server asks for; it does no harm to passwords that nobody could guess.
        text = text.replace(f"<sha256 of {user}>", hashlib.sha256(made.encode("ascii")).hexdigest())
    (folder / "users.acl").write_text(text, "ascii")
