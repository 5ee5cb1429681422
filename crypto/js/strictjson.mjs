// A strict JSON reader: all programs read the same value, or refuse the text (docs/spec.md, section 4).
// It refuses what RFC 8259 leaves open: duplicate keys, lone surrogates, byte order marks, fractions, deep nesting.
//
// The structure is read here, because JSON.parse keeps the last of duplicate keys and says nothing;
// single strings and numbers are left to JSON.parse.

const MAX_DEPTH = 8;
const LITERALS = { true: true, false: false, null: null };

/** Reasons: utf8, bom, json, duplicate-key, surrogate. Callers turn it into an error of their own. */
export class StrictJsonError extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The value that a text holds. Objects come back as Map, so that `__proto__` is a key like any other.
 * Where a text has several faults, the first of the reasons below counts.
 * @param {Uint8Array} bytes UTF-8
 * @returns {Map | Array | string | number | boolean | null}
 * @throws {StrictJsonError} utf8, bom, json, duplicate-key, surrogate
 */
export function parse(bytes) {
  const reader = { text: decode(bytes), at: 0, duplicate: false, surrogate: false };
  const value = readDocument(reader);
  if (reader.duplicate) throw new StrictJsonError('duplicate-key');
  if (reader.surrogate) throw new StrictJsonError('surrogate');
  return value;
}

function decode(bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StrictJsonError('utf8');
  }
  if (text.startsWith('\ufeff')) throw new StrictJsonError('bom');
  return text;
}

function readDocument(reader) {
  const value = readValue(reader, 0);
  if (peek(reader) !== undefined) refuse();
  return value;
}

function readValue(reader, depth) {
  if (depth > MAX_DEPTH) refuse();
  const next = peek(reader);
  if (next === '{') return readObject(reader, depth);
  if (next === '[') return readArray(reader, depth);
  if (next === '"') return readString(reader);
  for (const [word, value] of Object.entries(LITERALS)) {
    if (take(reader, word)) return value;
  }
  return readInteger(reader);
}

function readObject(reader, depth) {
  const object = new Map();
  take(reader, '{');
  if (take(reader, '}')) return object;
  do {
    if (peek(reader) !== '"') refuse();
    const key = readString(reader);
    if (!take(reader, ':')) refuse();
    if (object.has(key)) reader.duplicate = true;
    object.set(key, readValue(reader, depth + 1));
  } while (take(reader, ','));
  if (!take(reader, '}')) refuse();
  return object;
}

function readArray(reader, depth) {
  const array = [];
  take(reader, '[');
  if (take(reader, ']')) return array;
  do {
    array.push(readValue(reader, depth + 1));
  } while (take(reader, ','));
  if (!take(reader, ']')) refuse();
  return array;
}

function readString(reader) {
  const { text, at } = reader;
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  reader.at = end + 1;
  const value = parseScalar(text.slice(at, end + 1));
  // With the u flag a pair is one character, so only halves match.
  if (/[\ud800-\udfff]/u.test(value)) reader.surrogate = true;
  return value;
}

// Integers only: of a fraction or an exponent, its sign remains unread, and no grammar rule accepts that.
function readInteger(reader) {
  const pattern = /-?[0-9]+/y;
  pattern.lastIndex = reader.at;
  const [digits] = pattern.exec(reader.text) || refuse();
  reader.at += digits.length;
  const value = parseScalar(digits);
  if (!Number.isSafeInteger(value)) refuse();
  return value + 0; // so that -0 is 0
}

function parseScalar(text) {
  try {
    return JSON.parse(text);
  } catch {
    return refuse();
  }
}

function peek(reader) {
  while (' \t\n\r'.includes(reader.text[reader.at] || '_')) reader.at += 1;
  return reader.text[reader.at];
}

function take(reader, word) {
  peek(reader);
  const found = reader.text.startsWith(word, reader.at);
  if (found) reader.at += word.length;
  return found;
}

function refuse() {
  throw new StrictJsonError('json');
}
