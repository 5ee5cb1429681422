// Hands in an envelope that came as text. The form works without this script. With it, a text that is no envelope does
// not leave the device, and on a bad network it tries again as with any signature.

import { readText } from '../../crypto/js/text-parts.mjs';
import { tellMistake, wipeField } from './fields.mjs';
import { startForm } from './form.mjs';

const FIELD = 'envelope';

const element = (id) => document.getElementById(id);

function read() {
  let envelope = null;
  let mistake = null;
  try {
    envelope = readText(element(FIELD).value);
  } catch (error) {
    mistake = error.reason;
  }
  tellMistake(FIELD, mistake);
  return envelope;
}

/** Lets the script take over from the browser's own way to send a form. */
export function startHandingIn() {
  const seal = (envelope) => envelope; // it was sealed before, in some browser
  const handIn = startForm({ read, seal, wipe: () => wipeField(FIELD), state: 'sending' });
  element('form').addEventListener('submit', (event) => {
    event.preventDefault();
    handIn();
  });
  // Last: until the script has taken over, the browser's own check of the length keeps a name from being sent.
  element('form').noValidate = true;
}
