// Gives the envelope as a file, or as two texts for a messenger, when the signing file cannot or shall not send
// (templates/_passing.html). Only the signing file has these elements; the letter's page always sends.

import { writeParts } from '../../crypto/js/text-parts.mjs';
import { deliver } from './delivery.mjs';

// The value of the choice to pass the text on by hand; the others are addresses.
const TEXT = '';
const FILE = 'envelope.txt';

const element = (id) => document.getElementById(id);
const parts = () => Array.from(document.querySelectorAll('.part'));

/**
 * Sends the envelope, or shows it as text where the person chose that.
 * @param {Uint8Array} envelope
 * @returns {Promise<string>} as `deliver` says it
 */
export async function passOn(envelope) {
  const chosen = document.querySelector('[name="way"]:checked');
  const way = chosen ? chosen.value : element('form').dataset.envelopes;
  if (way !== TEXT) return deliver(way, envelope);
  const written = writeParts(envelope);
  parts().forEach((part, at) => {
    part.value = written[at];
  });
  showWay('text');
  return 'sent';
}

/** Removes the text. */
export function wipeText() {
  if (!parts().length) return;
  for (const part of parts()) part.value = '';
  element('text-copied').textContent = '';
  showWay('sent');
}

function showWay(way) {
  for (const part of document.querySelectorAll('[data-way]')) part.hidden = part.dataset.way !== way;
}

/** Starts the buttons, if the page has them. */
export function startPassing() {
  if (!parts().length) return;
  for (const button of document.querySelectorAll('[data-copies]')) button.addEventListener('click', copy);
  element('save-file').addEventListener('click', save);
  // Asked with an empty file, because the answer depends on the kind of file only.
  element('share-file').hidden = !canShare(file(''));
  element('share-file').addEventListener('click', share);
}

// execCommand, because not every browser has navigator.clipboard for a file opened from disk.
function copy({ currentTarget }) {
  element(currentTarget.dataset.copies).select();
  const status = element('text-copied');
  status.textContent = document.execCommand('copy') ? currentTarget.dataset.done : status.dataset.failed;
}

function file(text) {
  return new File([text], FILE, { type: 'text/plain' });
}

function whole() {
  return parts()
    .map((part) => part.value)
    .join('\n');
}

function canShare(wanted) {
  return Boolean(navigator.canShare && navigator.canShare({ files: [wanted] }));
}

// A person who closes the sheet has decided so; there is nothing to say.
function share() {
  navigator.share({ files: [file(whole())] }).catch(() => {});
}

function save() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file(whole()));
  link.download = FILE;
  document.body.append(link);
  link.click();
  link.remove();
  // Revoked later, because some browsers read the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
