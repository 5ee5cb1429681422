// The envelope from outside: 4,096 bytes, their id, their text form (docs/spec.md, section 2).
// Everything here works without a key.

import { equalBytes } from '@noble/ciphers/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.mjs';
import { X25519_SIZE } from './box.mjs';
import { ArmorError, EnvelopeError } from './errors.mjs';
import { isUsablePoint, KEY_ID_SIZE, VERSION } from './keys.mjs';

export const SIZE = 4096;
export const HEADER_SIZE = 1 + KEY_ID_SIZE;

const BEGIN = '-----BEGIN UNDERSIGNED ENVELOPE-----';
const END = '-----END UNDERSIGNED ENVELOPE-----';
export const LINE_WIDTH = 64;

/**
 * The id of an envelope, 32 bytes; equal for equal envelopes only.
 * @param {Uint8Array} envelope
 * @returns {Uint8Array}
 */
export function envelopeId(envelope) {
  return sha256(concatBytes(new Uint8Array(1), envelope));
}

/**
 * Check all that can be checked without a key.
 * @param {Uint8Array} envelope
 * @param {Uint8Array[]} acceptedKeyIds 7 bytes each
 * @throws {EnvelopeError} envelope-size, envelope-version, envelope-key, envelope-point, in this order
 */
export function checkEnvelope(envelope, acceptedKeyIds) {
  if (envelope.length !== SIZE) throw new EnvelopeError('envelope-size');
  if (envelope[0] !== VERSION) throw new EnvelopeError('envelope-version');
  const keyId = envelope.subarray(1, HEADER_SIZE);
  if (!acceptedKeyIds.some((accepted) => equalBytes(accepted, keyId)))
    throw new EnvelopeError('envelope-key');
  if (!isUsablePoint(envelope.subarray(HEADER_SIZE, HEADER_SIZE + X25519_SIZE))) {
    throw new EnvelopeError('envelope-point');
  }
}

/**
 * The one envelope in a text of the older form, without parts and check.
 * @param {string} text
 * @returns {Uint8Array} 4,096 bytes
 * @throws {ArmorError} armor-begin, armor-end, armor-lines, armor-base64, armor-size, in this order
 */
export function dearmor(text) {
  const body = bodyLines(text.split('\n').map(bareLine));
  // Characters are counted, not UTF-16 units, so that every implementation counts the same.
  const widths = body.map((line) => [...line].length);
  const last = widths.pop();
  if (!last || last > LINE_WIDTH || widths.some((width) => width !== LINE_WIDTH)) {
    throw new ArmorError('armor-lines');
  }
  const envelope = fromBase64(body.join(''));
  if (envelope === null) throw new ArmorError('armor-base64');
  if (envelope.length !== SIZE) throw new ArmorError('armor-size');
  return envelope;
}

function bodyLines(lines) {
  const begin = lines.indexOf(BEGIN);
  if (begin < 0 || begin !== lines.lastIndexOf(BEGIN)) throw new ArmorError('armor-begin');
  const end = lines.indexOf(END, begin);
  if (end < 0) throw new ArmorError('armor-end');
  return lines.slice(begin + 1, end);
}

// A loop, because a regular expression for trailing spaces takes quadratic time on a long pasted line.
function bareLine(line) {
  let start = 0;
  let end = line.endsWith('\r') ? line.length - 1 : line.length;
  while (start < end && (line[start] === ' ' || line[start] === '>')) start += 1;
  while (end > start && line[end - 1] === ' ') end -= 1;
  return line.slice(start, end);
}
