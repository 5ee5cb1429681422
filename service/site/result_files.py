"""result.json and result.csv: the result for programs and spreadsheets, made of what is published and nothing else.

Neither is signed; both lead to publication.json, which is. docs/result.md describes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from crypto.csvtable import write_csv
from crypto.publication import PUBLICATION_FILE, PublishedSignature, minisig_name
from crypto.signature import PUBLISHED
from service.site.publications import KeptPublication


def result_json(shown: KeptPublication, address: str) -> bytes:
    """A summary, UTF-8, ending in LF. `address` is where the site is, with a slash at the end, or empty."""
    value = {
        "appeal": shown.publication.appeal,
        "number": shown.publication.number,
        "date": shown.publication.date,
        "total": shown.publication.total,
        "counts": asdict(shown.publication.counts),
        "by_hand": asdict(shown.publication.by_hand),
        "sha256": shown.digest,
        "publication": f"{address}{PUBLICATION_FILE}",
        "minisigs": {signer: f"{address}{minisig_name(signer)}" for signer in shown.minisigs},
        "names": f"{address}result.csv",
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def result_csv(signatures: Iterable[PublishedSignature]) -> bytes:
    """The public names in the order of the publication, as crypto.csvtable writes a table."""
    return write_csv([PUBLISHED, *(entry.texts() for entry in signatures)])
