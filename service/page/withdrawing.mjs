// Takes a signature back: from a code to a withdrawal that has arrived as an ordinary envelope.
// What leaves the page leaves through deliver(), and what enters deliver() comes out of sealWithdrawal().

import { sealWithdrawal } from '../../crypto/js/seal.mjs';
import { sealingFor } from './appeal.mjs';
import { readCode, wipeCode } from './codefield.mjs';
import { deliver, hideOutcome, painted, showFailure, showState, showSuccess } from './delivery.mjs';
import { lockFields } from './fields.mjs';

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
  showState('sealing');
  await painted();
  const envelope = seal(code, language);
  const outcome = envelope ? await deliver(envelopes, envelope) : null;
  lockFields(false);
  if (outcome === 'sent') {
    wipeCode();
    showSuccess();
  } else if (outcome) {
    showFailure(outcome);
  }
  busy = false;
}

function seal(code, language) {
  try {
    const { record, letterHash } = sealingFor(language, new Date().toISOString().slice(0, 10));
    return sealWithdrawal(record, letterHash, code, random);
  } catch (error) {
    showFailure(error.reason === 'appeal-no-key' ? 'key' : 'unsealed');
    return null;
  }
}

function reset() {
  wipeCode();
  hideOutcome();
}

/** Brings the page to life. */
export function startWithdrawing() {
  reset();
  element('not-started').hidden = true;
  element('submit').addEventListener('click', withdraw);
  // Leaving the page and coming back with the back button must not bring back the code.
  addEventListener('pagehide', reset);
}
