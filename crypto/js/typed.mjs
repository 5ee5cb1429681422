// What people type from paper or copy from a message: codes (docs/spec.md, section 3).
// Grouping, dashes and what nothing shows are no part of them, and digits are digits on whatever keyboard.

import { isUnprintable } from './signature.mjs';

const GROUPING =
  /[ -/:-@[-`{-~\u00a0\u00ab\u00b7\u00bb\u1680\u2000-\u205f\u2212\u3000-\u3002\ufe58\ufe63\uff0d\uff0e]|\u20e3|\ufe0e|\ufe0f/g;
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;

/**
 * The text without all that groups and separates, its digits as 0 to 9. Letters and other signs stay.
 * @param {string} text
 * @returns {string}
 */
export function bare(text) {
  return Array.from(text.replace(GROUPING, ''))
    .filter((character) => !isUnprintable(character.codePointAt(0)))
    .join('')
    .replace(DIGITS, (digit) => digit.charCodeAt(0) % 16);
}
