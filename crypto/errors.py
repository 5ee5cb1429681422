"""The one error tree of the formats.

An error carries a ``reason``: a stable word that vectors, counts and translations use (docs/spec.md, section 9).
Its text is English for the person at the terminal and never repeats bytes that a stranger chose.
"""

from __future__ import annotations


class UndersignedError(Exception):
    """A value does not have the form that the specification demands."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class KeyFormatError(UndersignedError):
    """A key record or master is malformed. Reasons: key-size, key-version, key-point, key-kem."""


class EnvelopeError(UndersignedError):
    """The outer shape is wrong. Reasons: envelope-size, envelope-version, envelope-key, envelope-point."""


class ArmorError(UndersignedError):
    """The text form is wrong.

    Reasons: armor-several, armor-part-1, armor-part-2, armor-parts, armor-begin, armor-end, armor-lines, armor-base64,
    armor-size.
    """


class OpenError(UndersignedError):
    """The envelope does not open, or what is inside is malformed.

    Reasons: open-outer, open-inner, inner-header, inner-appeal, inner-kind, inner-reserved, inner-padding,
    inner-slot, inner-withdrawal.
    """


class RecordError(UndersignedError):
    """A signature's JSON object is refused by the strict reader.

    Reasons: record-utf8, record-bom, record-json, record-duplicate-key, record-unknown-key, record-missing-key,
    record-type, record-surrogate, record-length, record-character, record-blank, record-room.
    """


class CodeError(UndersignedError):
    """A signer's code is not 25 decimal digits. Reason: code-form."""


class LedgerError(UndersignedError):
    """A ledger file is malformed. Reasons: ledger-header, ledger-size, ledger-order, ledger-appeal."""


class MinisignError(UndersignedError):
    """A minisign key or signature does not verify.

    Reasons: minisign-form, minisign-key, minisign-signature, minisign-comment, minisign-passphrase.
    """


class AppealError(UndersignedError):
    """An appeal.json is malformed. Reasons: appeal-json, appeal-shape, appeal-no-key."""


class PublicationError(UndersignedError):
    """A publication is refused by the verifier.

    Reasons: publication-json, publication-shape, publication-minisig, publication-appeal, publication-number,
    publication-previous, publication-sums, publication-order.
    """
