// The publication and its verifier (docs/spec.md, section 6).
// Invariant: a publication is accepted only when enough pinned keys signed these bytes and its numbers agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake2b } from '@noble/hashes/blake2.js';
import { readAppeal } from '../../crypto/js/appeal.mjs';
import { PublicationError } from '../../crypto/js/errors.mjs';
import { digest, readPublication, verifyHashed, verifyPublication } from '../../crypto/js/publication.mjs';
import { minisigner, refusal, utf8 } from '../support/worked_example.mjs';

const SIGNERS = [1, 2, 3].map(minisigner);
const HASH = 'ab'.repeat(32);
const APPEAL_ID = '000102030405060708090a0b0c0d0e0f';

const PUBLICATION = {
  format: 'undersigned/v1/publication',
  appeal: APPEAL_ID,
  number: 1,
  previous: null,
  date: '2026-03-25',
  letters: { be: HASH },
  keys: [HASH],
  ledgers: [HASH],
  counts: { received: 7, unreadable: 1, duplicates: 1, rejected: 1, withdrawn: 1, public: 2, nonpublic: 2 },
  total: 4,
  by_hand: { public: 1, nonpublic: 0 },
  signatures: [
    { name: 'Алесь', relation: '', prisoner: '' },
    { name: 'Ірына', relation: 'сястра', prisoner: 'Алесь' },
  ],
  receipts: ['0000000000000001', '00000000000000ab', 'd67b228d3fe7ad50'],
};

const bytesOf = (changes) => utf8(JSON.stringify({ ...PUBLICATION, ...changes }));
const read = (changes) => readPublication(bytesOf(changes));
const refused = (reason) => refusal(PublicationError, `publication-${reason}`);

function appeal(threshold, signers = SIGNERS) {
  const value = { format: 'undersigned/v1/appeal', appeal: APPEAL_ID, keys: [], letters: {}, threshold };
  return readAppeal(utf8(JSON.stringify({ ...value, minisign: signers.map(({ line }) => line) })));
}

function verified(changes, previous = null) {
  const bytes = bytesOf(changes);
  return verifyPublication(bytes, [SIGNERS[0].sign(bytes)], appeal(1), previous);
}

test('a publication is read and cannot be changed', () => {
  const publication = read();
  assert.equal(publication.total, 4);
  assert.deepEqual({ ...publication.signatures[1] }, PUBLICATION.signatures[1]);
  assert.deepEqual({ ...publication.byHand }, PUBLICATION.by_hand);
  for (const value of [publication, publication.signatures, publication.signatures[0], publication.counts]) {
    assert.ok(Object.isFrozen(value));
  }
});

test('what is not strict JSON is refused', () => {
  for (const text of ['', '\ufeff{}', '{"a":1,"a":1}']) {
    assert.throws(() => readPublication(utf8(text)), refused('json'));
  }
});

test('exactly the keys of the specification are there', () => {
  assert.throws(() => read({ message: [] }), refused('shape'));
  for (const key of Object.keys(PUBLICATION))
    assert.throws(() => read({ [key]: undefined }), refused('shape'), key);
});

test('every value has its form', () => {
  const [published] = PUBLICATION.signatures;
  const bad = [
    { format: 'undersigned/v1/appeal' },
    { appeal: HASH },
    { number: 0 },
    { number: '1' },
    { previous: '' },
    { previous: HASH.toUpperCase() },
    { date: '2026-02-29' },
    { date: '25.03.2026' },
    { letters: [HASH] },
    { keys: HASH },
    { keys: [1] },
    { ledgers: [null] },
    { total: -1 },
    { total: null },
    { by_hand: {} },
    { by_hand: { public: 0, nonpublic: 0, all: 0 } },
    { counts: { ...PUBLICATION.counts, public: -1 } },
    { counts: { ...PUBLICATION.counts, hidden: 0 } },
    { signatures: [published, published.name] },
    { signatures: [published, { name: 'A' }] },
    { signatures: [published, { ...published, contact: 'x' }] },
    { signatures: [published, { ...published, name: ' ' }] },
    { signatures: [published, { ...published, relation: '\u202e' }] },
    { signatures: [published, { ...published, name: 1 }] },
    { receipts: ['d67b228d3fe7ad5'] },
    { receipts: ['D67B228D3FE7AD50'] },
  ];
  for (const changes of bad) assert.throws(() => read(changes), refused('shape'), JSON.stringify(changes));
});

