// Proof of work, which the service asks of every browser while it is flooded (altcha version 2, PBKDF2/SHA-256).

import { pbkdf2 } from '../../crypto/js/pbkdf2.mjs';
import { hex, unhex } from './hex.mjs';

const TOGETHER = 16;

/**
 * Finds the counter whose derived key starts as the challenge says.
 * @param {{parameters: object, signature: string}} challenge
 * @param {Promise<void>} stopped
 * @returns {Promise<string | null>} what proves it, for the request's header; null when it was stopped
 */
export async function solve(challenge, stopped) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const derive = (counter) => deriveKey(unhex(nonce), unhex(salt), counter, cost, keyLength);
  for (let first = 0; ; first += TOGETHER) {
    // Several are computed at once: each runs in another thread, and waiting for it costs more than computing.
    const batch = Promise.all(Array.from({ length: TOGETHER }, (_, at) => derive(first + at)));
    const keys = await Promise.race([batch, stopped]);
    if (!keys) return null;
    const at = keys.findIndex((key) => key.startsWith(keyPrefix));
    if (at >= 0)
      return btoa(JSON.stringify({ challenge, solution: { counter: first + at, derivedKey: keys[at] } }));
  }
}

async function deriveKey(nonce, salt, counter, iterations, size) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  // Slower, but a browser that offers no cryptography must get in, too.
  if (!crypto.subtle) {
    await new Promise((resolve) => setTimeout(resolve)); // the person may want to stop it
    return hex(pbkdf2(password, salt, iterations, size));
  }
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * size)));
}
