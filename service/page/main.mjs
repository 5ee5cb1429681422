// The one script of all pages: starts what the page at hand has.

import './vintage.mjs';
import { startExit } from './leaving.mjs';
import { startSharing } from './sharing.mjs';
import { startResulting } from './resulting.mjs';
import { startSigning } from './signing.mjs';
import { startInApp } from './surroundings.mjs';

// The id of the element that a part works in, and what brings it to life.
const PARTS = {
  exit: startExit,
  'in-app': startInApp,
  form: startSigning,
  share: startSharing,
  verification: startResulting,
};

for (const [id, start] of Object.entries(PARTS)) {
  if (document.getElementById(id)) start();
}
