// The order of names against another program's: ICU, which Node and the browsers have, with the rules of the CLDR.
// Invariant: for each language, names of its own letters stand as ICU puts them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const VECTORS = JSON.parse(readFileSync(new URL('collation.json', import.meta.url), 'utf8'));

// Where we decided otherwise (docs/decisions/0016-published-list.md): ґ and the letters of łacinka are letters of their
// own, apostrophes do not count, a hyphen is a space, and signs come last.
const OURS = {
  be: ['Taraškievica', 'łacinka', 'hyphens', 'apostrophes', 'scripts'],
  ru: ['scripts'],
  uk: [],
  pl: ['scripts'],
  lt: [],
  de: [],
  en: ['scripts'],
};

for (const [language, groups] of Object.entries(VECTORS)) {
  for (const [name, names] of Object.entries(groups)) {
    const agrees = !OURS[language].includes(name);
    test(`${language}, ${name}: ${agrees ? 'as ICU has it' : 'otherwise than ICU has it'}`, () => {
      const sorted = [...names].sort(new Intl.Collator(language).compare);
      if (agrees) assert.deepEqual(names, sorted);
      else assert.notDeepEqual(names, sorted);
    });
  }
}

test('these rules are of a language: those of another would not give them', () => {
  const swedish = new Intl.Collator('sv').compare;
  assert.notDeepEqual(VECTORS.de.umlauts, [...VECTORS.de.umlauts].sort(swedish));
});
