// Expands the organizers' public key while the person fills in the form: half the work of sealing, the same for every
// envelope. Nothing is drawn at random here: otherwise a secret would be in the page from the first touch on.

import { sealingFor } from './appeal.mjs';
import { painted } from './delivery.mjs';

/**
 * Begins at the first touch of the form, so that a person who only reads does not wait for it.
 * @param {HTMLElement} form
 */
export function prepareSealing(form) {
  form.addEventListener('focusin', () => prepare(form.dataset.language), { once: true });
}

async function prepare(language) {
  try {
    await painted();
    const { record } = sealingFor(language);
    // A task of its own, so that a key stroke waits for one piece of the work only.
    await painted();
    record.kem();
  } catch {
    // Sealing meets the same error and shows it.
  }
}

/**
 * What sealing needs, after waiting for the key if the button came first. To be called before anything is drawn at
 * random: then no secret waits for that work, and sealing takes as long for whoever was quick.
 * @param {string} language
 * @returns {{record: KeyRecord, letterHash: Uint8Array}}
 * @throws {UndersignedError} what `sealingFor` throws
 */
export function readyToSeal(language) {
  const found = sealingFor(language);
  found.record.kem();
  return found;
}
