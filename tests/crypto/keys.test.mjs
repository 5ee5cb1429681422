// The organizers' key and its public record (docs/spec.md, section 1).
// Invariant: a record that parses can be sealed to.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { x25519 } from '../../crypto/js/box.mjs';
import { KeyFormatError } from '../../crypto/js/errors.mjs';
import { isUsablePoint, KeyRecord, OrganizersKey } from '../../crypto/js/keys.mjs';
import { counting, exampleKey, hex, refusal, unhex } from '../support/worked_example.mjs';

const KEY = exampleKey();
const BYTES = KEY.record.bytes();
const P_HEX = `ed${'ff'.repeat(30)}7f`;

const refused = (reason) => refusal(KeyFormatError, reason);

function changed(at, bytes) {
  const record = BYTES.slice();
  record.set(bytes, at);
  return record;
}

test('a record is written and read back unchanged', () => {
  assert.equal(BYTES.length, 1233);
  const parsed = KeyRecord.parse(BYTES);
  assert.deepEqual(parsed.bytes(), BYTES);
  assert.equal(hex(parsed.appealId), '000102030405060708090a0b0c0d0e0f');
  assert.equal(hex(parsed.keyId), '4d2129141dffbc');
  assert.equal(hex(parsed.header), '014d2129141dffbc');
});

test('the worked example has the record of section 8', () => {
  const digest = createHash('sha256').update(BYTES).digest('hex');
  assert.equal(digest, '4c0eb79974671f59183e21ec3817389aeb40403aea94229dbf44a1491f659cc9');
});

test('a record does not change with the bytes it was read from', () => {
  const bytes = BYTES.slice();
  const parsed = KeyRecord.parse(bytes);
  bytes.fill(0);
  assert.deepEqual(parsed.bytes(), BYTES);
});

test('a record has 1,233 bytes and the one version', () => {
  for (const size of [0, 1232, 1234])
    assert.throws(() => KeyRecord.parse(new Uint8Array(size)), refused('key-size'));
  for (const version of [0, 2, 255]) {
    assert.throws(() => KeyRecord.parse(changed(0, [version])), refused('key-version'));
  }
});

test('points of small order are refused', () => {
  const points = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    `ec${'ff'.repeat(30)}7f`,
    P_HEX,
    `ee${'ff'.repeat(30)}7f`,
  ];
  for (const point of points) {
    assert.throws(() => x25519.getSharedSecret(counting(32, 1), unhex(point)));
    assert.throws(() => KeyRecord.parse(changed(17, unhex(point))), refused('key-point'));
  }
});

test('points with the top bit set are refused', () => {
  const point = KEY.record.x25519Public.slice();
  assert.equal(isUsablePoint(point), true);
  point[31] |= 0x80;
  assert.throws(() => KeyRecord.parse(changed(17, point)), refused('key-point'));
});

test('an ML-KEM key with a coefficient that is not reduced is refused', () => {
  // 3329 is 0xd01: as the even coefficient of a triple 01 xd xx, as the odd one xx 1x d0.
  const last = 49 + 1152 - 3;
  for (const at of [49, 52, last]) {
    assert.doesNotThrow(() => KeyRecord.parse(changed(at, [0x00, 0x0d, 0xd0])));
    assert.throws(() => KeyRecord.parse(changed(at, [0x01, 0x0d, 0x00])), refused('key-kem'));
    assert.throws(() => KeyRecord.parse(changed(at, [0x00, 0x10, 0xd0])), refused('key-kem'));
    assert.throws(() => KeyRecord.parse(changed(at, [0xff, 0xff, 0xff])), refused('key-kem'));
  }
});

test('faults of a record are named in the order of its bytes', () => {
  const worst = new Uint8Array(1233).fill(0xff);
  assert.throws(() => KeyRecord.parse(worst), refused('key-version'));
  worst[0] = 1;
  assert.throws(() => KeyRecord.parse(worst), refused('key-point'));
});

test('a master has 32 bytes and an appeal id 16', () => {
  assert.throws(() => OrganizersKey.derive(new Uint8Array(31), new Uint8Array(16)), refused('key-size'));
  assert.throws(() => OrganizersKey.derive(new Uint8Array(32), new Uint8Array(17)), refused('key-size'));
});

test('printing or serializing a key shows no secret', () => {
  for (const shown of [inspect(KEY, { depth: null, maxArrayLength: null }), JSON.stringify(KEY)]) {
    assert.doesNotMatch(shown, /x25519Secret|kemSeed/);
  }
});