test('the numbers agree', () => {
  const counts = (changes) => ({ counts: { ...PUBLICATION.counts, ...changes } });
  const bad = [
    { total: 5 },
    { signatures: [] },
    { receipts: [] },
    counts({ public: 3, nonpublic: 1 }),
    counts({ received: 2 }),
    { by_hand: { public: 3, nonpublic: 0 }, receipts: PUBLICATION.receipts.slice(2) },
    { by_hand: { public: 0, nonpublic: 0 } },
    { by_hand: { public: 0, nonpublic: 3 }, receipts: PUBLICATION.receipts.slice(2) },
  ];
  for (const changes of bad) assert.throws(() => read(changes), refused('sums'), JSON.stringify(changes));
  assert.equal(read(counts({ received: 3 })).counts.received, 3);
});

test('receipts are sorted', () => {
  assert.throws(() => read({ receipts: [...PUBLICATION.receipts].reverse() }), refused('order'));
});

test('as many different pinned keys as the threshold says have signed', () => {
  const bytes = bytesOf();
  const minisigs = SIGNERS.map(({ sign }) => sign(bytes));
  const verify = (signed, threshold, signers) => () =>
    verifyPublication(bytes, signed, appeal(threshold, signers), null);
  assert.equal(verify(minisigs, 3)().total, 4);
  assert.equal(verify([minisigs[2], 'nonsense', minisigs[0]], 2)().total, 4);
  assert.throws(verify([], 1), refused('minisig'));
  assert.throws(verify(minisigs.slice(0, 2), 3), refused('minisig'));
  assert.throws(verify([minisigs[0], minisigs[0], SIGNERS[0].sign(bytes, 'again')], 2), refused('minisig'));
  assert.throws(verify([minisigs[0]], 2, [SIGNERS[0], SIGNERS[0]]), refused('minisig'));
  assert.throws(verify([minisigner(4).sign(bytes)], 1), refused('minisig'));
  assert.throws(verify([SIGNERS[0].sign(bytesOf({ date: '2026-03-26' }))], 1), refused('minisig'));
});

test('it is told which pinned keys signed, each once', () => {
  const bytes = bytesOf();
  const minisigs = [SIGNERS[2], SIGNERS[0], SIGNERS[0], minisigner(4)].map(({ sign }) => sign(bytes));
  const pinned = appeal(2, [...SIGNERS, SIGNERS[0]]);
  const { publication, signers } = verifyHashed(bytes, blake2b(bytes), minisigs, pinned, null);
  assert.equal(publication.total, 4);
  assert.deepEqual(signers, [SIGNERS[0].line, SIGNERS[2].line]);
});

test('a publication is named by its SHA-256', () => {
  assert.equal(digest(utf8('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('nothing is read before it is known who signed it', () => {
  assert.throws(() => verifyPublication(utf8('{'), [], appeal(1), null), refused('minisig'));
});

test('the publication of another appeal is refused', () => {
  assert.throws(() => verified({ appeal: 'ab'.repeat(16) }), refused('appeal'));
});

test('a publication follows the last one seen', () => {
  const previous = { number: 4, digest: HASH };
  assert.equal(verified({ number: 5, previous: HASH }, previous).number, 5);
  for (const number of [1, 4, 6])
    assert.throws(() => verified({ number, previous: HASH }, previous), refused('number'));
  assert.throws(() => verified({ number: 5, previous: 'cd'.repeat(32) }, previous), refused('previous'));
  assert.throws(() => verified({ number: 5, previous: null }, previous), refused('previous'));
});

test('where none was seen before, only the first has none before it', () => {
  assert.equal(verified({ number: 1, previous: null }).number, 1);
  assert.equal(verified({ number: 5, previous: HASH }).number, 5);
  assert.throws(() => verified({ number: 5, previous: null }), refused('previous'));
  assert.throws(() => verified({ number: 1, previous: HASH }), refused('previous'));
});
