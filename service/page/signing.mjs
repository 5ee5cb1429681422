// The letter's form: from what was typed to an envelope that has arrived, or lies as text before whoever typed it.
// Everything that leaves the page leaves through deliver(), and what enters deliver() comes out of sealSignature().

import { commitment, generateCode, groupCode } from '../../crypto/js/code.mjs';
import { sealSignature } from '../../crypto/js/seal.mjs';
import { sealingFor, today } from './appeal.mjs';
import {
  begin,
  deliver,
  hideOutcome,
  interrupt,
  showFailure,
  showState,
  showSuccess,
  startDelivery,
  word,
} from './delivery.mjs';
import { checkFields, focusField, lockFields, readFields, showMistake, wipeFields } from './fields.mjs';
import { whenLeaving } from './leaving.mjs';
import { chosenWay, offerText, startPassing, TEXT, wipeText } from './passing.mjs';
import { prepareSealing } from './preparing.mjs';
import { canSeal } from './surroundings.mjs';

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
  const left = await begin('sealing');
  const envelope = left ? fail(left) : seal(signature, language);
  if (envelope) await handOver(envelope, chosenWay());
  busy = false;
}

function seal(signature, language) {
  try {
    const { record, letterHash } = sealingFor(language, today());
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
}

/** Back to an empty form, as if the page had just been opened. */
function reset() {
  forget();
  hideOutcome();
  labelButton();
}

/** What was on its way may have arrived; whoever comes back to a page that was kept is told so. */
function leave() {
  interrupt('left');
  reset();
}

function labelButton() {
  const chosen = document.querySelector('[name="visibility"]:checked').value;
  for (const label of element('submit').children) label.hidden = label.dataset.for !== chosen;
}

/** Brings the form to life, unless this browser could not seal; then the page goes on saying so. */
export function startSigning() {
  if (!canSeal()) return;
  reset();
  startDelivery();
  prepareSealing(element('form'));
  startPassing();
  element('not-started').hidden = true;
  element('submit').addEventListener('click', sign);
  element('visibility').addEventListener('change', labelButton);
  element('show-code').addEventListener('click', () => (showCode(true), element('hide-code').focus()));
  element('hide-code').addEventListener('click', () => (showCode(false), element('show-code').focus()));
  element('another').addEventListener('click', () => (reset(), element('sign-title').focus()));
  whenLeaving(leave, forget);
}
