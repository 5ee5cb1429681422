// Sends an envelope to the service and shows the person how it goes (templates/_delivery.html).
// All forms that send use it.

import { send } from './sending.mjs';
import { word } from './words.mjs';

const element = (id) => document.getElementById(id);

let stop = () => {};
let stopped = null;

/** @param {string | null} name the state to show, or null: nothing is under way, and the form can be sent */
export function showState(name) {
  for (const state of document.querySelectorAll('[data-state]')) state.hidden = state.dataset.state !== name;
  element('stop-actions').hidden = !['retrying', 'overloaded', 'working'].includes(name);
  document.querySelector('[data-sends]').hidden = name !== null;
}

/** Waits until the browser has drawn the new state, because sealing then keeps the phone busy. */
export async function painted() {
  // A promise for each wait: what fails within another's callback would leave the page waiting for ever.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Shows that sealing begins. From now on the person can stop it, and leaving the page stops it.
 * @param {string} state the one to show
 * @returns {Promise<string | undefined>} why it was ended before it began, as a key of the page's words
 */
export function begin(state) {
  stopped = new Promise((resolve) => {
    stop = resolve;
  });
  showState(state);
  return Promise.race([painted(), stopped]);
}

/** Stops sending, for a reason that is a key of the page's words. */
export const interrupt = (reason) => stop(reason);

/**
 * Sends one envelope, tries again, and shows how it goes. After `begin`.
 * @param {string} address
 * @param {Uint8Array} envelope
 * @returns {Promise<string>} what came of it: 'sent', or a key of the page's words
 */
export async function deliver(address, envelope) {
  showState('sending');
  const { outcome, status } = await send(address, envelope, {
    retrying: (isOverloaded) => showState(isOverloaded ? 'overloaded' : 'retrying'),
    working: () => showState('working'),
    stopped: stopped.then(() => {}), // the reason is not for those who send
  });
  if (outcome === 'stopped') return stopped;
  return outcome === 'refused' ? { 403: 'closed', 409: 'key' }[status] || outcome : outcome;
}

/** Hides the form and shows the result. */
export function showSuccess() {
  showState(null);
  element('form').hidden = true;
  element('sent').hidden = false;
  element('sent').focus();
}

/** @param {string} reason a key of the page's words */
export function showFailure(reason) {
  showState(null);
  element('failed-reason').textContent = word(reason);
  element('failed-kept').hidden = reason === 'left';
  element('failed').hidden = false;
  element('failed').focus();
}

/** Resets what is shown to the state of a page just opened. */
export function hideOutcome() {
  for (const id of ['sent', 'failed']) element(id).hidden = true;
  element('form').hidden = false;
}

/** Starts the button that stops sending. */
export function startDelivery() {
  element('stop').addEventListener('click', () => stop('stopped'));
}
