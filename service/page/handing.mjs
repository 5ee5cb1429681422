// Hands in an envelope that came as text. The form works without this script; with it, what is no envelope does not
// leave the device at all, and a bad network or a flooded service is met as with any signature.

import { dearmor } from '../../crypto/js/envelope.mjs';
import {
  begin,
  deliver,
  hideOutcome,
  interrupt,
  showFailure,
  showSuccess,
  startDelivery,
  word,
} from './delivery.mjs';
import { lockFields, showMistake } from './fields.mjs';
import { whenLeaving } from './leaving.mjs';

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
  const outcome = (await begin('sending')) || (await deliver(element('form').dataset.envelopes, envelope));
  lockFields(false);
  if (outcome === 'sent') {
    wipe();
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

function wipe() {
  element(FIELD).value = '';
  showMistake(FIELD, null);
}

function leave() {
  interrupt('left');
  wipe();
  hideOutcome();
}

/** Lets the script take over from the browser's own way to send a form. */
export function startHandingIn() {
  element('form').noValidate = true;
  element('form').addEventListener('submit', handIn);
  startDelivery();
  whenLeaving(leave, wipe);
}
