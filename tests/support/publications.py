"""Makes signed publications for tests of the service, as the organizers' tool would."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from crypto.minisign import MinisignSecretKey, sign
from crypto.publication import ByHand, Counts, Publication, PublishedSignature, write_publication
from tests.support.sample_appeal import APPEAL_ID, TOKEN


def publication(names: tuple[str, ...] = ("Алесь Прыклад", "Ян О’Ніл"), **changes: Any) -> bytes:
    """A publication of these public names and three non-public signatures."""
    total = len(names) + 3
    values: dict[str, Any] = {
        "appeal": APPEAL_ID.hex(),
        "number": 1,
        "previous": None,
        "date": "2026-11-21",
        "letters": {"be": "ab" * 32},
        "keys": (),
        "ledgers": (),
        "counts": Counts(total, 0, 0, 0, 0, len(names), 3),
        "by_hand": ByHand(0, 0),
        "signatures": tuple(PublishedSignature(name, "сястра", "") for name in names),
        "receipts": tuple(f"{at:016x}" for at in range(total)),
    }
    return write_publication(Publication(**(values | changes)))


def hand_in(client: FlaskClient, data: bytes, *signers: MinisignSecretKey) -> Any:
    """POST it with a minisig of each signer and the desk token."""
    files = [("publication", (data, "publication.json"))]
    files += [("minisig", (sign(key, data, "a test").encode(), "x.minisig")) for key in signers]
    return post_files(client, files, TOKEN)


def post_files(client: FlaskClient, files: list[tuple[str, tuple[bytes, str]]], token: str) -> Any:
    """POST multipart/form-data to the desk."""
    boundary = "boundary-of-a-test"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, (content, filename) in files
    )
    return client.post(
        "/publication",
        data=body + f"--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Authorization": f"Bearer {token}"},
    )
