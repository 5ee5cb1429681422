"""The document as one HTML file to print or to read: no script, nothing loaded, nothing that leaves the file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from organizer.exports.document import Document, about_person

_STYLE = """
@page { size: A4; margin: 20mm 20mm 24mm; }
@page { @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
body { font: 11pt/1.45 "DejaVu Sans", Arial, sans-serif; color: #111; background: #fff; }
body { max-width: 44em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; line-height: 1.2; margin: 0 0 .3em; }
h2 { font-size: 1.1em; margin: 1.8em 0 .5em; break-after: avoid; }
h3 { font-size: 1em; }
.to { color: #444; margin: 0 0 1.6em; }
p.count { font-weight: bold; font-size: 1.25em; }
.result { margin-top: 1.8em; }
.result p { margin: .15em 0; }
ul { list-style: none; padding: 0; margin: 0; }
.names { columns: 2; column-gap: 2em; }
li { break-inside: avoid; margin: 0 0 .45em; overflow-wrap: anywhere; }
.more { display: block; font-size: .85em; color: #444; }
footer { margin-top: 2.5em; border-top: 1px solid #999; padding-top: .6em; }
footer, .result { break-inside: avoid; }
footer { font-size: .75em; color: #444; overflow-wrap: anywhere; }
@media (max-width: 36em) { .names { columns: 1; } }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; } }
"""


def write_page(document: Document) -> bytes:
    """The HTML file in UTF-8. The policy in its head lets a browser apply this style and nothing else."""
    return "".join(f"{line}\n" for line in _lines(document)).encode("utf-8")


def _lines(document: Document) -> Iterator[str]:
    letter, words = document.letter, document.phrases
    title = letter.title if letter else words.who
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    yield "<!doctype html>"
    yield f'<html lang="{letter.language if letter else document.language}">'
    yield '<meta charset="utf-8">'
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield f"<h1>{escape(title)}</h1>"
    if letter is not None:
        yield f'<p class="to">{escape(letter.addressee)}</p>'
        tags = {"heading": "h3", "item": "p", "paragraph": "p"}
        for block in letter.blocks:
            yield f"<{tags[block.kind]}>{'• ' if block.kind == 'item' else ''}{escape(block.text)}</{tags[block.kind]}>"
    yield f'<section lang="{document.language}">'
    if letter is not None and letter.group:
        yield f"<h2>{escape(words.group)}</h2>"
        yield f'<ul lang="{letter.language}">'
        yield from (_item(name, (relation,)) for name, relation in letter.group)
        yield "</ul>"
    yield f'<div class="result"><p class="count">{escape(document.count)}</p>'
    yield from (f"<p>{escape(text)}</p>" for text in document.details)
    yield "</div>"
    if document.signatures:
        yield f"<h2>{escape(words.who)}</h2>"
        yield f'<p class="more">{escape(words.order)}</p>'
        yield '<ul class="names">'
        yield from (_item(shown.name, about_person(shown)) for shown in document.signatures)
        yield "</ul>"
    yield f"<footer><p>{escape(words.check)}</p><p>{escape(document.result)}</p></footer>"
    yield "</section>"
    yield "</html>"


def _item(name: str, about: Sequence[str]) -> str:
    # bdi: a text written from right to left must not move the text beside it.
    rest = ", ".join(f"<bdi>{escape(text)}</bdi>" for text in about if text)
    more = f'<span class="more">{rest}</span>' if rest else ""
    return f"<li><bdi>{escape(name)}</bdi>{more}</li>"
