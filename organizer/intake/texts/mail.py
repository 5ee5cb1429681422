"""Mails: what they hold, and the messages of a mailbox file (mbox).

The standard library takes them apart; bounds keep a mail that was made to fill the memory from doing so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from itertools import chain

LARGEST_MESSAGE = 64 << 20
"""Bytes; mail servers take 25 to 50 million."""

DEEPEST = 40
"""Parts within parts; a mail that was passed on ten times has 20."""

LARGEST_LINE = 1 << 20
"""Bytes of a mailbox that are read at once; a line of a mail has at most 998."""

# Any line of a mail may begin so; in a mailbox such a line of a text is written “>From ”, but not by every program.
_DATED = re.compile(rb"From .*\d\d:\d\d.*\d{4}")
_HEADER = re.compile(rb"[!-9;-~]{1,76}:")
_KNOWN = re.compile(
    rb"^(?:from|to|date|received|return-path|message-id|mime-version|content-type|subject|delivered-to|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_LOOKED_AT = 1 << 16
_COUNTED = re.compile(rb"\s*\d+[ \t]*\r?\n")


# What the library raises for headers that no program writes, though it says that it raises nothing.
_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, AssertionError)


class MailError(Exception):
    """A mail cannot be taken apart: it has more parts within parts than any that a person sends, or is malformed."""


class _Part(Message):
    """A part of a mail that knows how deep it lies."""

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]  # the library's takes more
        """Called when the part begins, so that no deeper one is ever looked into."""
        payload.depth = self.depth + 1  # type: ignore[attr-defined]  # of this class, too
        if self.depth == DEEPEST:
            raise MailError
        super().attach(payload)


def is_mail(head: bytes) -> bool:
    """Whether a file that begins so is one mail: its first line is a header, and so are known ones among the next."""
    lines = re.split(rb"\r?\n\r?\n", _without_count(head[:_LOOKED_AT]).lstrip(), maxsplit=1)[0]
    return _HEADER.match(lines) is not None and len(_KNOWN.findall(lines)) >= 2


def is_mailbox(head: bytes) -> bool:
    """Whether a file that begins so is many mails in one."""
    line, _, rest = head[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")
    return line.startswith(b"From ") and (_DATED.match(line) is not None or is_mail(rest))


def contents(mail: bytes) -> Iterator[bytes]:
    """What is in the mail, decoded: texts, attachments, and mails that it passes on. Raises MailError."""
    try:
        waiting: list[Message] = [message_from_bytes(_without_count(mail).lstrip(), _class=_Part)]
        while waiting:
            part = waiting.pop()
            inside = part.get_payload()
            if isinstance(inside, list):
                waiting += reversed([one for one in inside if isinstance(one, Message)])
            elif isinstance(content := part.get_payload(decode=True), bytes):
                yield content
    except _MALFORMED as error:
        raise MailError from error


def messages(lines: Iterable[bytes]) -> Iterator[bytes | None]:
    """The mails of a mailbox, given by its lines; None for one that is larger than LARGEST_MESSAGE."""
    message: list[bytes] | None = None
    size = 0
    before = b"\n"
    for line, following in _with_next(lines):
        if _begins(line, before, following):
            if message is not None:
                yield b"".join(message) if size <= LARGEST_MESSAGE else None
            message, size = [], 0
        elif message is not None:
            size += len(line)
            if size <= LARGEST_MESSAGE:
                message.append(line)
            else:
                message.clear()
        before = line
    if message is not None:
        yield b"".join(message) if size <= LARGEST_MESSAGE else None


def _begins(line: bytes, before: bytes, following: bytes) -> bool:
    if not line.startswith(b"From "):
        return False
    return _DATED.match(line) is not None or (not before.strip() and _HEADER.match(following) is not None)


def _with_next(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    left = iter(lines)
    line = next(left, b"")
    for following in chain(left, (b"",)):
        yield line, following
        line = following


def _without_count(mail: bytes) -> bytes:
    """Without the number of bytes that Apple's program writes before a mail (.emlx)."""
    return mail[match.end() :] if (match := _COUNTED.match(mail)) else mail
