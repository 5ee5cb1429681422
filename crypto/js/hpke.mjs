// The inner layer: HPKE (RFC 9180) base mode, single shot, empty aad (docs/spec.md, section 2).
// KEM 0x0041 ML-KEM-768, KDF 0x0001 HKDF-SHA256, AEAD 0x0003 ChaCha20-Poly1305, and no others.
// Keys, info and plaintext are plain bytes here; seal.mjs gives them their meaning.

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

export const ENC_SIZE = 1088;
const KEY_SIZE = 32;
const NONCE_SIZE = 12;

const VERSION_LABEL = 'HPKE-v1';
const SUITE_ID = 'HPKE\x00\x41\x00\x01\x00\x03';
const MODE_BASE = /* @__PURE__ */ new Uint8Array(1);
const EMPTY = /* @__PURE__ */ new Uint8Array();

/**
 * RFC 9180, section 6.1: SealBase.
 * @param {{encapsulate: Function}} kem ML-KEM-768 encapsulation key, as `KeyRecord.kem` expands it
 * @param {Uint8Array} info
 * @param {Uint8Array} plaintext
 * @param {Uint8Array} coins 32 fresh random bytes, used for this message only
 * @returns {Uint8Array} enc (1,088 bytes), ciphertext, tag (16 bytes)
 */
export function sealBase(kem, info, plaintext, coins) {
  const { cipherText, sharedSecret } = kem.encapsulate(coins);
  return concatBytes(cipherText, aead(sharedSecret, info).encrypt(plaintext));
}

/**
 * RFC 9180, section 6.1: OpenBase.
 * @param {Uint8Array} kemSeed d and z of FIPS 203, 64 bytes
 * @param {Uint8Array} info
 * @param {Uint8Array} sealed what `sealBase` made
 * @returns {Uint8Array} the plaintext
 * @throws {Error} when it was not sealed to this key and info, or was changed
 */
export function openBase(kemSeed, info, sealed) {
  const { secretKey } = ml_kem768.keygen(kemSeed);
  const sharedSecret = ml_kem768.decapsulate(sealed.subarray(0, ENC_SIZE), secretKey);
  return aead(sharedSecret, info).decrypt(sealed.subarray(ENC_SIZE));
}

// Section 5.1, KeySchedule with an empty psk. One message per context, so the nonce is base_nonce itself.
function aead(sharedSecret, info) {
  const pskIdHash = labeledExtract(EMPTY, 'psk_id_hash', EMPTY);
  const infoHash = labeledExtract(EMPTY, 'info_hash', info);
  const context = concatBytes(MODE_BASE, pskIdHash, infoHash);
  const secret = labeledExtract(sharedSecret, 'secret', EMPTY);
  const key = labeledExpand(secret, 'key', context, KEY_SIZE);
  return chacha20poly1305(key, labeledExpand(secret, 'base_nonce', context, NONCE_SIZE));
}

// Section 4. The labels are ASCII, so one string can hold version, suite and label.
function labeledExtract(salt, label, ikm) {
  return extract(sha256, concatBytes(utf8ToBytes(VERSION_LABEL + SUITE_ID + label), ikm), salt);
}

function labeledExpand(prk, label, info, size) {
  const labeled = utf8ToBytes(VERSION_LABEL + SUITE_ID + label);
  return expand(sha256, prk, concatBytes(Uint8Array.of(0, size), labeled, info), size);
}
