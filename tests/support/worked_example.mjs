// What the tests share: hex, the worked example of docs/spec.md, section 8, signers, generators that are not random.
// Only tests import it.

import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { toBase64 } from '../../crypto/js/base64.mjs';
import { OrganizersKey } from '../../crypto/js/keys.mjs';

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
export const utf8 = (text) => new TextEncoder().encode(text);
export const filled = (size, value) => new Uint8Array(size).fill(value);
export const counting = (size, first) => Uint8Array.from({ length: size }, (_, at) => first + at);

export const CODE = '4829103377590218841270536';
export const LETTER_HASH = filled(32, 0xab);
export const SIGNATURE = Object.freeze({
  name: 'Ірына',
  relation: 'сястра',
  prisoner: 'Алесь',
  public: false,
  language: 'be',
});

/** The organizers' key of the worked example; `master` and `appealId` make others. */
export function exampleKey(master = counting(32, 100), appealId = counting(16, 0)) {
  return OrganizersKey.derive(master, appealId);
}

/** A generator that gives these arrays one after the other, and then fails. */
export function scripted(...arrays) {
  const left = [...arrays];
  return () => {
    if (left.length === 0) throw new Error('asked for more randomness than the script has');
    return left.shift();
  };
}

/** The randomness of the worked example: the ephemeral X25519 secret, then the ML-KEM coins. */
export const exampleRandom = () => scripted(filled(32, 7), filled(32, 9));

/** A predicate for `assert.throws`: an error of the tree with this reason, and of this class. */
export const refusal = (kind, reason) => (error) => error instanceof kind && error.reason === reason;

/** The text of a file beside the tests. */
/** The text form without parts and check, as it was written before; it is still read. */
export function olderText(envelope) {
  const encoded = Buffer.from(envelope).toString('base64');
  const lines = encoded.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN UNDERSIGNED ENVELOPE-----', ...lines, '-----END UNDERSIGNED ENVELOPE-----', ''].join(
    '\n',
  );
}

export const readText = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** A minisign key pair from one byte: the line people pin, and a way to sign as the stock tool does. */
export function minisigner(value) {
  const seed = filled(32, value);
  const keyId = filled(8, value);
  const line = toBase64(concatBytes(utf8('Ed'), keyId, ed25519.getPublicKey(seed)));
  const sign = (message, comment = 'publication') => {
    const signature = ed25519.sign(blake2b(message), seed);
    const global = ed25519.sign(concatBytes(signature, utf8(comment)), seed);
    const first = toBase64(concatBytes(utf8('ED'), keyId, signature));
    return `untrusted comment: x\n${first}\ntrusted comment: ${comment}\n${toBase64(global)}\n`;
  };
  return { line, sign };
}

/** What `openEnvelope` gives, in the words of the vectors. */
export function shown({ kind, letterHash, commitment, signature, code }) {
  const letter_hash = hex(letterHash);
  if (kind === 'withdrawal') return { kind, letter_hash, code };
  return { kind, letter_hash, commitment: hex(commitment), signature };
}
