// Reads texts as the page does: JSON of texts from standard input, JSON of what was found in each to standard output.

import { readFileSync } from 'node:fs';
import { readParts } from '../../crypto/js/text-parts.mjs';

const found = JSON.parse(readFileSync(0, 'utf8')).map((text) => {
  const { envelopes, incomplete } = readParts(text);
  return { envelopes: envelopes.map((each) => Buffer.from(each).toString('base64')), incomplete };
});
process.stdout.write(JSON.stringify(found));
