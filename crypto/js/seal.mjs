// Seal and open: the two layers around a signature or a withdrawal (docs/spec.md, section 2).
// Randomness comes from the caller. If any part of sealing fails, it throws: there is no weaker way to seal.

import { equalBytes } from '@noble/ciphers/utils.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { openBox, sealBox } from './box.mjs';
import { checkCode } from './code.mjs';
import { checkEnvelope, HEADER_SIZE } from './envelope.mjs';
import { KeyFormatError, OpenError, RecordError } from './errors.mjs';
import { openBase, sealBase } from './hpke.mjs';
import { tag } from './keys.mjs';
import { draw } from './random.mjs';
import { readSignature, writeSignature } from './signature.mjs';

export const PLAINTEXT_SIZE = 2936;
export const SIGNATURE = 1;
export const WITHDRAWAL = 2;

const APPEAL_AT = 8;
const LETTER_AT = 24;
const SLOT_AT = 56;
const KIND_AT = 88;
const RESERVED_AT = 89;
const JSON_AT = 90;
/** The most bytes of the JSON object: one byte is kept for the 0x80 after it. */
export const JSON_ROOM = PLAINTEXT_SIZE - JSON_AT - 1;
const HASH_SIZE = 32;
const SECRET_SIZE = 32;
const END_OF_JSON = 0x80;

/**
 * A signature, sealed.
 * @param {KeyRecord} record
 * @param {Partial<Signature>} signature
 * @param {Uint8Array} letterHash 32 bytes
 * @param {Uint8Array} commitment 32 bytes, from the signer's code
 * @param {(size: number) => Uint8Array} random asked for 32 bytes (ephemeral X25519 secret), then 32 (ML-KEM coins)
 * @returns {Uint8Array} the envelope, 4,096 bytes
 * @throws {RecordError} what `writeSignature` throws, and record-room
 * @throws {KeyFormatError} key-size, when a hash does not have 32 bytes
 * @throws {TypeError} when the generator does not give what it was asked for
 */
export function sealSignature(record, signature, letterHash, commitment, random) {
  const json = writeSignature(signature);
  return sealPlaintext(record, composePlaintext(record, letterHash, commitment, SIGNATURE, json), random);
}

/**
 * A withdrawal, sealed: from outside no different from a signature.
 * @param {KeyRecord} record
 * @param {Uint8Array} letterHash 32 bytes
 * @param {string} code 25 digits, as typed
 * @param {(size: number) => Uint8Array} random as in `sealSignature`
 * @returns {Uint8Array} the envelope, 4,096 bytes
 * @throws {CodeError} code-form
 * @throws {KeyFormatError} key-size, when the letter hash does not have 32 bytes
 * @throws {TypeError} when the generator does not give what it was asked for
 */
export function sealWithdrawal(record, letterHash, code, random) {
  const slot = new Uint8Array(HASH_SIZE);
  slot.set(utf8ToBytes(checkCode(code)));
  const plaintext = composePlaintext(record, letterHash, slot, WITHDRAWAL, utf8ToBytes('{}'));
  return sealPlaintext(record, plaintext, random);
}

/**
 * The plaintext of section 2. Tests also make plaintexts with kinds and texts that no reader accepts.
 * @param {KeyRecord} record
 * @param {Uint8Array} letterHash 32 bytes
 * @param {Uint8Array} slot 32 bytes
 * @param {number} kind
 * @param {Uint8Array} json at most 2,845 bytes
 * @returns {Uint8Array} 2,936 bytes
 * @throws {KeyFormatError} key-size
 * @throws {RecordError} record-room
 */
export function composePlaintext(record, letterHash, slot, kind, json) {
  if (letterHash.length !== HASH_SIZE || slot.length !== HASH_SIZE) throw new KeyFormatError('key-size');
  if (json.length > JSON_ROOM) throw new RecordError('record-room');
  const plaintext = new Uint8Array(PLAINTEXT_SIZE);
  plaintext.set(record.header);
  plaintext.set(record.appealId, APPEAL_AT);
  plaintext.set(letterHash, LETTER_AT);
  plaintext.set(slot, SLOT_AT);
  plaintext[KIND_AT] = kind;
  plaintext.set(json, JSON_AT);
  plaintext[JSON_AT + json.length] = END_OF_JSON;
  return plaintext;
}

