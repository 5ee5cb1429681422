// The one error tree of the formats (docs/spec.md, section 9).
// An error has a reason: a stable word that vectors, counts and translations use. The reason is also the message, so
// an error never repeats bytes that a stranger chose. The page translates reasons into words for people.

/** A value does not have the form that the specification demands; `reason` says what is wrong. */
export class UndersignedError extends Error {
  /** @param {string} reason one of the reasons of section 9 */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** A key record or master is malformed. Reasons: key-size, key-version, key-point, key-kem. */
export class KeyFormatError extends UndersignedError {}

/** The outer shape is wrong. Reasons: envelope-size, envelope-version, envelope-key, envelope-point. */
export class EnvelopeError extends UndersignedError {}

/** The text form is wrong. Reasons: armor-begin, armor-end, armor-lines, armor-base64, armor-size. */
export class ArmorError extends UndersignedError {}

/**
 * The envelope does not open, or what is inside is malformed.
 * Reasons: open-outer, open-inner, inner-header, inner-appeal, inner-kind, inner-reserved, inner-padding,
 * inner-slot, inner-withdrawal.
 */
export class OpenError extends UndersignedError {}

/**
 * A signature's JSON object is refused by the strict reader.
 * Reasons: record-utf8, record-bom, record-json, record-duplicate-key, record-unknown-key, record-missing-key,
 * record-type, record-surrogate, record-length, record-character, record-blank, record-room.
 */
export class RecordError extends UndersignedError {}

/** A signer's code is not 25 decimal digits. Reason: code-form. */
export class CodeError extends UndersignedError {}

/** A ledger file is malformed. Reasons: ledger-header, ledger-size, ledger-order, ledger-appeal. */
export class LedgerError extends UndersignedError {}

/** A minisign key or signature does not verify. Reasons: minisign-form, minisign-key, minisign-signature, minisign-comment. */
export class MinisignError extends UndersignedError {}

/** An appeal.json is malformed. Reasons: appeal-json, appeal-shape, appeal-no-key. */
export class AppealError extends UndersignedError {}

/**
 * A publication is refused by the verifier.
 * Reasons: publication-json, publication-shape, publication-minisig, publication-appeal, publication-number,
 * publication-previous, publication-sums, publication-order.
 */
export class PublicationError extends UndersignedError {}
