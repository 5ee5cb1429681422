// Every file of tests/vectors says one thing about the formats; the browser's modules must agree with each.
// Invariant: a vector either gives exactly its `ok`, or is refused with exactly its `error`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { chooseKey, readAppeal } from '../../crypto/js/appeal.mjs';
import { fromBase64, toBase64 } from '../../crypto/js/base64.mjs';
import { clean } from '../../crypto/js/cleaning.mjs';
import { checkCode, commitment, groupCode, receipt } from '../../crypto/js/code.mjs';
import { checkEnvelope, dearmor, envelopeId } from '../../crypto/js/envelope.mjs';
import { verifies } from '../../crypto/js/ed25519.mjs';
import { UndersignedError } from '../../crypto/js/errors.mjs';
import { KeyRecord, OrganizersKey } from '../../crypto/js/keys.mjs';
import { readLedger } from '../../crypto/js/ledger.mjs';
import { parsePublicKey, verify } from '../../crypto/js/minisign.mjs';
import { verifyPublication } from '../../crypto/js/publication.mjs';
import { openEnvelope, sealSignature, sealWithdrawal } from '../../crypto/js/seal.mjs';
import { readSignature, writeSignature } from '../../crypto/js/signature.mjs';
import { readParts, readText as textIn, writeParts } from '../../crypto/js/text-parts.mjs';
import { hex, readText, scripted, shown, unhex, utf8 } from '../support/worked_example.mjs';

function describe(record) {
  return { fingerprint: hex(record.fingerprint), key_id: hex(record.keyId), digits: record.digits };
}

function derive({ master, appeal }) {
  const { record } = OrganizersKey.derive(unhex(master), unhex(appeal));
  return { record: toBase64(record.bytes()), ...describe(record) };
}

function check({ envelope, accepted }) {
  const bytes = fromBase64(envelope);
  checkEnvelope(bytes, accepted.map(unhex));
  return { id: hex(envelopeId(bytes)) };
}

function seal({ record, ephemeral, coins, letter_hash, signature, commitment: slot, code }) {
  const key = KeyRecord.parse(fromBase64(record));
  const random = scripted(unhex(ephemeral), unhex(coins));
  const letterHash = unhex(letter_hash);
  const envelope = signature
    ? sealSignature(key, signature, letterHash, unhex(slot), random)
    : sealWithdrawal(key, letterHash, code, random);
  return { id: hex(envelopeId(envelope)) };
}

function open({ master, appeal: appealId, envelope }) {
  const key = OrganizersKey.derive(unhex(master), unhex(appealId));
  return shown(openEnvelope(key, fromBase64(envelope)));
}

function code({ text }) {
  const digits = checkCode(text);
  const slot = commitment(digits);
  return { code: digits, groups: groupCode(digits), commitment: hex(slot), receipt: receipt(slot) };
}

function ledger({ bytes, appeal }) {
  const file = fromBase64(bytes);
  const ids = readLedger(file, unhex(appeal)).map((envelope) => hex(envelopeId(envelope)));
  return { ids, digest: createHash('sha256').update(file).digest('hex') };
}

function appeal({ text }) {
  const { appealId, keys, threshold, collectedBefore } = readAppeal(utf8(text));
  const ids = keys.map(({ record }) => hex(record.keyId));
  return { appeal: hex(appealId), key_ids: ids, threshold, collected_before: collectedBefore };
}

function publication({ text, minisigs, appeal: appealText, previous }) {
  const { number, total } = verifyPublication(utf8(text), minisigs, readAppeal(utf8(appealText)), previous);
  return { number, total };
}

const OPERATIONS = new Map([
  ['derive', derive],
  ['key-record', ({ record }) => describe(KeyRecord.parse(fromBase64(record)))],
  ['check-envelope', check],
  ['seal', seal],
  ['open', open],
  ['record', ({ bytes }) => ({ signature: readSignature(fromBase64(bytes)) })],
  ['write-record', ({ signature }) => ({ text: Buffer.from(writeSignature(signature)).toString('utf8') })],
  ['write-parts', ({ envelope }) => ({ texts: writeParts(fromBase64(envelope)) })],
  ['read-parts', partsIn],
  ['text', ({ text }) => ({ id: hex(envelopeId(textIn(text))) })],
  ['clean', ({ text }) => ({ text: clean(text) })],
  ['dearmor', ({ text }) => ({ id: hex(envelopeId(dearmor(text))) })],
  ['code', code],
  ['ledger', ledger],
  ['minisign', minisign],
  [
    'ed25519',
    ({ cases }) => ({
      verdicts: cases.map(([point, message, signature]) =>
        verifies(unhex(signature), unhex(message), unhex(point)),
      ),
    }),
  ],
  ['appeal', appeal],
  ['choose-key', ({ text, today }) => ({ key_id: hex(chooseKey(readAppeal(utf8(text)), today).keyId) })],
  ['publication', publication],
]);

function partsIn({ text }) {
  const { envelopes, incomplete } = readParts(text);
  return { ids: envelopes.map((each) => hex(envelopeId(each))), incomplete };
}

function minisign({ public_key, message, minisig }) {
  return { trusted_comment: verify(parsePublicKey(public_key), fromBase64(message), minisig) };
}

function outcome(run, input) {
  try {
    return { ok: run(input) };
  } catch (error) {
    // Anything outside the tree is a fault of ours, never an answer.
    if (error instanceof UndersignedError) return { error: error.reason };
    throw error;
  }
}

function checkVector({ operation, input, expect }) {
  assert.ok(OPERATIONS.has(operation), `unknown operation: ${operation}`);
  assert.equal(Object.keys(expect).length, 1, 'a vector expects either ok or error');
  assert.deepEqual(outcome(OPERATIONS.get(operation), input), expect);
}

const names = readdirSync(new URL('../vectors/', import.meta.url)).filter((name) => name.endsWith('.json'));

test('there are vectors to agree with', () => {
  assert.notEqual(names.length, 0);
});

for (const name of names) {
  const vector = JSON.parse(readText(`../vectors/${name}`));
  test(`${name}: ${vector.rule}`, () => checkVector(vector));
}

test('a vector fails when its operation is unknown', () => {
  assert.throws(
    () => checkVector({ operation: 'guess', input: {}, expect: { ok: {} } }),
    /unknown operation/,
  );
});

test('a vector fails when it expects an error and gets a value or another reason', () => {
  const input = { text: '48291 03377 59021 88412 70536' };
  assert.throws(() => checkVector({ operation: 'code', input, expect: { error: 'code-form' } }));
  assert.throws(() =>
    checkVector({ operation: 'code', input: { text: '' }, expect: { error: 'code-size' } }),
  );
});

test('a vector fails when it expects a value and gets an error', () => {
  assert.throws(() => checkVector({ operation: 'code', input: { text: '' }, expect: { ok: {} } }));
});
