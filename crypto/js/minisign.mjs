// Minisign's file formats, to verify what the stock `minisign` made (docs/spec.md, section 6).
// Here, and only here, "signature" has its cryptographic sense. Only the prehashed kind (ED) exists for us.
// Nothing here signs: the offline tool does that.

import { equalBytes } from '@noble/ciphers/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.mjs';
import { verifies } from './ed25519.mjs';
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
const PIECE = 16384;
// Ed25519 public keys under which anyone can sign anything, in hex, with the sign bit cleared.
const SMALL_ORDER =
  /^(?:0[01](?:00){31}|26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05|c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a|e[cde](?:ff){30}7f)$/;

/**
 * @param {string} line the base64 line of a minisign public key
 * @returns {{keyId: Uint8Array, point: Uint8Array, line: string}} 8 bytes, 32 bytes, the line itself
 * @throws {MinisignError} minisign-form
 */
export function parsePublicKey(line) {
  const raw = decode(line, KEY_SIZE, KEY_ALGORITHM);
  const point = raw.slice(KEY_ID_END);
  const unsigned = point.slice();
  unsigned[31] &= 0x7f;
  if (SMALL_ORDER.test(bytesToHex(unsigned))) throw new MinisignError('minisign-form');
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
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  if (lines.length !== 4 || !lines[0].startsWith(UNTRUSTED) || !lines[2].startsWith(TRUSTED)) {
    throw new MinisignError('minisign-form');
  }
  // A lone surrogate has no UTF-8, so a text with one cannot have been signed.
  if (/[\ud800-\udfff]/u.test(lines[2])) throw new MinisignError('minisign-form');
  const raw = decode(lines[1], SIGNATURE_SIZE, PREHASHED);
  return {
    keyId: raw.subarray(KEY_ID_AT, KEY_ID_END),
    signature: raw.subarray(KEY_ID_END),
    comment: lines[2].slice(TRUSTED.length),
    globalSignature: decode(lines[3], GLOBAL_SIGNATURE_SIZE, ''),
  };
}

function decode(line, size, start) {
  const raw = fromBase64(line);
  const fits = raw !== null && raw.length === size;
  if (!fits || !String.fromCharCode(...raw).startsWith(start)) throw new MinisignError('minisign-form');
  return raw;
}
