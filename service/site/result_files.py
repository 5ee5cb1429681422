"""The result for programs and spreadsheets: result.json and result.csv, made of what is published and of nothing else.

Neither is signed; both lead to publication.json, which is. docs/result.md describes them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import asdict

from crypto.publication import PublishedSignature
from crypto.signature import PUBLISHED
from service.site.publications import FILE, KeptPublication, minisig_name

# Programs that open a table take such a cell for a formula, the full-width forms too, also after a separator of their
# own language: where commas write decimals, they split lines at semicolons, whatever the quotation marks say.
_FORMULA = re.compile("(^|[;,|])(\\s*)(?=[=+@＝＋＠\N{MINUS SIGN}－-])")
# Without it, Excel reads UTF-8 as the letters of some other alphabet.
_BYTE_ORDER_MARK = "\ufeff"


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
        "publication": f"{address}{FILE}",
        "minisigs": {signer: f"{address}{minisig_name(signer)}" for signer in shown.minisigs},
        "names": f"{address}result.csv",
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def result_csv(signatures: Iterable[PublishedSignature]) -> bytes:
    """The public names in the order of the publication, UTF-8 with a byte order mark, RFC 4180, every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(PUBLISHED)
    writer.writerows([_harmless(cell) for cell in entry.texts()] for entry in signatures)
    return (_BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def _harmless(cell: str) -> str:
    """With an apostrophe before what would be a formula. Control and direction characters the format has refused."""
    return _FORMULA.sub(r"\1\2'", cell)
