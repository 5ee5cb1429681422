// The letter's form: from what was typed to an envelope that has arrived, and what the person sees meanwhile.
// Everything that leaves the page leaves through send(), and everything that enters send() comes out of sealSignature().

import { commitment, generateCode, groupCode } from '../../crypto/js/code.mjs';
import { sealSignature } from '../../crypto/js/seal.mjs';
import { sealingFor } from './appeal.mjs';
import { checkFields, focusField, lockFields, readFields, showMistake, wipeFields } from './fields.mjs';
import { whenLeaving } from './leaving.mjs';
import { send } from './sending.mjs';
import { canSeal } from './surroundings.mjs';

const element = (id) => document.getElementById(id);
const word = (key) => document.querySelector(`[data-word="${key}"]`).textContent;
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

// Kept until an envelope has arrived: a second try after a lost answer then carries the same commitment.
let code = null;
let busy = false;
// Ends what is on its way, for one of the reasons that fail() knows.
let stop = () => {};

function showState(name) {
  for (const state of document.querySelectorAll('[data-state]')) state.hidden = state.dataset.state !== name;
  element('stop-actions').hidden = name !== 'retrying' && name !== 'working';
  element('submit').hidden = name !== null;
}

/** A picture of the new state must be on the screen before sealing keeps the phone busy. */
const painted = () =>
  new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => setTimeout(resolve, 0)), 0));

async function sign() {
  if (busy) return;
  const { language, envelopes } = element('form').dataset;
  const signature = readFields(language);
  element('failed').hidden = true;
  if (!checkFields(signature, word)) return;
  busy = true;
  const stopped = new Promise((resolve) => {
    stop = resolve;
  });
  lockFields(true);
  showState('sealing');
  const left = await Promise.race([painted(), stopped]);
  const envelope = left ? fail(left) : seal(signature, language);
  if (envelope) await deliver(envelopes, envelope, stopped);
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

async function deliver(address, envelope, stopped) {
  showState('sending');
  const { outcome, status } = await send(address, envelope, {
    retrying: () => showState('retrying'),
    working: () => showState('working'),
    stopped: stopped.then(() => {}), // the reason is not for those who send
  });
  if (outcome === 'sent') succeed();
  else if (outcome === 'stopped') fail(await stopped);
  else fail({ 403: 'closed', 409: 'key' }[status] || 'refused');
}

function succeed() {
  wipeFields();
  lockFields(false);
  showState(null);
  element('form').hidden = true;
  element('sent').hidden = false;
  element('sent').focus();
}

function fail(reason) {
  release();
  element('failed-reason').textContent = word(reason);
  element('failed-kept').hidden = reason === 'left';
  element('failed').hidden = false;
  element('failed').focus();
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
  showCode(false);
}

/** Back to an empty form, as if the page had just been opened. */
function reset() {
  forget();
  for (const id of ['sent', 'failed']) element(id).hidden = true;
  element('form').hidden = false;
  labelButton();
}

/** What was on its way may have arrived; whoever comes back to a page that was kept is told so. */
function leave() {
  stop('left');
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
  element('not-started').hidden = true;
  element('submit').addEventListener('click', sign);
  element('stop').addEventListener('click', () => stop('stopped'));
  element('visibility').addEventListener('change', labelButton);
  element('show-code').addEventListener('click', () => (showCode(true), element('hide-code').focus()));
  element('hide-code').addEventListener('click', () => (showCode(false), element('show-code').focus()));
  element('another').addEventListener('click', () => (reset(), element('sign-title').focus()));
  whenLeaving(leave, forget);
}
