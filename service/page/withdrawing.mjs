// Takes a signature back: from a code to a withdrawal that has arrived as an ordinary envelope.
// What leaves the page leaves through deliver(), and what enters deliver() comes out of sealWithdrawal().

import { sealWithdrawal } from '../../crypto/js/seal.mjs';
import { sealingFor, today } from './appeal.mjs';
import { readCode, wipeCode } from './codefield.mjs';
import {
  begin,
  deliver,
  hideOutcome,
  interrupt,
  showFailure,
  showSuccess,
  startDelivery,
} from './delivery.mjs';
import { lockFields } from './fields.mjs';
import { whenLeaving } from './leaving.mjs';
import { prepareSealing } from './preparing.mjs';
import { canSeal } from './surroundings.mjs';

const element = (id) => document.getElementById(id);
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

let busy = false;

async function withdraw() {
  if (busy) return;
  const { language, envelopes } = element('form').dataset;
  hideOutcome();
  const code = readCode();
  if (code === null) return;
  busy = true;
  lockFields(true);
  const outcome = (await begin('sealing')) || (await sealAndDeliver(code, language, envelopes));
  lockFields(false);
  if (outcome === 'sent') {
    wipeCode();
    showSuccess();
  } else {
    showFailure(outcome);
  }
  busy = false;
}

async function sealAndDeliver(code, language, address) {
  let envelope;
  try {
    const { record, letterHash } = sealingFor(language, today());
    envelope = sealWithdrawal(record, letterHash, code, random);
  } catch (error) {
    return error.reason === 'appeal-no-key' ? 'key' : 'unsealed';
  }
  return deliver(address, envelope);
}

function reset() {
  wipeCode();
  hideOutcome();
}

function leave() {
  interrupt('left');
  reset();
}

/** Brings the page to life, unless this browser could not seal; then the page goes on saying so. */
export function startWithdrawing() {
  if (!canSeal()) return;
  reset();
  startDelivery();
  prepareSealing(element('form'));
  element('not-started').hidden = true;
  element('submit').addEventListener('click', withdraw);
  whenLeaving(leave, wipeCode);
}
