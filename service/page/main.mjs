// The script of all pages that do something: starts the parts whose elements are on the page.

// The files of this library lack the notice that its licence asks for; the others bring theirs.
/*! noble-hashes - MIT License (c) 2022 Paul Miller (paulmillr.com) */

import './vintage.mjs';
import { startChecking } from './checking.mjs';
import { startHandingIn } from './handing.mjs';
import { startExit } from './leaving.mjs';
import { startResulting } from './resulting.mjs';
import { startSharing } from './sharing.mjs';
import { startSigning } from './signing.mjs';
import { startInApp } from './surroundings.mjs';
import { startTranslated } from './translated.mjs';
import { startWithdrawing } from './withdrawing.mjs';

// The id of each part's element, and the function that starts the part.
const PARTS = {
  exit: startExit,
  translated: startTranslated,
  'in-app': startInApp,
  sign: startSigning,
  verification: startResulting,
  share: startSharing,
  withdraw: startWithdrawing,
  check: startChecking,
  'hand-in': startHandingIn,
};

for (const [id, start] of Object.entries(PARTS)) {
  if (document.getElementById(id)) start();
}
