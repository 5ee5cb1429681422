// Minisign's file formats, to verify what the stock `minisign` made (docs/spec.md, section 6).
// Here, and only here, "signature" has its cryptographic sense. Only the prehashed kind (ED) exists for us.
// Nothing here signs: the offline tool does that.

import { equalBytes } from '@noble/ciphers/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.mjs';
import { isRefused, verifies } from './ed25519.mjs';
import { MinisignError } from './errors.mjs';

const PREHASHED = 'ED';
const KEY_ALGORITHM = 'Ed';
const UNTRUSTED = 'untrusted comment: ';
const TRUSTED = 'trusted comment: ';
const KEY_ID_AT = 2;
const KEY_ID_END = 10;
const KEY_SIZE = 42;
const SIGNATURE_SIZE = 74;
const GLOBAL_SIGNATURE_SIZE = 64;
// How many bytes of the first three lines minisign 0.11 reads.
const LINE_MOST = [1022, 101, 8190];
const PIECE = 16384;

/**
 * @param {string} line the base64 line of a minisign public key
 * @returns {{keyId: Uint8Array, point: Uint8Array, line: string}} 8 bytes, 32 bytes, the line itself
 * @throws {MinisignError} minisign-form
 */
export function parsePublicKey(line) {
  const raw = decode(line, KEY_SIZE, KEY_ALGORITHM);
  const point = raw.slice(KEY_ID_END);
  if (isRefused(point)) throw new MinisignError('minisign-form');
  return Object.freeze({ keyId: raw.slice(KEY_ID_AT, KEY_ID_END), point, line });
}

/**
 * @param {{keyId: Uint8Array, point: Uint8Array}} publicKey from `parsePublicKey`
 * @param {Uint8Array} message the signed file
 * @param {string} minisig the text of its .minisig file
 * @returns {string} the trusted comment
 * @throws {MinisignError} minisign-form, minisign-key, minisign-signature, minisign-comment, in this order
 */
export function verify(publicKey, message, minisig) {
  return verifyHash(publicKey, blake2b(message), minisig);
}

/**
 * The same for a file whose hash is known: what several organizers signed is hashed once.
 * @param {{keyId: Uint8Array, point: Uint8Array}} publicKey
 * @param {Uint8Array} hash BLAKE2b of the file, 64 bytes
 * @param {string} minisig
 * @returns {string} the trusted comment
 * @throws {MinisignError} as `verify`
 */
export function verifyHash(publicKey, hash, minisig) {
  const { keyId, signature, comment, globalSignature } = readMinisig(minisig);
  if (!equalBytes(keyId, publicKey.keyId)) throw new MinisignError('minisign-key');
  const { point } = publicKey;
  if (!verifies(signature, hash, point)) throw new MinisignError('minisign-signature');
  if (!verifies(globalSignature, concatBytes(signature, utf8ToBytes(comment)), point)) {
    throw new MinisignError('minisign-comment');
  }
  return comment;
}

/**
 * BLAKE2b of a file, in pieces. Without JIT a megabyte takes seconds, and the page must react to taps meanwhile.
 * @param {Uint8Array} message
 * @param {() => Promise<void>} pause awaited between two pieces
 * @returns {Promise<Uint8Array>} 64 bytes
 */
export async function hashInPieces(message, pause) {
  const hash = blake2b.create();
  for (let at = 0; at < message.length; at += PIECE) {
    hash.update(message.subarray(at, at + PIECE));
    await pause();
  }
  return hash.digest();
}

function readMinisig(text) {
  const lines = text.split('\n').slice(0, 4);
  if (lines.length !== 4 || !lines[0].startsWith(UNTRUSTED) || !lines[2].startsWith(TRUSTED)) {
    throw new MinisignError('minisign-form');
  }
  if (LINE_MOST.some((most, at) => utf8ToBytes(lines[at]).length > most))
    throw new MinisignError('minisign-form');
  const comment = lines[2].slice(TRUSTED.length).replace(/\r+$/, '');
  // A lone surrogate has no UTF-8, so a text with one cannot have been signed.
  if (/[\0\ud800-\udfff]/u.test(lines.slice(0, 3).join('')) || comment.includes('\r')) {
    throw new MinisignError('minisign-form');
  }
  const raw = signatureLine(lines[1], SIGNATURE_SIZE, PREHASHED);
  return {
    keyId: raw.subarray(KEY_ID_AT, KEY_ID_END),
    signature: raw.subarray(KEY_ID_END),
    comment,
    globalSignature: signatureLine(lines[3], GLOBAL_SIGNATURE_SIZE, ''),
  };
}

// Up to a CR or NUL, as minisign reads it; nor does it look at the unused bits of the last character.
function signatureLine(line, size, start) {
  return decode(line.split(/[\r\0]/)[0], size, start, true);
}

function decode(line, size, start, anyUnusedBits = false) {
  const raw = fromBase64(line, anyUnusedBits);
  const fits = raw !== null && raw.length === size;
  if (!fits || !String.fromCharCode(...raw).startsWith(start)) throw new MinisignError('minisign-form');
  return raw;
}
