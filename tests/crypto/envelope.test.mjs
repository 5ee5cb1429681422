// The envelope from outside, and its text form (docs/spec.md, section 2).
// Invariant: whatever a messenger adds, either the same 4,096 bytes come back or the text is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEnvelope, dearmor } from '../../crypto/js/envelope.mjs';
import { ArmorError, EnvelopeError } from '../../crypto/js/errors.mjs';
import { counting, olderText, refusal, unhex } from '../support/worked_example.mjs';

const KEY_ID = unhex('4d2129141dffbc');
const ENVELOPE = Uint8Array.from({ length: 4096 }, (_, at) => (at * 31 + 9) % 256);
ENVELOPE.set([1, ...KEY_ID, ...counting(32, 3)]);

const LINES = olderText(ENVELOPE).split('\n').slice(0, -1);
const BEGIN = LINES[0];
const END = LINES[LINES.length - 1];
const BODY = LINES.slice(1, -1);

const text = (...lines) => lines.flat().join('\n');
const refused = (reason) => refusal(ArmorError, reason);

test('the service checks size, version, key and point, in this order', () => {
  const check =
    (envelope, accepted = [KEY_ID]) =>
    () =>
      checkEnvelope(envelope, accepted);
  const changed = (at, ...bytes) => {
    const envelope = ENVELOPE.slice();
    envelope.set(bytes, at);
    return envelope;
  };
  assert.doesNotThrow(check(ENVELOPE, [new Uint8Array(7), KEY_ID]));
  const bad = changed(0, 2, 0);
  bad.fill(0, 8, 40);
  assert.throws(check(bad.subarray(1)), refusal(EnvelopeError, 'envelope-size'));
  assert.throws(check(bad), refusal(EnvelopeError, 'envelope-version'));
  bad[0] = 1;
  assert.throws(check(bad), refusal(EnvelopeError, 'envelope-key'));
  bad[1] = KEY_ID[0];
  assert.throws(check(bad), refusal(EnvelopeError, 'envelope-point'));
  assert.throws(check(ENVELOPE, []), refusal(EnvelopeError, 'envelope-key'));
  assert.throws(check(changed(39, 0x80)), refusal(EnvelopeError, 'envelope-point'));
});

test('the text form has lines of 64 between BEGIN and END and ends in LF', () => {
  assert.equal(BEGIN, '-----BEGIN UNDERSIGNED ENVELOPE-----');
  assert.equal(END, '-----END UNDERSIGNED ENVELOPE-----');
  assert.equal(BODY.length, 86);
  assert.ok(BODY.slice(0, -1).every((line) => line.length === 64));
  assert.ok(olderText(ENVELOPE).endsWith(`${END}\n`));
});

test('the text form comes back as the same bytes', () => {
  assert.deepEqual(dearmor(olderText(ENVELOPE)), ENVELOPE);
});

test('text around, spaces, CR and quoting marks do not matter', () => {
  const quoted = LINES.map((line) => `> >  ${line}  \r`);
  assert.deepEqual(dearmor(text('On Monday she wrote:', quoted, '-- ', 'sent from a phone')), ENVELOPE);
  assert.deepEqual(dearmor(text(LINES)), ENVELOPE);
});

test('exactly one BEGIN line is needed', () => {
  for (const bad of [
    '',
    'hello',
    text(BODY, END),
    text(LINES, LINES),
    text(BEGIN, LINES),
    text(`x${BEGIN}`, BODY, END),
  ]) {
    assert.throws(() => dearmor(bad), refused('armor-begin'));
  }
});

test('an END line after BEGIN is needed', () => {
  for (const bad of [text(BEGIN, BODY), text(END, BEGIN, BODY), text(BEGIN, BODY, `${END}-`)]) {
    assert.throws(() => dearmor(bad), refused('armor-end'));
  }
});

test('between them stand full lines and one last line', () => {
  const rewrapped = BODY.join('').match(/.{1,76}/g);
  const cases = [
    [],
    [''],
    ['', ...BODY],
    [...BODY, ''],
    [BODY[0], '', ...BODY.slice(1)],
    rewrapped,
    [BODY.join('')],
  ];
  for (const body of [...cases, [BODY[0].slice(1), ...BODY.slice(1)], [`${BODY[0]}\r\r`, ...BODY.slice(1)]]) {
    assert.throws(() => dearmor(text(BEGIN, body, END)), refused('armor-lines'));
  }
});

test('only base64 with its one way to write the last bytes is accepted', () => {
  const last = BODY[BODY.length - 1];
  const withLast = (line) => text(BEGIN, BODY.slice(0, -1), line, END);
  const strayBits = `${last.slice(0, -3)}${nextLetter(last[last.length - 3])}==`;
  assert.match(last, /[A-Za-z0-9+/]==$/);
  for (const line of [
    last.slice(0, -1),
    last.slice(0, -2),
    `${last}=`,
    strayBits,
    last.replace(/.=/, '-='),
  ]) {
    assert.throws(() => dearmor(withLast(line)), refused('armor-base64'), line);
  }
  for (const char of ['-', '_', ' ', '\t', '=', 'é', '𝄞', '\u00a0']) {
    const body = [BODY[0].slice(0, 10) + char + BODY[0].slice(11), ...BODY.slice(1)];
    assert.throws(() => dearmor(text(BEGIN, body, END)), refused('armor-base64'), char);
  }
});

function nextLetter(letter) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(letter) + 1];
}

test('another number of bytes is refused', () => {
  for (const size of [1, 48, 4095, 4097, 8192]) {
    assert.throws(() => dearmor(olderText(new Uint8Array(size))), refused('armor-size'));
  }
});

test('a long line of spaces costs no more than its length', () => {
  assert.throws(() => dearmor(`x${' '.repeat(5_000_000)}x`), refused('armor-begin'));
});
