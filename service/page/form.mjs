// What every form that sends has in common: a press of its button is one try, from what was typed to what came of it.
// What was typed stays until it has arrived, and is wiped when the person leaves.
// Knows the order of things; must never know what was typed.

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

// What sealing may refuse, as keys of the page's words.
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
 * Brings the way from the form to the service to life.
 * @param {Form} form
 * @returns {() => Promise<void>} one try; does nothing while another is under way
 */
export function startForm(form) {
  const { wipe, forget = wipe } = form;
  let busy = false;
  startDelivery();
  // What was on its way may have arrived; whoever comes back to a page that was kept is told so.
  whenLeaving(() => {
    interrupt('left');
    forget();
    hideOutcome();
  }, forget);
  return async () => {
    if (busy) return;
    hideOutcome();
    const typed = form.read();
    if (typed === null) return;
    busy = true;
    tell(form, await attempt(form, typed));
    busy = false;
  };
}

/**
 * The same for a form that seals, unless this browser could not; then the page goes on saying so. All of them alike, or
 * the time until the request would tell them apart.
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

async function attempt({ seal, pass = toOwnAddress, state = 'sealing' }, typed) {
  lockFields(true);
  const outcome = (await begin(state)) || (await sealAndPass(seal, pass, typed));
  lockFields(false);
  return outcome;
}

async function sealAndPass(seal, pass, typed) {
  let envelope;
  try {
    envelope = seal(typed);
  } catch (error) {
    return REFUSALS[error.reason] || 'unsealed';
  }
  return pass(envelope);
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
