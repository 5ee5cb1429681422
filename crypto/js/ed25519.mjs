// Verifies Ed25519 signatures (RFC 8032), by which organizers sign results. It never signs.
// It uses the small library, because the same check with @noble/curves is 4.5 kB larger, gzipped.

import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

/**
 * @param {Uint8Array} signature 64 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} point public key, 32 bytes
 * @returns {boolean}
 */
export function verifies(signature, message, point) {
  // Set here and not at the top of the module, so that a bundle that only seals does not contain it.
  hashes.sha512 = sha512;
  return verify(signature, message, point, { zip215: false });
}
