// Sends one envelope until it has arrived, was refused, or the person stops it.
// Knows bytes and an address; must never know what the envelope holds.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 32000;
const TIMEOUT = 60000;

/**
 * POSTs the same 4,096 bytes again and again: after 1, 2, 4, 8 … 32 seconds, each a little off, so that many phones
 * on one returning network do not come back together.
 * @param {string} address
 * @param {Uint8Array} envelope
 * @param {{retrying: () => void, stopped: Promise<void>}} hooks `retrying` is called before each wait
 * @returns {Promise<{outcome: 'sent' | 'stopped' | 'refused', status: number}>} never rejects
 */
export async function send(address, envelope, { retrying, stopped }) {
  let stop = false;
  stopped.then(() => {
    stop = true;
  });
  for (let wait = FIRST_WAIT; !stop; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    const status = await post(address, envelope, stopped);
    if (status === 201) return { outcome: 'sent', status };
    if (isFinal(status)) return { outcome: 'refused', status };
    if (!stop) retrying();
    await Promise.race([pause(wait), stopped]);
  }
  return { outcome: 'stopped', status: 0 };
}

// Busy (429), overtime (408) and all 5xx pass; every other answer would be the same the next time. 0: no answer.
function isFinal(status) {
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
}

async function post(address, envelope, stopped) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  stopped.then(() => abort.abort());
  try {
    const answer = await fetch(address, {
      method: 'POST',
      body: envelope,
      headers: { 'Content-Type': 'application/octet-stream' },
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: abort.signal,
    });
    return answer.status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

function pause(wait) {
  const jittered = wait * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, jittered);
    // The network came back: no reason to wait any longer.
    addEventListener('online', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
