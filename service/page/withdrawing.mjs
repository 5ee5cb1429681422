// Takes a signature back: seals a withdrawal with a code and sends it as an ordinary envelope.
// Only startSealing() sends anything, and it sends only what sealWithdrawal() returns.

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

/** Starts the form. */
export function startWithdrawing() {
  startSealing({ read: readCode, seal, wipe: wipeCode });
}
