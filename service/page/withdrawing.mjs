// Takes a signature back: from a code to a withdrawal that has arrived as an ordinary envelope.
// What leaves the page leaves through startForm(), which sends what comes out of sealWithdrawal().

import { sealWithdrawal } from '../../crypto/js/seal.mjs';
import { readCode, wipeCode } from './codefield.mjs';
import { hideOutcome } from './delivery.mjs';
import { startForm } from './form.mjs';
import { prepareSealing, readyToSeal } from './preparing.mjs';
import { canSeal, random } from './surroundings.mjs';

const element = (id) => document.getElementById(id);

function seal(code) {
  const { record, letterHash } = readyToSeal(element('form').dataset.language);
  return sealWithdrawal(record, letterHash, code, random);
}

/** Brings the page to life, unless this browser could not seal; then the page goes on saying so. */
export function startWithdrawing() {
  if (!canSeal()) return;
  wipeCode();
  hideOutcome();
  prepareSealing(element('form'));
  element('not-started').hidden = true;
  element('submit').addEventListener('click', startForm({ read: readCode, seal, wipe: wipeCode }));
}
