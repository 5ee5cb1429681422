// The one script of all pages: starts what the page at hand has.

import { startChecking } from './checking.mjs';
import { startHandingIn } from './handing.mjs';
import { startResulting } from './resulting.mjs';
import { startSigning } from './signing.mjs';
import { startWithdrawing } from './withdrawing.mjs';

// The id of the element that a part works in, and what brings it to life.
const PARTS = {
  visibility: startSigning,
  verification: startResulting,
  withdraw: startWithdrawing,
  check: startChecking,
  'hand-in': startHandingIn,
};

for (const [id, start] of Object.entries(PARTS)) {
  if (document.getElementById(id)) start();
}
