// Reads the appeal.json that stands inside this page, the same bytes as the file of that name; nothing is fetched.

import { chooseKey, readAppeal } from '../../crypto/js/appeal.mjs';
import { fromBase64 } from '../../crypto/js/base64.mjs';
import { AppealError } from '../../crypto/js/errors.mjs';
import { KeyRecord } from '../../crypto/js/keys.mjs';
import { unhex } from './hex.mjs';
import { possibleDays } from './today.mjs';

// Key records by their text. Each is read once, so a key that preparing.mjs made ready is used when sealing begins.
const records = new Map();

/**
 * What sealing in this page's language needs today.
 * @param {string} language
 * @returns {{record: KeyRecord, letterHash: Uint8Array}}
 * @throws {UndersignedError} when the page carries no key for this day, or a broken one, or when the clocks disagree
 *   about which key it is
 */
export function sealingFor(language) {
  const appeal = JSON.parse(document.getElementById('appeal-json').textContent);
  const [chosen, ...others] = possibleDays().map((day) => chooseKey(appeal, day));
  if (others.some((other) => other !== chosen)) throw new AppealError('appeal-no-key');
  return { record: recordOf(chosen), letterHash: unhex(appeal.letters[language]) };
}

function recordOf(text) {
  if (!records.has(text)) records.set(text, KeyRecord.parse(fromBase64(text)));
  return records.get(text);
}

/**
 * The whole appeal, for checking what organizers published.
 * @returns {object} as `readAppeal` gives it
 * @throws {AppealError} when the page is damaged
 */
export function pageAppeal() {
  return readAppeal(new TextEncoder().encode(document.getElementById('appeal-json').textContent));
}
