// The steps that all forms that send have in common: read, seal, send, wipe. Each press of the button is one try.
// What was typed stays until the envelope has arrived, and is wiped when the person leaves. Whatever fails in the
// browser, the try ends with words about it, and the button can be pressed again.

import {
  begin,
  deliver,
  hideOutcome,
  interrupt,
  showFailure,
  showState,
  showSuccess,
  startDelivery,
} from './delivery.mjs';
import { lockFields, tellMistake } from './fields.mjs';
import { whenLeaving } from './leaving.mjs';
import { prepareSealing } from './preparing.mjs';
import { canSeal } from './surroundings.mjs';

// The page's words for what sealing may refuse.
const REFUSALS = { 'appeal-no-key': 'key', 'record-room': 'too-long-together' };

const element = (id) => document.getElementById(id);

/**
 * @typedef {object} Form
 * @property {() => *} read what was typed, or null after a mistake in it was told
 * @property {(typed: *) => Uint8Array} seal the envelope of it
 * @property {(envelope: Uint8Array) => Promise<string>} [pass] brings it on its way; says 'sent' or why not, as a key
 *   of the page's words. Without it, to the form's own address.
 * @property {() => void} wipe forgets what was typed, once it has arrived
 * @property {() => void} [forget] forgets everything, when the person leaves; the same unless given
 * @property {string} [state] what is shown while the envelope is being made
 * @property {Record<string, string>} [mistakes] keys of words that belong to a field, and its id
 */

/**
 * Connects the button of the form with these steps.
 * @param {Form} form
 * @returns {() => Promise<void>} one try; does nothing while another is under way
 */
export function startForm(form) {
  const { wipe, forget = wipe } = form;
  let busy = false;
  startDelivery();
  // Who comes back to a page that the browser kept is told that the envelope may have arrived.
  whenLeaving(() => {
    interrupt('left');
    forget();
    hideOutcome();
  }, forget);
  return async () => {
    if (busy) return;
    busy = true;
    try {
      await attempt(form);
    } finally {
      busy = false;
      lockFields(false);
    }
  };
}

/**
 * The same for a form that seals. If this browser cannot seal, the page goes on saying so. All such forms use the same
 * steps, so that the time until the request does not tell them apart.
 * @param {Form} form
 * @returns {boolean} whether it has started
 */
export function startSealing(form) {
  if (!canSeal()) return false;
  const { wipe, forget = wipe } = form;
  forget();
  hideOutcome();
  prepareSealing(element('form'));
  element('submit').addEventListener('click', startForm(form));
  element('not-started').hidden = true;
  return true;
}

async function attempt(form) {
  const { read, seal, pass = toOwnAddress, state = 'sealing' } = form;
  let outcome = 'unsealed';
  try {
    hideOutcome();
    const typed = read();
    if (typed === null) return;
    lockFields(true);
    const ended = await begin(state);
    const envelope = ended ? null : seal(typed);
    // From here on nobody can say that nothing has left the device.
    outcome = ended || 'broken';
    outcome = ended || (await pass(envelope));
    tell(form, outcome);
  } catch ({ reason }) {
    // Also when telling it failed: told twice, it is no other.
    tell(form, REFUSALS[reason] || outcome);
  }
}

const toOwnAddress = (envelope) => deliver(element('form').dataset.envelopes, envelope);

function tell({ wipe, mistakes = {} }, outcome) {
  if (outcome === 'sent') {
    wipe();
    showSuccess();
  } else if (mistakes[outcome]) {
    showState(null);
    tellMistake(mistakes[outcome], outcome);
  } else {
    showFailure(outcome);
  }
}
