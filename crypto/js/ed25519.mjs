// Verifies Ed25519 signatures (RFC 8032), by which organizers sign results. It never signs.
// It uses the small library, because the same check with @noble/curves is 4.5 kB larger, gzipped.
// Only the arithmetic is the library's: its own check multiplies by the cofactor, and so accepts what stock minisign
// and OpenSSL refuse. The rule is in docs/spec.md, section 6.

import { equalBytes } from '@noble/ciphers/utils.js';
import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';

const POINT_SIZE = 32;
// The points of small order, and all texts of a point that are not its only one, in hex, with the sign bit cleared.
const REFUSED =
  /^(?:0[01](?:00){31}|26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05|c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a|(?:e[c-f]|f.)(?:ff){30}7f)$/;

/**
 * @param {Uint8Array} point 32 bytes
 * @returns {boolean} true for one under which anyone can sign anything, and for a second form of some point
 */
export function isRefused(point) {
  const unsigned = point.slice();
  unsigned[POINT_SIZE - 1] &= 0x7f;
  return REFUSED.test(bytesToHex(unsigned));
}

/**
 * @param {Uint8Array} signature 64 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} point public key, 32 bytes
 * @returns {boolean}
 */
export function verifies(signature, message, point) {
  // Asked here and not at the top of the module, so that a bundle that only seals does not contain it.
  const { n: order } = Point.CURVE();
  const nonce = signature.subarray(0, POINT_SIZE);
  const scalar = littleEndian(signature.subarray(POINT_SIZE));
  if (isRefused(nonce) || isRefused(point) || scalar >= order) return false;
  let key;
  try {
    key = Point.fromBytes(point, false);
  } catch {
    return false; // not on the curve
  }
  const challenge = littleEndian(sha512(concatBytes(nonce, point, message))) % order;
  const expected = Point.BASE.multiply(scalar, false).subtract(key.multiply(challenge, false));
  return equalBytes(expected.toBytes(), nonce);
}

function littleEndian(bytes) {
  return BigInt(`0x${bytesToHex(bytes.slice().reverse())}`);
}
