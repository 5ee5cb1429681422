"""Looks at a PDF as its readers do: PDFium, the library that Chromium shows PDFs with, reads and paints it."""

from __future__ import annotations

from contextlib import closing

from PIL import Image
from pypdfium2 import PdfDocument

INK = 128
SCALE = 4


def read_text(data: bytes) -> str:
    """The text of all pages, as somebody would copy it."""
    with closing(PdfDocument(data)) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def from_left_to_right(data: bytes) -> str:
    """The letters of a page with one line, in the order in which they stand on the paper; brackets are |.

    PDFium turns brackets around while it reads, so only their places are told.
    """
    with closing(PdfDocument(data)) as document:
        page = document[0].get_textpage()
        boxes = [(page.get_charbox(at), page.get_text_range(at, 1)) for at in range(page.count_chars())]
        shown = [(box[0], text) for box, text in boxes if text.strip()]
        return "".join("|" if text in "()" else text for _, text in sorted(shown))


def pages(data: bytes) -> list[Image.Image]:
    """Each page in black and white, cut down to what is painted on it."""
    with closing(PdfDocument(data)) as document:
        painted = [page.render(scale=SCALE, grayscale=True).to_pil() for page in document]
    pictures = [picture.point(lambda grey: 255 * (grey < INK)) for picture in painted]
    return [picture.crop(picture.getbbox()) for picture in pictures]


def spots(picture: Image.Image) -> int:
    """How many pieces of ink do not touch one another: letters that join are one."""
    width, height = picture.size
    ink = {at for at, value in enumerate(picture.tobytes()) if value}
    found = 0
    while ink:
        found += 1
        edge = [ink.pop()]
        while edge:
            y, x = divmod(edge.pop(), width)
            near = [(a, b) for a in (y - 1, y, y + 1) for b in (x - 1, x, x + 1) if 0 <= a < height and 0 <= b < width]
            touching = ink.intersection(a * width + b for a, b in near)
            ink -= touching
            edge += touching
    return found


def bulges_to_the_left(picture: Image.Image) -> bool:
    """Whether the leftmost ink is at middle height, as that of an opening bracket is and of a closing one is not."""
    return any(picture.getpixel((0, y)) for y in range(picture.height * 2 // 5, picture.height * 3 // 5))
