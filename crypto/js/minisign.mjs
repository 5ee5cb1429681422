// Minisign's file formats, to verify what the stock `minisign` made (docs/spec.md, section 6).
// Here, and only here, "signature" has its cryptographic sense. Only the prehashed kind (ED) exists for us.
// Must never know a secret key: signing is the offline tool's work.

import { equalBytes } from '@noble/ciphers/utils.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.mjs';
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

/**
 * @param {string} line the base64 line of a minisign public key
 * @returns {{keyId: Uint8Array, point: Uint8Array, name: string}} 8 bytes, 32 bytes, the id as minisign prints it
 * @throws {MinisignError} minisign-form
 */
export function parsePublicKey(line) {
  const raw = decode(line.trim(), KEY_SIZE, KEY_ALGORITHM);
  const keyId = raw.slice(KEY_ID_AT, KEY_ID_END);
  const name = bytesToHex(keyId.slice().reverse()).toUpperCase();
  return Object.freeze({ keyId, point: raw.slice(KEY_ID_END), name });
}

/**
 * @param {{keyId: Uint8Array, point: Uint8Array}} publicKey from `parsePublicKey`
 * @param {Uint8Array} message the signed file
 * @param {string} minisig the text of its .minisig file
 * @returns {string} the trusted comment
 * @throws {MinisignError} minisign-form, minisign-key, minisign-signature, minisign-comment, in this order
 */
export function verify(publicKey, message, minisig) {
  const { keyId, signature, comment, globalSignature } = readMinisig(minisig);
  if (!equalBytes(keyId, publicKey.keyId)) throw new MinisignError('minisign-key');
  const verifies = (made, bytes) => ed25519.verify(made, bytes, publicKey.point, { zip215: false });
  if (!verifies(signature, blake2b(message))) throw new MinisignError('minisign-signature');
  if (!verifies(globalSignature, concatBytes(signature, utf8ToBytes(comment)))) {
    throw new MinisignError('minisign-comment');
  }
  return comment;
}

function readMinisig(text) {
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  if (lines.length !== 4 || !lines[0].startsWith(UNTRUSTED) || !lines[2].startsWith(TRUSTED)) {
    throw new MinisignError('minisign-form');
  }
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
