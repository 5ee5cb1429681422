// The envelope as text, for a signing file that cannot or shall not send: shown, copied, saved (templates/_passing.html).
// Only the file opened from disk has these elements; the letter's page always sends. Knows an envelope; must never know what it holds.

import { armor } from '../../crypto/js/envelope.mjs';
import { deliver } from './delivery.mjs';

// The way on which a person carries the text: no address.
const TEXT = '';

const element = (id) => document.getElementById(id);

/**
 * Sends the envelope, or shows it as text where the person chose that.
 * @param {Uint8Array} envelope
 * @returns {Promise<string>} as `deliver` says it
 */
export async function passOn(envelope) {
  const chosen = document.querySelector('[name="way"]:checked');
  const way = chosen ? chosen.value : element('form').dataset.envelopes;
  if (way !== TEXT) return deliver(way, envelope);
  element('armored').value = armor(envelope);
  showWay('text');
  return 'sent';
}

/** Forgets the text. */
export function wipeText() {
  if (!element('armored')) return;
  element('armored').value = '';
  element('text-copied').textContent = '';
  showWay('sent');
}

function showWay(way) {
  for (const part of document.querySelectorAll('[data-way]')) part.hidden = part.dataset.way !== way;
}

/** Brings the buttons to life, if the page has them. */
export function startPassing() {
  if (!element('armored')) return;
  element('copy-text').addEventListener('click', copy);
  element('save-text').addEventListener('click', save);
}

// execCommand, because navigator.clipboard is not there for every file opened from disk.
function copy() {
  element('armored').select();
  const { done, failed } = element('text-copied').dataset;
  element('text-copied').textContent = document.execCommand('copy') ? done : failed;
}

function save() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([element('armored').value], { type: 'text/plain' }));
  link.download = 'envelope.txt';
  document.body.append(link);
  link.click();
  link.remove();
  // Later: some browsers read it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
