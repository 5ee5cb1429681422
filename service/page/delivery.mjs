// The way of an envelope from this page to the service, and what the person sees meanwhile (templates/_delivery.html).
// Every form that sends uses it. Knows bytes and states; must never know what an envelope holds.

import { send } from './sending.mjs';
import { word } from './words.mjs';

const element = (id) => document.getElementById(id);

let stop = () => {};
let stopped = null;

/** @param {string | null} name the state to show, or null: nothing is under way, and the form can be sent */
export function showState(name) {
  for (const state of document.querySelectorAll('[data-state]')) state.hidden = state.dataset.state !== name;
  element('stop-actions').hidden = name !== 'retrying' && name !== 'working';
  document.querySelector('[data-sends]').hidden = name !== null;
}

/** A picture of the new state must be on the screen before sealing, or work ahead of it, keeps the phone busy. */
export const painted = () =>
  new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => setTimeout(resolve, 0)), 0));

/**
 * Says that sealing begins. From here on the person can end it, and leaving the page does.
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

/** Ends what is on its way, for a reason that is a key of the page's words. */
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
    retrying: () => showState('retrying'),
    working: () => showState('working'),
    stopped: stopped.then(() => {}), // the reason is not for those who send
  });
  if (outcome === 'stopped') return stopped;
  return outcome === 'refused' ? { 403: 'closed', 409: 'key' }[status] || outcome : outcome;
}

/** The form gives way to what was achieved. */
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

/** Before the next try, or as if the page had just been opened. */
export function hideOutcome() {
  for (const id of ['sent', 'failed']) element(id).hidden = true;
  element('form').hidden = false;
}

/** Brings the button that ends it to life. */
export function startDelivery() {
  element('stop').addEventListener('click', () => stop('stopped'));
}
