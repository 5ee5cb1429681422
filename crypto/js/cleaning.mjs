// Cleaning a text before it is sealed (docs/spec.md, section 4): white space, invisible marks, composed letters.
// The page cleans what people type into it, the organizers' tool what they bring in tables; both make the same of it.

import { isUnprintable } from './signature.mjs';

const WHITE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * The text in one line, without what cannot be seen. Cleaning it again changes nothing.
 * @param {string} text
 * @returns {string}
 */
export function clean(text) {
  const seen = Array.from(text.replace(WHITE, ' ')).filter(
    (character) => !isUnprintable(character.codePointAt(0)),
  );
  return seen
    .join('')
    .normalize('NFC')
    .split(' ')
    .filter((part) => part !== '')
    .join(' ');
}
