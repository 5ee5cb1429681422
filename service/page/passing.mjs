// Shows the envelope as text to copy or save, when the signing file cannot or shall not send (templates/_passing.html).
// Only the signing file has these elements; the letter's page always sends.

import { armor } from '../../crypto/js/envelope.mjs';
import { deliver } from './delivery.mjs';

// The value of the choice to pass the text on by hand; the others are addresses.
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

/** Removes the text. */
export function wipeText() {
  if (!element('armored')) return;
  element('armored').value = '';
  element('text-copied').textContent = '';
  showWay('sent');
}

function showWay(way) {
  for (const part of document.querySelectorAll('[data-way]')) part.hidden = part.dataset.way !== way;
}

/** Starts the buttons, if the page has them. */
export function startPassing() {
  if (!element('armored')) return;
  element('copy-text').addEventListener('click', copy);
  element('save-text').addEventListener('click', save);
}

// execCommand, because not every browser has navigator.clipboard for a file opened from disk.
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
  // Revoked later, because some browsers read the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
