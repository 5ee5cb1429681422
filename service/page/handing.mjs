// Hands in an envelope that came as text. The form works without this script; with it, what is no envelope does not
// leave the device at all, and a bad network or a flooded service is met as with any signature.

import { dearmor } from '../../crypto/js/envelope.mjs';
import { deliver, hideOutcome, painted, showFailure, showState, showSuccess, word } from './delivery.mjs';
import { lockFields, showMistake } from './fields.mjs';

const FIELD = 'envelope';

const element = (id) => document.getElementById(id);

let busy = false;

async function handIn(event) {
  event.preventDefault();
  if (busy) return;
  hideOutcome();
  const envelope = readEnvelope();
  if (!envelope) return;
  busy = true;
  lockFields(true);
  showState('sending');
  await painted();
  const outcome = await deliver(element('form').dataset.envelopes, envelope);
  lockFields(false);
  if (outcome === 'sent') {
    reset();
    showSuccess();
  } else {
    showFailure(outcome);
  }
  busy = false;
}

function readEnvelope() {
  try {
    const envelope = dearmor(element(FIELD).value);
    showMistake(FIELD, null);
    return envelope;
  } catch (error) {
    showMistake(FIELD, error.reason, word);
    element(FIELD).focus();
    return null;
  }
}

function reset() {
  element(FIELD).value = '';
  showMistake(FIELD, null);
  hideOutcome();
}

/** Lets the script take over from the browser's own way to send a form. */
export function startHandingIn() {
  element('form').noValidate = true;
  element('form').addEventListener('submit', handIn);
  addEventListener('pagehide', reset);
}
