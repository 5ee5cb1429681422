// The text form in numbered parts: written for messengers, read back whatever they made of it (docs/spec.md, section 2).
// A reader may try any reading, because it takes one only if its bytes have the id that the check names.
// So nothing is read wrongly: it is read right, or what is missing is named.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64.mjs';
import { dearmor, envelopeId, LINE_WIDTH, SIZE } from './envelope.mjs';
import { ArmorError } from './errors.mjs';

const PARTS = 2;
const CHECK_SIZE = 8;
const BASE64_SIZE = Math.ceil(SIZE / 3) * 4;
const SIZES = pieces('='.repeat(BASE64_SIZE)).map((piece) => piece.length);
const TRIES_MOST = 20;
const EXCESS_MOST = 150;
const JOINED_MOST = 20;
const VARIANTS_MOST = 8;
const TEXT_MOST = 4_000_000;
const LONE_RUN = 20;

const GAP = '[^0-9A-Za-z]';
const MARK = new RegExp(
  `(BEGIN|END)${GAP}{0,20}UNDERSIGNED${GAP}{0,20}ENVELOPE${GAP}{0,20}([12])${GAP}{0,20}OF${GAP}{0,20}2` +
    `${GAP}{0,20}((?:[0-9a-f]${GAP}{0,12}){15}[0-9a-f])(?![0-9a-z])`,
  'gi',
);
const LINE = /[\n\r\v\f\x85\u2028\u2029]/;
// What quotes, decorates and parts a line without being of it, wherever a program has moved it to.
const BETWEEN = /[\s>|»│*`~•]+/g;
const FOREIGN = /[^0-9A-Za-z+/=]+/;
const UNSEEN =
  // eslint-disable-next-line no-misleading-character-class -- joiners and selectors are meant, each by itself
  /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]/g;
const TAG = /<[^<>]{0,2000}>/g;
const ENTITY = /&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,8});/gi;
const NAMED = { amp: '&', lt: '<', gt: '>', plus: '+', equals: '=', sol: '/', shy: '', hyphen: '-' };
const BYTES = /(?:=[0-9A-Fa-f]{2})+/g;
const SOFT = /=[ \t]*\r?\n/g;
const BREAK = /<(?:br|\/p|\/div|\/tr|\/li|\/pre)[^<>]{0,200}>/gi;

/**
 * @typedef {object} Incomplete an envelope of which something is missing
 * @property {string} check in hex
 * @property {number[]} parts which are not whole here; all, when each could be read but they do not belong together
 */

/**
 * The envelope as texts of at most 3,500 characters, each to be sent by itself.
 * @param {Uint8Array} envelope 4,096 bytes
 * @returns {string[]} every line ends in LF
 */
export function writeParts(envelope) {
  const check = checkOf(envelope);
  return pieces(toBase64(envelope)).map((piece, at) => {
    const words = `UNDERSIGNED ENVELOPE ${at + 1} OF ${PARTS} ${check}-----`;
    return [`-----BEGIN ${words}`, ...cut(piece, LINE_WIDTH), `-----END ${words}`, ''].join('\n');
  });
}

/**
 * All envelopes whose parts stand in the text, in whatever order and company. It never throws.
 * @param {string} text
 * @returns {{envelopes: Uint8Array[], incomplete: Incomplete[]}} each envelope once
 */
export function readParts(text) {
  const found = new Map();
  for (const { check, number, body } of allParts(text.slice(0, TEXT_MOST))) {
    if (!found.has(check))
      found.set(
        check,
        SIZES.map(() => new Map()),
      );
    const readings = found.get(check)[number - 1];
    for (const { reading, leftOut } of bodies(body, SIZES[number - 1])) {
      readings.set(reading, Math.min(leftOut, readings.get(reading) ?? leftOut));
    }
  }
  const envelopes = new Map();
  const incomplete = [];
  for (const [check, parts] of found) {
    const envelope = join(check, parts);
    if (envelope) envelopes.set(toBase64(envelope), envelope);
    else incomplete.push({ check, parts: notWhole(parts) });
  }
  return { envelopes: [...envelopes.values()], incomplete };
}

/**
 * The one envelope in a text, in parts or in the older form without a check, which is read strictly.
 * @param {string} text
 * @returns {Uint8Array} 4,096 bytes
 * @throws {ArmorError} armor-several, armor-part-1, armor-part-2, armor-parts, and what `dearmor` throws
 */
export function readText(text) {
  const { envelopes, incomplete } = readParts(text);
  if (envelopes.length + incomplete.length > 1) throw new ArmorError('armor-several');
  if (incomplete.length) {
    const [{ parts }] = incomplete;
    throw new ArmorError(parts.length === 1 ? `armor-part-${parts[0]}` : 'armor-parts');
  }
  return envelopes.length ? envelopes[0] : dearmor(text);
}

function notWhole(parts) {
  const numbers = parts.map((_, at) => at + 1);
  const absent = numbers.filter((number) => !parts[number - 1].size);
  return absent.length ? absent : numbers;
}

function checkOf(envelope) {
  return bytesToHex(envelopeId(envelope).subarray(0, CHECK_SIZE));
}

function cut(text, size) {
  const made = [];
  for (let at = 0; at < text.length; at += size) made.push(text.slice(at, at + size));
  return made;
}

// In parts of whole lines, the last one shorter.
function pieces(encoded) {
  return cut(encoded, Math.ceil(encoded.length / LINE_WIDTH / PARTS) * LINE_WIDTH);
}

function allParts(text) {
  const parts = [];
  for (const variant of variants(text)) {
    const marks = marksOf(variant);
    marks.forEach((mark, at) => {
      if (mark[1].toUpperCase() !== 'BEGIN') return;
      const end = at + 1 < marks.length ? marks[at + 1].index : variant.length;
      const check = mark[3].replace(/[^0-9A-Za-z]/g, '').toLowerCase();
      parts.push({ check, number: Number(mark[2]), body: variant.slice(mark.index + mark[0].length, end) });
    });
  }
  return parts;
}

function marksOf(text) {
  const marks = [];
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(text); mark; mark = MARK.exec(text)) marks.push(mark);
  return marks;
}

// The text, and what it is once the forms that mail and web pages give it are undone, one over another, too.
function variants(text) {
  const made = [text.replace(UNSEEN, '')];
  for (const each of made) {
    for (const undone of [unquoted(each), unmarked(each)]) {
      const bare = undone.replace(UNSEEN, '');
      if (made.length < VARIANTS_MOST && !made.includes(bare)) made.push(bare);
    }
  }
  return made;
}

// Without quoted-printable: bytes written in hex, and line ends that were put in.
function unquoted(text) {
  return text
    .replace(SOFT, '')
    .replace(BYTES, (run) => new TextDecoder().decode(hexToBytes(run.replace(/=/g, ''))));
}

// Without HTML.
function unmarked(text) {
  return text.replace(BREAK, '\n').replace(TAG, '').replace(ENTITY, character);
}

function character(_, written) {
  const name = written.toLowerCase();
  if (!name.startsWith('#')) return NAMED[name] ?? ' ';
  const code = name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code < 0x110000 ? String.fromCodePoint(code) : '';
}

// Readings of what stands in a part, of exactly `size` characters of base64, and how many lines each leaves out.
function bodies(text, size) {
  const lines = text.split(LINE).map(pieceOf).filter(Boolean);
  const excess = lines.reduce((sum, line) => sum + line.length, 0) - size;
  if (excess < 0 || excess > EXCESS_MOST) return [];
  return addingUp(lines, excess).map((leftOut) => ({
    reading: lines.filter((_, at) => !leftOut.includes(at)).join(''),
    leftOut: leftOut.length,
  }));
}

// The base64 of a line: without marks around it and spaces in it; nothing, when it is a line of something else.
function pieceOf(line) {
  const bare = strip(line.replace(BETWEEN, ''));
  if (!FOREIGN.test(bare)) return bare;
  const longest = bare.split(FOREIGN).reduce((one, other) => (other.length > one.length ? other : one));
  return longest.length >= LONE_RUN ? longest : '';
}

function strip(line) {
  let start = 0;
  let end = line.length;
  while (start < end && FOREIGN.test(line[start])) start += 1;
  while (end > start && FOREIGN.test(line[end - 1])) end -= 1;
  return line.slice(start, end);
}

// Which lines may be words of somebody else: none, or some that are together as long as what is too much.
function addingUp(lines, excess) {
  if (excess === 0) return [[]];
  const sums = new Map([[0, [[]]]]);
  lines.forEach((line, at) => {
    if (line.length > Math.min(excess, LINE_WIDTH - 1)) return;
    for (const [total, sets] of [...sums].sort(([one], [other]) => other - one)) {
      const grown = total + line.length;
      if (grown > excess) continue;
      if (!sums.has(grown)) sums.set(grown, []);
      const kept = sums.get(grown);
      for (const each of sets.slice(0, Math.max(0, TRIES_MOST - kept.length))) kept.push([...each, at]);
    }
  });
  return (sums.get(excess) ?? []).slice(0, TRIES_MOST);
}

function join(check, parts) {
  // The plainest first: every reading that leaves lines out is a guess.
  const plainest = parts.map((readings) =>
    [...readings].sort(([, one], [, other]) => one - other).slice(0, JOINED_MOST),
  );
  const texts = plainest.reduce(
    (before, readings) => before.flatMap((text) => readings.map(([reading]) => text + reading)),
    [''],
  );
  for (const text of texts) {
    const envelope = fromBase64(text, true);
    if (envelope?.length === SIZE && checkOf(envelope) === check) return envelope;
  }
  return null;
}
