// appeal.json: what a program needs in order to seal for an appeal or to check its result (docs/spec.md, section 7).
// The day comes from the caller.

import { equalBytes } from '@noble/ciphers/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.mjs';
import { AppealError, KeyFormatError, MinisignError } from './errors.mjs';
import { APPEAL_ID_SIZE, KeyRecord } from './keys.mjs';
import { parsePublicKey } from './minisign.mjs';
import {
  countOf,
  dateOf,
  hashesByLanguage,
  hexOf,
  listOf,
  nullOr,
  objectOf,
  ShapeError,
  textOf,
} from './shape.mjs';
import { parse, StrictJsonError } from './strictjson.mjs';

const FORMAT = 'undersigned/v1/appeal';
const KEYS = ['format', 'appeal', 'keys', 'letters', 'minisign', 'threshold'];

/**
 * @typedef {object} Appeal
 * @property {Uint8Array} appealId 16 bytes
 * @property {{record: KeyRecord, from: string | null, until: string | null}[]} keys first and last day, YYYY-MM-DD
 * @property {Map<string, string>} letters language to letter hash in hex
 * @property {object[]} minisign pinned keys, from `parsePublicKey`
 * @property {number} threshold how many of them must sign
 * @property {Map<string, string>} signingFile language to SHA-256 in hex
 * @property {number} collectedBefore signatures from before the site
 */

/**
 * The key to seal to: the first whose dates contain the day.
 * @template T
 * @param {{keys: {record: T, from: string | null, until: string | null}[]}} appeal
 * @param {string} today YYYY-MM-DD
 * @returns {T}
 * @throws {AppealError} appeal-no-key
 */
export function chooseKey(appeal, today) {
  for (const { record, from, until } of appeal.keys) {
    if ((from === null || from <= today) && (until === null || today <= until)) return record;
  }
  throw new AppealError('appeal-no-key');
}

/**
 * The strict reader.
 * @param {Uint8Array} bytes
 * @returns {Appeal} frozen
 * @throws {AppealError} appeal-json, appeal-shape
 */
export function readAppeal(bytes) {
  try {
    return read(objectOf(parse(bytes), KEYS, ['signing_file', 'collected_before']));
  } catch (error) {
    if (error instanceof StrictJsonError) throw new AppealError('appeal-json');
    if ([ShapeError, KeyFormatError, MinisignError].some((kind) => error instanceof kind)) {
      throw new AppealError('appeal-shape');
    }
    throw error;
  }
}

function read(value) {
  if (value.format !== FORMAT) throw new ShapeError('not an appeal');
  const appealId = hexToBytes(hexOf(value.appeal, APPEAL_ID_SIZE));
  const minisign = listOf(value.minisign, (line) => parsePublicKey(textOf(line)));
  if (
    new Set(minisign.map(({ line }) => line)).size >
    new Set(minisign.map(({ point }) => bytesToHex(point))).size
  ) {
    throw new ShapeError('one key under two key ids');
  }
  return Object.freeze({
    appealId,
    keys: listOf(value.keys, (key) => readKey(key, appealId)),
    letters: hashesByLanguage(value.letters),
    minisign,
    threshold: countOf(value.threshold, 1),
    signingFile: 'signing_file' in value ? hashesByLanguage(value.signing_file) : new Map(),
    collectedBefore: 'collected_before' in value ? countOf(value.collected_before) : 0,
  });
}

function readKey(value, appealId) {
  const key = objectOf(value, ['record', 'from', 'until']);
  const bytes = fromBase64(textOf(key.record));
  if (bytes === null) throw new ShapeError('not base64');
  const record = KeyRecord.parse(bytes);
  if (!equalBytes(record.appealId, appealId)) throw new ShapeError('a key of another appeal');
  return Object.freeze({ record, from: nullOr(key.from, dateOf), until: nullOr(key.until, dateOf) });
}
