// PBKDF2 with HMAC-SHA-256 (RFC 8018), for proof of work where a browser offers none: over plain http, as an onion has.

import { pbkdf2 as derive } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * @param {Uint8Array} password
 * @param {Uint8Array} salt
 * @param {number} iterations
 * @param {number} size in bytes
 * @returns {Uint8Array}
 */
export const pbkdf2 = (password, salt, iterations, size) =>
  derive(sha256, password, salt, { c: iterations, dkLen: size });
