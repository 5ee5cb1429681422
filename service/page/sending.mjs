// Sends one envelope until it has arrived, was refused, or the person stops it.
// It handles bytes and an address; what the envelope contains is not known here.

import { DISCREET } from './requests.mjs';
import { solve } from './work.mjs';

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 32000;
const TIMEOUT = 60000;

/**
 * POSTs the same 4,096 bytes again and again: after 1, 2, 4, 8 … 32 seconds, each a little off, so that many phones
 * on one returning network do not come back together.
 * @param {string} address
 * @param {Uint8Array} envelope
 * @param {{retrying: (isOverloaded: boolean) => void, working: () => void, stopped: Promise<void>}} hooks `retrying`
 *   is called before each wait, and told whether the service says that it is overloaded; `working` before the browser
 *   computes what a flooded service asks for
 * @returns {Promise<{outcome: 'sent' | 'stopped' | 'refused', status: number}>} never rejects
 */
export async function send(address, envelope, { retrying, working, stopped }) {
  let stop = false;
  stopped.then(() => {
    stop = true;
  });
  let wait = FIRST_WAIT;
  let proof = null;
  while (!stop) {
    const { status, challenge, isOverloaded } = await post(address, envelope, proof, stopped);
    proof = null;
    if (status === 201) return { outcome: 'sent', status };
    if (isFinal(status)) return { outcome: 'refused', status };
    if (challenge && !stop) {
      working();
      proof = await solve(challenge, stopped);
    } else if (!stop) {
      retrying(isOverloaded);
      await Promise.race([pause(wait), stopped]);
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
  }
  return { outcome: 'stopped', status: 0 };
}

// The answers after which it is tried again: busy (429), timeout (408), all 5xx, and no answer (0).
// Every other answer would be the same the next time.
function isFinal(status) {
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
}

async function post(address, envelope, proof, stopped) {
  const abort = new AbortController();
  const headers = { 'Content-Type': 'application/octet-stream' };
  if (proof) headers['Undersigned-Work'] = proof;
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  stopped.then(() => abort.abort());
  try {
    const { signal } = abort;
    const answer = await fetch(address, { ...DISCREET, method: 'POST', body: envelope, headers, signal });
    const { type, challenge } = [429, 503].includes(answer.status) ? await answer.json() : {};
    return { status: answer.status, challenge, isOverloaded: /overloaded$/.test(type) };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

function pause(wait) {
  const jittered = wait * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, jittered);
    // The network came back, so it does not wait any longer.
    addEventListener('online', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
