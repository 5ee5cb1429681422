// appeal.json and the choice of a key (docs/spec.md, section 7).
// Invariant: a program seals only to a key that the file dates to this day.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseKey, readAppeal } from '../../crypto/js/appeal.mjs';
import { toBase64 } from '../../crypto/js/base64.mjs';
import { AppealError } from '../../crypto/js/errors.mjs';
import { counting, exampleKey, hex, minisigner, refusal, utf8 } from '../support/worked_example.mjs';

const RECORDS = [100, 101, 102].map((first) => exampleKey(counting(32, first)).record);
const ENTRIES = RECORDS.map((record) => ({ record: toBase64(record.bytes()), from: null, until: null }));
const APPEAL = {
  format: 'undersigned/v1/appeal',
  appeal: '000102030405060708090a0b0c0d0e0f',
  keys: ENTRIES,
  letters: { be: 'ab'.repeat(32), 'be-Latn': 'cd'.repeat(32) },
  minisign: [minisigner(1).line, minisigner(2).line],
  threshold: 2,
};

const read = (changes) => readAppeal(utf8(JSON.stringify({ ...APPEAL, ...changes })));
const shape = refusal(AppealError, 'appeal-shape');

test('an appeal is read', () => {
  const appeal = read();
  assert.equal(hex(appeal.appealId), APPEAL.appeal);
  assert.deepEqual(
    appeal.keys.map(({ record }) => record.digits),
    RECORDS.map((record) => record.digits),
  );
  assert.equal(appeal.letters.get('be-Latn'), 'cd'.repeat(32));
  assert.equal(appeal.threshold, 2);
  assert.equal(appeal.signingFile.size, 0);
  assert.equal(read({ signing_file: { en: '00'.repeat(32) } }).signingFile.get('en'), '00'.repeat(32));
});

test('what is not strict JSON is refused', () => {
  for (const text of ['', '\ufeff{}', '{"a":1,"a":1}', '"\\ud800"']) {
    assert.throws(() => readAppeal(utf8(text)), refusal(AppealError, 'appeal-json'));
  }
});

test('exactly the keys of the specification are there', () => {
  assert.throws(() => readAppeal(utf8('[]')), shape);
  assert.throws(() => read({ extra: 1 }), shape);
  for (const key of Object.keys(APPEAL)) assert.throws(() => read({ [key]: undefined }), shape, key);
});

test('every value has its form', () => {
  const bad = [
    { format: 'undersigned/v1/publication' },
    { appeal: APPEAL.appeal.toUpperCase() },
    { appeal: 'ab' },
    { appeal: 1 },
    { keys: {} },
    { letters: [] },
    { letters: { Be: 'ab'.repeat(32) } },
    { letters: { be: 'ab' } },
    { letters: { __proto_: 'ab' } },
    { minisign: ['RW'] },
    { minisign: [1] },
    { threshold: 0 },
    { threshold: '1' },
    { threshold: true },
    { signing_file: null },
    { signing_file: [] },
    { signing_file: '' },
    { signing_file: false },
  ];
  for (const changes of bad) assert.throws(() => read(changes), shape, JSON.stringify(changes));
});

test('every key entry has its form', () => {
  const bad = [
    { record: '' },
    { record: ENTRIES[0].record.slice(4) },
    { record: `${ENTRIES[0].record}\n` },
    { record: 1 },
    { from: 1 },
    { from: '' },
    { from: '2026-02-30' },
    { until: '2025-02-29' },
    { until: '2026-13-01' },
    { until: '2026-1-01' },
    { until: '0000-01-01' },
    { until: undefined },
    { extra: 1 },
  ];
  for (const changes of bad) {
    assert.throws(() => read({ keys: [{ ...ENTRIES[0], ...changes }] }), shape, JSON.stringify(changes));
  }
  assert.equal(read({ keys: [{ ...ENTRIES[0], from: '2024-02-29' }] }).keys[0].from, '2024-02-29');
});

test('a key of another appeal is refused', () => {
  const other = exampleKey(counting(32, 100), counting(16, 1)).record;
  assert.throws(() => read({ keys: [{ record: toBase64(other.bytes()), from: null, until: null }] }), shape);
});

test('the first key whose dates contain the day is chosen, both days included', () => {
  const dates = [
    ['2026-01-01', '2026-06-30'],
    ['2026-06-01', '2026-12-31'],
    [null, '2025-12-31'],
  ];
  const appeal = read({
    keys: ENTRIES.map((entry, at) => ({ ...entry, from: dates[at][0], until: dates[at][1] })),
  });
  const chosen = (today) =>
    RECORDS.findIndex((record) => hex(record.keyId) === hex(chooseKey(appeal, today).keyId));
  assert.equal(chosen('2026-01-01'), 0);
  assert.equal(chosen('2026-06-15'), 0);
  assert.equal(chosen('2026-06-30'), 0);
  assert.equal(chosen('2026-07-01'), 1);
  assert.equal(chosen('2026-12-31'), 1);
  assert.equal(chosen('2025-12-31'), 2);
  assert.throws(() => chosen('2027-01-01'), refusal(AppealError, 'appeal-no-key'));
});

test('an appeal without keys has no key for any day', () => {
  assert.throws(() => chooseKey(read({ keys: [] }), '2026-01-01'), refusal(AppealError, 'appeal-no-key'));
});
