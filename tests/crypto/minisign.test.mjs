// Minisign files (docs/spec.md, section 6).
// Invariant: what the stock tool made verifies, and no byte of it can change.
// Key and files below were made by minisign 0.11: -G -W, then -S, then -S -l for the legacy kind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MinisignError } from '../../crypto/js/errors.mjs';
import { hashInPieces, parsePublicKey, verify, verifyHash } from '../../crypto/js/minisign.mjs';
import { minisigner, refusal, utf8 } from '../support/worked_example.mjs';

const LINE = 'RWSwFHDDN+M3iLaIPq2i2qRxMQnUBL5WPmg/AQ/96BTGBBejNtRrZoVC';
const MESSAGE = utf8('A file the stock minisign signed.\n');
const MINISIG = `untrusted comment: any words
RUSwFHDDN+M3iCztHHfT+VyaLemS2Ir/eWNgYcQj4C4RWApqPB0E34aXGXiWQxHBQlWscXc5XYu8qsSP8wrVV61qofbIRQ0j4A8=
trusted comment: publication 1
rY/GH6ZBiWx9g9/pANBKkwnmBqnaqU8iIXutPveyXb4OVcomWO+zlNWJzvz00rrxX2hSDyPOjh0Gj2doDMieBg==
`;
const LEGACY = `untrusted comment: signature from minisign secret key
RWSwFHDDN+M3iLDuMYOgaOsh+DLYokGLZ4tJ8o9oeQMY30nMp9HWyMeEMqu/Pei2iC0rIWrEmkk9Y4SYAdCIYdXYzcQl2rqhkwk=
trusted comment: publication 1
OpYXB77clqltF0z9L6mBmdkBvVjpQg/jwAxJ42N73q47IY/nCAdQ4UEPn8tx8zH9k9j8GRlFzarys2xj0XNGBw==
`;

const KEY = parsePublicKey(LINE);
const refused = (reason) => refusal(MinisignError, reason);

test('what the stock tool signed verifies, and gives its trusted comment', () => {
  assert.equal(verify(KEY, MESSAGE, MINISIG), 'publication 1');
  assert.equal(KEY.line, LINE);
});

test('CRLF, a missing last line end and another untrusted comment do not matter', () => {
  assert.equal(verify(KEY, MESSAGE, MINISIG.replaceAll('\n', '\r\n')), 'publication 1');
  assert.equal(verify(KEY, MESSAGE, MINISIG.slice(0, -1)), 'publication 1');
  assert.equal(verify(KEY, MESSAGE, MINISIG.replace('any words', '')), 'publication 1');
});

test('what the stock tool does not look at does not matter: more lines, and unused bits of base64', () => {
  for (const text of [`${MINISIG}\n`, `${MINISIG}x`, MINISIG.replace('Bg==', 'Bh==')]) {
    assert.equal(verify(KEY, MESSAGE, text), 'publication 1');
  }
});

test('a legacy signature is refused, though the stock tool accepts it', () => {
  assert.throws(() => verify(KEY, MESSAGE, LEGACY), refused('minisign-form'));
});

test('a public key line is 42 bytes that begin with Ed', () => {
  const bad = [
    '',
    'RWQ',
    LINE.slice(0, -4),
    `${LINE}AAAA`,
    LINE.replace('RW', 'RU'),
    LINE.replace('+', '-'),
    `x\n${LINE}`,
    ` ${LINE}`,
    `${LINE}\n`,
  ];
  for (const line of bad) assert.throws(() => parsePublicKey(line), refused('minisign-form'), line);
});

test('a minisig has four lines, each in its form', () => {
  const lines = MINISIG.split('\n');
  const bad = ['', lines.slice(0, 3).join('\n'), `\n${MINISIG}`, MINISIG.replace('untrusted', 'Untrusted')];
  bad.push(MINISIG.replace('\ntrusted', '\nuntrusted'), MINISIG.replace('RUS', 'RU'));
  bad.push(MINISIG.replace('Bg==', 'Bg=='.slice(0, 3)), MINISIG.replace('RUS', 'RUS '));
  for (const text of bad) assert.throws(() => verify(KEY, MESSAGE, text), refused('minisign-form'), text);
});

test('a minisig of another key is refused', () => {
  assert.throws(() => verify(parsePublicKey(minisigner(1).line), MESSAGE, MINISIG), refused('minisign-key'));
});

test('a file that was changed is refused', () => {
  assert.throws(
    () => verify(KEY, utf8('A file the stock minisign signed.'), MINISIG),
    refused('minisign-signature'),
  );
  const swapped = MINISIG.replace('CztHHfT', 'CztHHfU');
  assert.throws(() => verify(KEY, MESSAGE, swapped), refused('minisign-signature'));
});

test('a trusted comment that was changed is refused', () => {
  assert.throws(
    () => verify(KEY, MESSAGE, MINISIG.replace('publication 1', 'publication 2')),
    refused('minisign-comment'),
  );
  assert.throws(() => verify(KEY, MESSAGE, MINISIG.replace('rY/GH', 'rY/GI')), refused('minisign-comment'));
});

test('a file hashed in pieces has the same hash, and the caller may breathe after each', async () => {
  const { line, sign } = minisigner(2);
  for (const size of [0, 1, 16384, 16385, 100_000]) {
    const message = new Uint8Array(size).fill(7);
    let pauses = 0;
    const hash = await hashInPieces(message, async () => {
      pauses += 1;
    });
    assert.equal(verifyHash(parsePublicKey(line), hash, sign(message)), 'publication');
    assert.equal(pauses, Math.ceil(size / 16384));
  }
});
