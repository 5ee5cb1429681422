// Takes a signature back: from a code to a withdrawal that has arrived as an ordinary envelope.
// What leaves the page leaves through startSealing(), which sends what comes out of sealWithdrawal().

import { sealWithdrawal } from '../../crypto/js/seal.mjs';
import { readCode, wipeCode } from './codefield.mjs';
import { startSealing } from './form.mjs';
import { readyToSeal } from './preparing.mjs';
import { random } from './surroundings.mjs';

const element = (id) => document.getElementById(id);

function seal(code) {
  const { record, letterHash } = readyToSeal(element('form').dataset.language);
  return sealWithdrawal(record, letterHash, code, random);
}

/** Brings the form to life. */
export function startWithdrawing() {
  startSealing({ read: readCode, seal, wipe: wipeCode });
}
