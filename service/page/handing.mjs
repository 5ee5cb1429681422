// Hands in an envelope that came as text. The form works without this script; with it, what is no envelope does not
// leave the device at all, and a bad network or a flooded service is met as with any signature.

import { dearmor } from '../../crypto/js/envelope.mjs';
import { tellMistake, wipeField } from './fields.mjs';
import { startForm } from './form.mjs';

const FIELD = 'envelope';

const element = (id) => document.getElementById(id);

function read() {
  let envelope = null;
  let mistake = null;
  try {
    envelope = dearmor(element(FIELD).value);
  } catch (error) {
    mistake = error.reason;
  }
  tellMistake(FIELD, mistake);
  return envelope;
}

/** Lets the script take over from the browser's own way to send a form. */
export function startHandingIn() {
  const seal = (envelope) => envelope; // a browser has sealed it before
  const handIn = startForm({ read, seal, wipe: () => wipeField(FIELD), state: 'sending' });
  element('form').noValidate = true;
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    handIn();
  });
}
