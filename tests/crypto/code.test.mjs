// The signer's code (docs/spec.md, section 3).
// Invariant: 25 digits, each equally likely, or no code at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCode, commitment, generateCode, groupCode, receipt } from '../../crypto/js/code.mjs';
import { CodeError } from '../../crypto/js/errors.mjs';
import { CODE, counting, filled, refusal, scripted } from '../support/worked_example.mjs';

test('a code has one digit per byte, and bytes from 250 on are thrown away', () => {
  const bytes = counting(25, 240);
  assert.equal(generateCode(scripted(counting(25, 0))), '0123456789012345678901234');
  assert.equal(generateCode(scripted(bytes, counting(25, 100))), '0123456789012345678012345');
});

test('every digit is equally likely', () => {
  const counts = new Array(10).fill(0);
  for (let byte = 0; byte < 250; byte += 1) counts[Number(generateCode(() => filled(25, byte))[0])] += 1;
  assert.deepEqual(counts, new Array(10).fill(25));
});

test('a generator that is stuck, fails or gives another length gives no code', () => {
  assert.throws(() => generateCode(() => filled(25, 255)), TypeError);
  assert.throws(() => generateCode(() => filled(24, 1)), TypeError);
  assert.throws(() => generateCode(() => undefined), TypeError);
  assert.throws(() => generateCode(scripted()), /more randomness/);
});

test('what groups and separates does not count', () => {
  assert.equal(checkCode(' 48291-03377 59021\u00a088412--70536 '), CODE);
  assert.equal(checkCode(`\t${CODE}.\n`), CODE);
  assert.deepEqual(commitment('48291 03377 59021 88412 70536'), commitment(CODE));
});

test('anything but 25 decimal digits is refused', () => {
  const bad = ['', CODE.slice(1), `${CODE}0`, CODE.replace('4', '④'), CODE.replace('4', 'x'), `${CODE}x`];
  for (const text of bad) {
    assert.throws(() => checkCode(text), refusal(CodeError, 'code-form'));
    assert.throws(() => commitment(text), refusal(CodeError, 'code-form'));
  }
});

test('a code is shown as five groups of five', () => {
  assert.equal(groupCode(CODE), '48291 03377 59021 88412 70536');
});

test('a receipt has 16 hex digits and depends on the commitment', () => {
  assert.match(receipt(commitment(CODE)), /^[0-9a-f]{16}$/);
  assert.notEqual(receipt(filled(32, 1)), receipt(filled(32, 2)));
});
