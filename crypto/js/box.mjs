// The outer layer: libsodium's crypto_box_seal, X25519 with XSalsa20-Poly1305 (docs/spec.md, section 2).
// X25519 comes from the bare Montgomery module, because ed25519.js also contains Edwards curves: 7 kB gzipped more.

import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { pow } from '@noble/curves/abstract/modular.js';
import { montgomery } from '@noble/curves/abstract/montgomery.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes, u32, utf8ToBytes } from '@noble/hashes/utils.js';

export const X25519_SIZE = 32;

const P = /* @__PURE__ */ BigInt(`0x7f${'ff'.repeat(30)}ed`);

/** X25519 (RFC 7748): `getPublicKey(secret)` and `getSharedSecret(secret, point)`, 32 bytes each. */
export const x25519 = /* @__PURE__ */ montgomery({
  P,
  type: 'x25519',
  // Clamping, RFC 7748, section 5.
  adjustScalarBytes(scalar) {
    scalar[0] &= 248;
    scalar[31] &= 127;
    scalar[31] |= 64;
    return scalar;
  },
  powPminus2: (x) => pow(x, P - BigInt(2), P),
});

/**
 * Seal for the owner of `point`.
 * @param {Uint8Array} point X25519 public key, 32 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} ephemeralSecret 32 fresh random bytes, used for this box only
 * @returns {Uint8Array} 48 bytes longer than the message
 * @throws {Error} when the point is of small order
 */
export function sealBox(point, message, ephemeralSecret) {
  const ephemeral = x25519.getPublicKey(ephemeralSecret);
  const shared = x25519.getSharedSecret(ephemeralSecret, point);
  return concatBytes(ephemeral, secretbox(shared, ephemeral, point).encrypt(message));
}

/**
 * Open what `sealBox` made.
 * @param {Uint8Array} secret X25519 secret key, 32 bytes
 * @param {Uint8Array} point its public key, 32 bytes
 * @param {Uint8Array} sealed
 * @returns {Uint8Array} the message
 * @throws {Error} when the box was not sealed to this key, or was changed
 */
export function openBox(secret, point, sealed) {
  const ephemeral = sealed.subarray(0, X25519_SIZE);
  const shared = x25519.getSharedSecret(secret, ephemeral);
  return secretbox(shared, ephemeral, point).decrypt(sealed.subarray(X25519_SIZE));
}

// A nonce made of both public keys is safe here, because every box has an ephemeral key of its own.
function secretbox(shared, ephemeral, point) {
  const key = new Uint8Array(32);
  hsalsa(u32(utf8ToBytes('expand 32-byte k')), u32(shared), new Uint32Array(4), u32(key));
  return xsalsa20poly1305(key, blake2b(concatBytes(ephemeral, point), { dkLen: 24 }));
}
