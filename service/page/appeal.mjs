// The appeal as this page carries it: appeal.json inside the page, the same bytes as the file of that name.
// Knows where it stands; must never fetch anything.

import { chooseKey, readAppeal } from '../../crypto/js/appeal.mjs';
import { fromBase64 } from '../../crypto/js/base64.mjs';
import { KeyRecord } from '../../crypto/js/keys.mjs';

/**
 * What sealing in this page's language needs.
 * @param {string} language
 * @param {string} today YYYY-MM-DD
 * @returns {{record: KeyRecord, letterHash: Uint8Array}}
 * @throws {UndersignedError} when the page carries no key for this day, or a broken one
 */
export function sealingFor(language, today) {
  const appeal = JSON.parse(document.getElementById('appeal-json').textContent);
  const keys = appeal.keys.map((key) => ({
    record: KeyRecord.parse(fromBase64(key.record)),
    from: key.from,
    until: key.until,
  }));
  return { record: chooseKey({ keys }, today), letterHash: bytesFromHex(appeal.letters[language]) };
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
