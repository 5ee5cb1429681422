// The letter's form: from what was typed to an envelope that has arrived, or lies as text before whoever typed it.
// Everything that leaves the page leaves through deliver(), and what enters deliver() comes out of sealSignature().

import { commitment, generateCode, groupCode } from '../../crypto/js/code.mjs';
import { sealSignature } from '../../crypto/js/seal.mjs';
import { sealingFor } from './appeal.mjs';
import { deliver, hideOutcome, painted, showFailure, showState, showSuccess, word } from './delivery.mjs';
import { checkFields, focusField, lockFields, readFields, showMistake, wipeFields } from './fields.mjs';
import { chosenWay, offerText, startPassing, TEXT, wipeText } from './passing.mjs';

const element = (id) => document.getElementById(id);
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

// Kept until an envelope has arrived: a second try after a lost answer then carries the same commitment.
let code = null;
let busy = false;

async function sign() {
  if (busy) return;
  const { language } = element('form').dataset;
  const signature = readFields(language);
  hideOutcome();
  if (!checkFields(signature, word)) return;
  busy = true;
  lockFields(true);
  showState('sealing');
  await painted();
  const envelope = seal(signature, language);
  if (envelope) await handOver(envelope, chosenWay());
  busy = false;
}

function seal(signature, language) {
  try {
    const { record, letterHash } = sealingFor(language, new Date().toISOString().slice(0, 10));
    code = code || generateCode(random);
    return sealSignature(record, signature, letterHash, commitment(code), random);
  } catch (error) {
    if (error.reason === 'record-room') {
      release();
      showMistake('message', 'too-long-together', word);
      focusField('message');
    } else {
      fail(error.reason === 'appeal-no-key' ? 'key' : 'unsealed');
    }
    return null;
  }
}

async function handOver(envelope, way) {
  if (way === TEXT) offerText(envelope);
  const outcome = way === TEXT ? 'sent' : await deliver(way, envelope);
  if (outcome !== 'sent') return fail(outcome);
  wipeFields();
  lockFields(false);
  showSuccess();
}

function fail(reason) {
  lockFields(false);
  showFailure(reason);
}

function release() {
  lockFields(false);
  showState(null);
}

function showCode() {
  element('code').textContent = groupCode(code);
  element('code-line').hidden = false;
  element('show-code').hidden = true;
}

/** Back to an empty form, as if the page had just been opened. */
function reset() {
  code = null;
  wipeFields();
  wipeText();
  hideOutcome();
  element('code').textContent = '';
  element('code-line').hidden = true;
  element('show-code').hidden = false;
  labelButton();
}

function labelButton() {
  const chosen = document.querySelector('[name="visibility"]:checked').value;
  for (const label of element('submit').children) label.hidden = label.dataset.for !== chosen;
}

/** Brings the form to life. */
export function startSigning() {
  reset();
  startPassing();
  element('not-started').hidden = true;
  element('submit').addEventListener('click', sign);
  element('visibility').addEventListener('change', labelButton);
  element('show-code').addEventListener('click', showCode);
  element('another').addEventListener('click', () => (reset(), element('sign-title').focus()));
  // Leaving the page and coming back with the back button must not bring back what was typed.
  addEventListener('pagehide', reset);
}
