// Ed25519 (RFC 8032), to verify what organizers signed.
// Knows points and bytes; must never know a secret key.
// The library in its small form: as part of @noble/curves the same check is 4.5 kB larger, gzipped.

import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

/**
 * @param {Uint8Array} signature 64 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} point public key, 32 bytes
 * @returns {boolean}
 */
export function verifies(signature, message, point) {
  // Here and not above, so that what only seals does not carry it.
  hashes.sha512 = sha512;
  return verify(signature, message, point, { zip215: false });
}