/**
 * Both layers around a plaintext. Use `sealSignature` or `sealWithdrawal`; this one is for tests.
 * @param {KeyRecord} record
 * @param {Uint8Array} plaintext 2,936 bytes
 * @param {(size: number) => Uint8Array} random as in `sealSignature`
 * @returns {Uint8Array} the envelope, 4,096 bytes
 * @throws {EnvelopeError} envelope-size, when the plaintext has another size
 * @throws {TypeError} when the generator does not give what it was asked for
 */
export function sealPlaintext(record, plaintext, random) {
  const ephemeralSecret = draw(random, SECRET_SIZE);
  const coins = draw(random, SECRET_SIZE);
  const inner = sealBase(record.kem(), info(record), plaintext, coins);
  const envelope = concatBytes(record.header, sealBox(record.x25519Public, inner, ephemeralSecret));
  // The service would refuse a wrong envelope, so it must not leave the page.
  checkEnvelope(envelope, [record.keyId]);
  return envelope;
}

function info(record) {
  return concatBytes(tag('seal'), record.header, record.appealId);
}

/**
 * Open an envelope.
 * @param {OrganizersKey} key
 * @param {Uint8Array} envelope
 * @returns {{kind: 'signature', letterHash: Uint8Array, commitment: Uint8Array, signature: Signature}
 *   | {kind: 'withdrawal', letterHash: Uint8Array, code: string}} frozen
 * @throws {EnvelopeError} what `checkEnvelope` throws
 * @throws {OpenError} open-outer, open-inner, inner-header, inner-appeal, inner-padding, inner-kind,
 *   inner-reserved, inner-slot, inner-withdrawal, in this order
 * @throws {RecordError} what `readSignature` throws
 */
export function openEnvelope(key, envelope) {
  const { record, x25519Secret, kemSeed } = key;
  checkEnvelope(envelope, [record.keyId]);
  const outer = envelope.subarray(HEADER_SIZE);
  // The outer layer is opened first: it refuses random bytes in a fraction of the time that the inner layer takes.
  const inner = orRefuse('open-outer', () => openBox(x25519Secret, record.x25519Public, outer));
  const plaintext = orRefuse('open-inner', () => openBase(kemSeed, info(record), inner));
  return readPlaintext(record, plaintext);
}

function orRefuse(reason, open) {
  try {
    return open();
  } catch {
    throw new OpenError(reason);
  }
}

function readPlaintext(record, plaintext) {
  if (!equalBytes(plaintext.subarray(0, APPEAL_AT), record.header)) throw new OpenError('inner-header');
  if (!equalBytes(plaintext.subarray(APPEAL_AT, LETTER_AT), record.appealId))
    throw new OpenError('inner-appeal');
  let end = plaintext.length - 1;
  while (end > JSON_AT && plaintext[end] === 0) end -= 1;
  if (plaintext[end] !== END_OF_JSON) throw new OpenError('inner-padding');
  const kind = plaintext[KIND_AT];
  if (kind !== SIGNATURE && kind !== WITHDRAWAL) throw new OpenError('inner-kind');
  if (plaintext[RESERVED_AT] !== 0) throw new OpenError('inner-reserved');
  const letterHash = plaintext.slice(LETTER_AT, SLOT_AT);
  const slot = plaintext.slice(SLOT_AT, KIND_AT);
  const json = plaintext.subarray(JSON_AT, end);
  if (kind === WITHDRAWAL) return readWithdrawal(letterHash, slot, json);
  return Object.freeze({ kind: 'signature', letterHash, commitment: slot, signature: readSignature(json) });
}

function readWithdrawal(letterHash, slot, json) {
  const match = /^([0-9]{25})\0{7}$/.exec(String.fromCharCode(...slot));
  if (!match) throw new OpenError('inner-slot');
  if (String.fromCharCode(...json) !== '{}') throw new OpenError('inner-withdrawal');
  return Object.freeze({ kind: 'withdrawal', letterHash, code: match[1] });
}
