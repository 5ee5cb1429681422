// The organizers' key: a secret master, the public key record and its fingerprint (docs/spec.md, section 1).
// Keys are derived, checked and named here; sealing and opening are in seal.mjs.

import { blake2b } from '@noble/hashes/blake2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { X25519_SIZE, x25519 } from './box.mjs';
import { KeyFormatError } from './errors.mjs';

export const VERSION = 1;
export const MASTER_SIZE = 32;
export const APPEAL_ID_SIZE = 16;
export const RECORD_SIZE = 1233;
export const KEY_ID_SIZE = 7;

const POINT_START = 1 + APPEAL_ID_SIZE;
const KEM_START = POINT_START + X25519_SIZE;

const KEM_MODULUS = 3329;
const KEM_COEFFICIENTS_SIZE = 1152;

// Points that force a shared secret everyone knows (RFC 7748, section 6.1), in hex:
// 0, 1, the two of order 8, and p-1, p, p+1.
const SMALL_ORDER_POINTS = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

/**
 * The prefix that keeps one use of a hash apart from every other use.
 * @param {string} name ASCII
 * @returns {Uint8Array}
 */
export function tag(name) {
  return utf8ToBytes(`undersigned/v1/${name}\0`);
}

/**
 * Whether 32 bytes can be an X25519 public key: top bit clear, not of small order.
 * @param {Uint8Array} point
 * @returns {boolean}
 */
export function isUsablePoint(point) {
  return point[31] < 0x80 && !SMALL_ORDER_POINTS.includes(bytesToHex(point));
}

/** The public key: what a browser needs to seal for the organizers of one appeal. */
export class KeyRecord {
  /**
   * Use `parse`, which checks the bytes; the constructor does not.
   * @param {Uint8Array} appealId 16 bytes
   * @param {Uint8Array} x25519Public 32 bytes
   * @param {Uint8Array} kemPublic 1,184 bytes
   */
  constructor(appealId, x25519Public, kemPublic) {
    this.appealId = appealId;
    this.x25519Public = x25519Public;
    this.kemPublic = kemPublic;
    /** 32 bytes that name the record. */
    this.fingerprint = sha256(concatBytes(tag('key'), this.bytes()));
    /** The first 7 bytes of the fingerprint, carried by every envelope. */
    this.keyId = this.fingerprint.subarray(0, KEY_ID_SIZE);
    /** The first 8 bytes of every envelope sealed to this key. */
    this.header = concatBytes(Uint8Array.of(VERSION), this.keyId);
    let kem = null;
    /** The encapsulation key, expanded. This is half the work of sealing, so it is done once; nothing in it is secret. */
    this.kem = () => (kem = kem || ml_kem768.prepare(kemPublic));
    Object.freeze(this);
  }

  /**
   * Read a key record.
   * @param {Uint8Array} record 1,233 bytes
   * @returns {KeyRecord}
   * @throws {KeyFormatError} key-size, key-version, key-point, key-kem, in this order
   */
  static parse(record) {
    if (record.length !== RECORD_SIZE) throw new KeyFormatError('key-size');
    if (record[0] !== VERSION) throw new KeyFormatError('key-version');
    const point = record.slice(POINT_START, KEM_START);
    if (!isUsablePoint(point)) throw new KeyFormatError('key-point');
    const kemPublic = record.slice(KEM_START);
    if (!isReduced(kemPublic)) throw new KeyFormatError('key-kem');
    return new KeyRecord(record.slice(1, POINT_START), point, kemPublic);
  }

  /** @returns {Uint8Array} the 1,233 bytes of section 1 */
  bytes() {
    return concatBytes(Uint8Array.of(VERSION), this.appealId, this.x25519Public, this.kemPublic);
  }

  /** The fingerprint for people: 8 groups of 5 digits. */
  get digits() {
    const number = BigInt(`0x${bytesToHex(this.fingerprint)}`) % BigInt(10) ** BigInt(40);
    return number.toString().padStart(40, '0').match(/.{5}/g).join(' ');
  }
}

// The modulus check of FIPS 203, section 7.2: all 768 coefficients, 12 bits each, are below the modulus.
function isReduced(kemPublic) {
  for (let at = 0; at < KEM_COEFFICIENTS_SIZE; at += 3) {
    const [low, middle, high] = kemPublic.subarray(at, at + 3);
    const even = low | ((middle & 15) << 8);
    const odd = (middle >> 4) | (high << 4);
    if (even >= KEM_MODULUS || odd >= KEM_MODULUS) return false;
  }
  return true;
}

/** The secret key, all of it derived from one master. It is never in the browser of a signer. */
export class OrganizersKey {
  constructor(record, x25519Secret, kemSeed) {
    this.record = record;
    // Not enumerable: printing or serializing the key must not spill a secret.
    Object.defineProperties(this, { x25519Secret: { value: x25519Secret }, kemSeed: { value: kemSeed } });
    Object.freeze(this);
  }

  /**
   * @param {Uint8Array} master 32 bytes, the only secret
   * @param {Uint8Array} appealId 16 bytes
   * @returns {OrganizersKey} with `record`, `x25519Secret` (32 bytes) and `kemSeed` (64 bytes)
   * @throws {KeyFormatError} key-size
   */
  static derive(master, appealId) {
    if (master.length !== MASTER_SIZE || appealId.length !== APPEAL_ID_SIZE) {
      throw new KeyFormatError('key-size');
    }
    const x25519Secret = deriveSecret(master, 'undersigned-box', 32);
    const kemSeed = deriveSecret(master, 'undersigned-kem', 64);
    const { publicKey } = ml_kem768.keygen(kemSeed);
    const record = new KeyRecord(appealId.slice(), x25519.getPublicKey(x25519Secret), publicKey);
    return new OrganizersKey(record, x25519Secret, kemSeed);
  }
}

function deriveSecret(master, person, size) {
  const personalization = new Uint8Array(16);
  personalization.set(utf8ToBytes(person));
  return blake2b(new Uint8Array(), { key: master, personalization, dkLen: size });
}
