// The letter's form: seals what was typed and sends the envelope, or shows it as text in the signing file.
// Only startSealing() sends anything, and it sends only what sealSignature() returns.

import { commitment, generateCode, groupCode } from '../../crypto/js/code.mjs';
import { sealSignature } from '../../crypto/js/seal.mjs';
import { hideOutcome } from './delivery.mjs';
import { checkFields, readFields, wipeFields } from './fields.mjs';
import { startSealing } from './form.mjs';
import { passOn, startPassing, wipeText } from './passing.mjs';
import { readyToSeal } from './preparing.mjs';
import { random } from './surroundings.mjs';
import { checkDay, startDay } from './today.mjs';

const element = (id) => document.getElementById(id);

// The code is kept until an envelope has arrived, so that a second try after a lost answer has the same commitment.
let code = null;

function read() {
  const signature = readFields(element('form').dataset.language);
  return checkFields(signature) && checkDay() ? signature : null;
}

function seal(signature) {
  const { record, letterHash } = readyToSeal(signature.language);
  code = code || generateCode(random);
  return sealSignature(record, signature, letterHash, commitment(code), random);
}

function showCode(shown) {
  element('code').textContent = shown ? groupCode(code) : '';
  element('code-line').hidden = !shown;
  element('show-code').hidden = shown;
}

/** What was typed and chosen, and the code. */
function forget() {
  code = null;
  wipeFields();
  wipeText();
  showCode(false);
  labelButton();
}

/** Empties the form, as if the page had just been opened. */
function reset() {
  forget();
  hideOutcome();
}

function labelButton() {
  const chosen = document.querySelector('[name="visibility"]:checked').value;
  for (const label of element('submit').children) label.hidden = label.dataset.for !== chosen;
}

/** Starts the form. */
export function startSigning() {
  const mistakes = { 'too-long-together': 'message' };
  if (!startSealing({ read, seal, pass: passOn, wipe: wipeFields, forget, mistakes })) return;
  startPassing();
  startDay();
  element('visibility').addEventListener('change', labelButton);
  element('show-code').addEventListener('click', () => (showCode(true), element('hide-code').focus()));
  element('hide-code').addEventListener('click', () => (showCode(false), element('show-code').focus()));
  element('another').addEventListener('click', () => (reset(), element('sign-title').focus()));
}
