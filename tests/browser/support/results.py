"""A result with the longest possible name, and handing it in over the network."""

from __future__ import annotations

from urllib.request import Request as Ask
from urllib.request import urlopen

from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import PublishedSignature
from tests.support.sample_appeal import TOKEN
from tests.support.service_process import Served

LONG = PublishedSignature("Я" * 120, "с" * 80, "W" * 120)

SMALL = (LONG, *(PublishedSignature(f"Аляксандра {at}", "сястра", "Ян") for at in range(220)))


def hand_in(site: Served, data: bytes, *keys: MinisignSecretKey, comment: str = "a test") -> None:
    """As an organizer does with curl."""
    files = [("publication", "publication.json", data)]
    files += [("minisig", f"{at}.minisig", sign(key, data, comment).encode()) for at, key in enumerate(keys)]
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, file, content in files
    )
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "multipart/form-data; boundary=x"}
    request = Ask(f"{site.url}/publication", data=body + b"--x--\r\n", headers=headers, method="POST")
    with urlopen(request, timeout=20) as answer:
        assert answer.status == 201
