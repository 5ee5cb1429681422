// The signer's code, its commitment and its receipt (docs/spec.md, section 3).
// Whoever holds the code can find or withdraw one signature.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { CodeError } from './errors.mjs';
import { tag } from './keys.mjs';
import { draw } from './random.mjs';
import { bare } from './typed.mjs';

export const CODE_DIGITS = 25;

const RECEIPT_SIZE = 8;
// A limit of draws: a good generator needs one or two, and a broken one must not hang the page.
const MAX_DRAWS = 20;

/**
 * A code: 25 uniform digits.
 * @param {(size: number) => Uint8Array} random the system's generator
 * @returns {string}
 * @throws {TypeError} when the generator does not give what it was asked for
 */
export function generateCode(random) {
  let code = '';
  for (let drawn = 0; drawn < MAX_DRAWS; drawn += 1) {
    for (const byte of draw(random, CODE_DIGITS)) {
      // 250 is the largest multiple of ten a byte can hold: below it, each digit is equally likely.
      if (byte < 250) code += byte % 10;
    }
    if (code.length >= CODE_DIGITS) return code.slice(0, CODE_DIGITS);
  }
  throw new TypeError('the generator is stuck');
}

/**
 * The 25 digits in what a person typed, however grouped.
 * @param {string} text
 * @returns {string}
 * @throws {CodeError} code-form
 */
export function checkCode(text) {
  const code = bare(text);
  if (!/^[0-9]{25}$/.test(code)) throw new CodeError('code-form');
  return code;
}

/**
 * @param {string} code 25 digits
 * @returns {string} 5 groups of 5
 */
export function groupCode(code) {
  return code.match(/.{5}/g).join(' ');
}

/**
 * The commitment to a code, which a signature carries in its slot.
 * @param {string} code 25 digits, as typed
 * @returns {Uint8Array} 32 bytes
 * @throws {CodeError} code-form
 */
export function commitment(code) {
  return sha256(concatBytes(tag('code'), utf8ToBytes(checkCode(code))));
}

/**
 * The receipt of a commitment, which is published for a counted signature.
 * @param {Uint8Array} codeCommitment 32 bytes
 * @returns {string} 16 hex digits
 */
export function receipt(codeCommitment) {
  return bytesToHex(sha256(concatBytes(tag('receipt'), codeCommitment)).subarray(0, RECEIPT_SIZE));
}
