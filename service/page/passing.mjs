// The envelope as text, for a signing file that cannot or shall not send: shown, copied, saved (templates/_passing.html).
// Only the file opened from disk has these elements. Knows an envelope; must never know what it holds.

import { armor } from '../../crypto/js/envelope.mjs';

/** The way on which a person carries the text: no address. */
export const TEXT = '';

const element = (id) => document.getElementById(id);

/**
 * The way the person chose, where there is a choice.
 * @returns {string} the address to send to, or TEXT
 */
export function chosenWay() {
  const chosen = document.querySelector('[name="way"]:checked');
  return chosen ? chosen.value : element('form').dataset.envelopes;
}

/** Shows the envelope as text instead of saying that it was sent. */
export function offerText(envelope) {
  element('armored').value = armor(envelope);
  showWay('text');
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
