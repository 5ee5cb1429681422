// A person's signature: the limits of its fields, its writer and its strict reader (docs/spec.md, section 4).
// Characters that could trick a terminal or a page are refused. No text is changed here: cleaning.mjs does that
// before.

import { utf8ToBytes } from '@noble/hashes/utils.js';
import { RecordError } from './errors.mjs';
import { parse, StrictJsonError } from './strictjson.mjs';

/** The fewest and the most Unicode code points, in the order of the specification; `public` is no text. */
export const LIMITS = {
  name: [1, 120],
  relation: [0, 80],
  prisoner: [0, 120],
  public: null,
  contact: [0, 120],
  message: [0, 500],
  language: [2, 8],
  vouch: [0, 40],
};

const FIELDS = /* @__PURE__ */ Object.keys(LIMITS);
const REQUIRED = ['name', 'public'];

// Unicode 16, general categories Cc (the first two) and Cf.
// A table, because engines of different age disagree about Cf, and the oldest know no \p{Cf}.
const UNPRINTABLE = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x0600, 0x0605],
  [0x061c, 0x061c],
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
];
const BLANK = /^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/**
 * @typedef {object} Signature one person's entry
 * @property {string} name 1-120 characters
 * @property {string} relation
 * @property {string} prisoner
 * @property {boolean} public true: may be published after review
 * @property {string} contact
 * @property {string} message
 * @property {string} language 2-8 characters, or empty
 * @property {string} vouch
 */

/**
 * The record as compact JSON. `readSignature` reads it back.
 * @param {Partial<Signature>} signature empty or absent optional fields are left out
 * @returns {Uint8Array} UTF-8
 * @throws {RecordError} record-unknown-key, record-missing-key, record-type, record-surrogate, record-length,
 *   record-character, record-blank
 */
export function writeSignature(signature) {
  const given = Object.entries(signature);
  const record = new Map(given.filter(([field, value]) => value !== '' || REQUIRED.includes(field)));
  checkRecord(record);
  const written = {};
  for (const field of FIELDS) {
    if (record.has(field)) written[field] = record.get(field);
  }
  return utf8ToBytes(JSON.stringify(written));
}

/**
 * The strict reader.
 * @param {Uint8Array} bytes
 * @returns {Signature} frozen, all eight fields, absent ones as ''
 * @throws {RecordError} record-utf8, record-bom, record-json, record-duplicate-key, record-surrogate, record-type,
 *   record-unknown-key, record-missing-key; then per field record-type, record-length, record-character,
 *   record-blank
 */
export function readSignature(bytes) {
  const record = parseRecord(bytes);
  if (!(record instanceof Map)) refuse('type');
  checkRecord(record);
  const signature = {};
  for (const field of FIELDS) signature[field] = record.has(field) ? record.get(field) : '';
  return Object.freeze(signature);
}

function parseRecord(bytes) {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof StrictJsonError) refuse(error.reason);
    throw error;
  }
}

function checkRecord(record) {
  for (const key of record.keys()) {
    if (!FIELDS.includes(key)) refuse('unknown-key');
  }
  for (const field of REQUIRED) {
    if (!record.has(field)) refuse('missing-key');
  }
  for (const field of FIELDS) {
    if (record.has(field)) checkField(field, record.get(field));
  }
}

/**
 * One field by its rule.
 * @param {string} field one of `LIMITS`
 * @param {unknown} value
 * @throws {RecordError} record-type, record-surrogate, record-length, record-character, record-blank, in this order
 */
export function checkField(field, value) {
  const limits = LIMITS[field];
  if (typeof value !== (limits ? 'string' : 'boolean')) refuse('type');
  if (!limits) return;
  // With the u flag a pair is one character, so only halves match.
  if (/[\ud800-\udfff]/u.test(value)) refuse('surrogate');
  const points = Array.from(value, (char) => char.codePointAt(0));
  if (points.length < limits[0] || points.length > limits[1]) refuse('length');
  if (points.some(isUnprintable)) refuse('character');
  if (field === 'name' && BLANK.test(value)) refuse('blank');
}

/**
 * Whether no signature may hold this character: control and format characters.
 * @param {number} point a Unicode code point
 * @returns {boolean}
 */
export function isUnprintable(point) {
  for (const [first, last] of UNPRINTABLE) {
    // The rows are sorted, so most letters are decided after a few rows; a publication has many letters.
    if (point <= last) return first <= point;
  }
  return false;
}

function refuse(reason) {
  throw new RecordError(`record-${reason}`);
}
