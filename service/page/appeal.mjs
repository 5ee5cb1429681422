// The appeal as this page carries it: appeal.json inside the page, the same bytes as the file of that name.
// Knows where it stands; must never fetch anything.

import { chooseKey, readAppeal } from '../../crypto/js/appeal.mjs';
import { fromBase64 } from '../../crypto/js/base64.mjs';
import { KeyRecord } from '../../crypto/js/keys.mjs';

// Key records by their text, each read once, so that what was made ready ahead is there when sealing begins.
const records = new Map();

/** The day in UTC, YYYY-MM-DD. */
export const today = () => new Date().toISOString().slice(0, 10);

/**
 * What sealing in this page's language needs.
 * @param {string} language
 * @param {string} day as `today` gives it
 * @returns {{record: KeyRecord, letterHash: Uint8Array}}
 * @throws {UndersignedError} when the page carries no key for this day, or a broken one
 */
export function sealingFor(language, day) {
  const appeal = JSON.parse(document.getElementById('appeal-json').textContent);
  return { record: recordOf(chooseKey(appeal, day)), letterHash: bytesFromHex(appeal.letters[language]) };
}

function recordOf(text) {
  if (!records.has(text)) records.set(text, KeyRecord.parse(fromBase64(text)));
  return records.get(text);
}

/**
 * All of it, for checking what organizers published.
 * @returns {object} as `readAppeal` gives it
 * @throws {AppealError} when the page is damaged
 */
export function pageAppeal() {
  return readAppeal(new TextEncoder().encode(document.getElementById('appeal-json').textContent));
}

function bytesFromHex(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}
