// The fields of the letter's form: reads, checks, locks and wipes them. Nothing here sends or stores what was typed.

import { clean } from '../../crypto/js/cleaning.mjs';
import { LIMITS } from '../../crypto/js/signature.mjs';
import { word } from './words.mjs';

const TEXTS = ['name', 'relation', 'prisoner', 'vouch', 'contact', 'message'];

const element = (id) => document.getElementById(id);

/**
 * The signature as typed and cleaned: keyboards and copied text bring invisible characters.
 * @param {string} language of the page
 * @returns {object} a signature as `sealSignature` takes it
 */
export function readFields(language) {
  const signature = { public: element('public').checked, language };
  for (const field of TEXTS) signature[field] = clean(element(field).value);
  return signature;
}

/**
 * Shows what is wrong beside each field and moves to the first.
 * @param {object} signature from `readFields`
 * @returns {boolean} whether all is well
 */
export function checkFields(signature) {
  const wrong = TEXTS.filter((field) => !showMistake(field, mistakeIn(field, signature[field])));
  if (wrong.length > 0) focusField(wrong[0]);
  return wrong.length === 0;
}

function mistakeIn(field, text) {
  const [shortest, longest] = LIMITS[field];
  const characters = Array.from(text).length;
  if (characters < shortest) return 'name-missing';
  return characters > longest ? 'too-long' : null;
}

function showMistake(field, mistake, count) {
  const note = element(`${field}-error`);
  note.hidden = mistake === null;
  note.textContent = mistake === null ? '' : word(mistake).replace('{count}', count);
  if (mistake === null) element(field).removeAttribute('aria-invalid');
  else element(field).setAttribute('aria-invalid', 'true');
  return mistake === null;
}

/**
 * Shows what is wrong beside one field and moves to it, or that nothing is.
 * @param {string} field
 * @param {string | null} mistake a key of the page's words
 * @param {number} [count] what stands in these words for {count}
 */
export function tellMistake(field, mistake, count) {
  if (!showMistake(field, mistake, count)) focusField(field);
}

// Opens the fold that the field may be in.
function focusField(field) {
  const folded = element(field).closest('details');
  if (folded) folded.open = true;
  element(field).focus();
}

/** Locks the fields while an envelope is on its way, so that they show what it contains. */
export function lockFields(locked) {
  for (const input of document.querySelectorAll('#form input, #form textarea')) {
    if (input.type === 'radio') input.disabled = locked;
    else input.readOnly = locked;
  }
}

/** Empties a field and removes its message. */
export function wipeField(field) {
  element(field).value = '';
  showMistake(field, null);
}

/** Empties all fields and resets all choices. */
export function wipeFields() {
  TEXTS.forEach(wipeField);
  element('nonpublic').checked = true;
  element('more').open = false;
}
