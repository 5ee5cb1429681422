// The ledger (docs/spec.md, section 5).
// Invariant: the same set of envelopes gives the same bytes, and no other bytes are accepted for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerError } from '../../crypto/js/errors.mjs';
import { readLedger, writeLedger } from '../../crypto/js/ledger.mjs';
import { counting, filled, refusal, utf8 } from '../support/worked_example.mjs';

const APPEAL = counting(16, 0);
const ENVELOPES = [1, 2, 3, 4, 5].map((value) => filled(4096, value));
const FIRST_LINE = 'undersigned/v1/ledger 000102030405060708090a0b0c0d0e0f';
const LEDGER = writeLedger(APPEAL, ENVELOPES);

const refused = (reason) => refusal(LedgerError, reason);
const file = (line, ...envelopes) =>
  Uint8Array.from([...utf8(line), ...envelopes.flatMap((bytes) => [...bytes])]);

test('the same set gives the same bytes, whatever its order and repeats', () => {
  assert.deepEqual(writeLedger(APPEAL, [...ENVELOPES].reverse()), LEDGER);
  assert.deepEqual(writeLedger(APPEAL, [...ENVELOPES, ENVELOPES[2]]), LEDGER);
  assert.equal(LEDGER.length, `${FIRST_LINE} 5\n`.length + 5 * 4096);
});

test('what is written is read back', () => {
  const envelopes = readLedger(LEDGER, APPEAL);
  assert.equal(envelopes.length, 5);
  assert.deepEqual(writeLedger(APPEAL, envelopes), LEDGER);
  assert.deepEqual(readLedger(LEDGER), envelopes);
});

test('an empty ledger is a ledger', () => {
  assert.deepEqual(writeLedger(APPEAL, []), utf8(`${FIRST_LINE} 0\n`));
  assert.deepEqual(readLedger(utf8(`${FIRST_LINE} 0\n`), APPEAL), []);
});

test('the first line has one way to be written', () => {
  const lines = [
    '',
    '\n',
    FIRST_LINE,
    `${FIRST_LINE} 0`,
    `${FIRST_LINE} 0\r\n`,
    `${FIRST_LINE} 00\n`,
    `${FIRST_LINE} 01\n`,
    `${FIRST_LINE} -1\n`,
    `${FIRST_LINE} +0\n`,
    `${FIRST_LINE}  0\n`,
    `${FIRST_LINE} 0 \n`,
    ` ${FIRST_LINE} 0\n`,
    `${FIRST_LINE.toUpperCase()} 0\n`,
    `${FIRST_LINE.replace('0f', '0F')} 0\n`,
    `${FIRST_LINE}0 0\n`,
    `${FIRST_LINE.replace('v1', 'v2')} 0\n`,
    `${FIRST_LINE} 1000000000000\n`,
    `${FIRST_LINE} ${'9'.repeat(500)}\n`,
  ];
  for (const line of lines)
    assert.throws(() => readLedger(utf8(line), APPEAL), refused('ledger-header'), line);
});

test('the ledger of another appeal is refused', () => {
  assert.throws(() => readLedger(LEDGER, counting(16, 1)), refused('ledger-appeal'));
});

test('the file has the size its first line says', () => {
  const longer = file(`${FIRST_LINE} 1\n`, filled(4097, 1));
  for (const bytes of [
    LEDGER.subarray(0, -1),
    longer,
    file(`${FIRST_LINE} 2\n`, ENVELOPES[0]),
    file(`${FIRST_LINE} 999999999999\n`),
  ]) {
    assert.throws(() => readLedger(bytes, APPEAL), refused('ledger-size'));
  }
  assert.throws(() => writeLedger(APPEAL, [filled(4095, 1)]), refused('ledger-size'));
});

test('envelopes stand in ascending order of their ids, each once', () => {
  const [first, second] = readLedger(LEDGER, APPEAL);
  assert.throws(() => readLedger(file(`${FIRST_LINE} 2\n`, second, first)), refused('ledger-order'));
  assert.throws(() => readLedger(file(`${FIRST_LINE} 2\n`, first, first)), refused('ledger-order'));
});
