// The one script of all pages: starts what the page at hand has.

import { startResulting } from './resulting.mjs';
import { startSigning } from './signing.mjs';

// The id of the element that a part works in, and what brings it to life.
const PARTS = { form: startSigning, verification: startResulting };

for (const [id, start] of Object.entries(PARTS)) {
  if (document.getElementById(id)) start();
}
