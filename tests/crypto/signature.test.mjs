// A signature's record and its strict reader (docs/spec.md, section 4).
// Invariant: what is written is read back unchanged, and there is no second way to write it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordError } from '../../crypto/js/errors.mjs';
import { LIMITS, readSignature, writeSignature } from '../../crypto/js/signature.mjs';
import { refusal, SIGNATURE, utf8 } from '../support/worked_example.mjs';

const FULL = {
  name: 'Ірына "Іра" \\ Сінкевіч',
  relation: 'сястра',
  prisoner: 'Алесь',
  public: true,
  contact: 'ira@example.org',
  message: 'Свабоду! 🕊 \u2028',
  language: 'be',
  vouch: 'рабіна',
};

const text = (bytes) => new TextDecoder().decode(bytes);
const read = (json) => readSignature(utf8(json));
const refused = (reason) => refusal(RecordError, `record-${reason}`);

test('a record is compact, in the order of the table, without empty optional fields', () => {
  const shuffled = {
    language: 'be',
    public: false,
    prisoner: 'Алесь',
    relation: 'сястра',
    name: 'Ірына',
    vouch: '',
  };
  const expected = '{"name":"Ірына","relation":"сястра","prisoner":"Алесь","public":false,"language":"be"}';
  assert.equal(text(writeSignature(shuffled)), expected);
  assert.equal(text(writeSignature(SIGNATURE)), expected);
});

test('what is written is read back unchanged', () => {
  assert.deepEqual(readSignature(writeSignature(FULL)), FULL);
  assert.deepEqual(writeSignature(readSignature(writeSignature(SIGNATURE))), writeSignature(SIGNATURE));
});

test('absent optional fields are read as empty', () => {
  const empty = { relation: '', prisoner: '', contact: '', message: '', language: '', vouch: '' };
  assert.deepEqual(read('{"name":"A","public":true}'), { name: 'A', public: true, ...empty });
});

test('a signature that was read cannot be changed', () => {
  assert.ok(Object.isFrozen(read('{"name":"A","public":true}')));
});

test('the reader refuses what is not strict JSON, with the reason', () => {
  assert.throws(() => readSignature(Uint8Array.of(0x22, 0xff, 0x22)), refused('utf8'));
  assert.throws(() => read('\ufeff{"name":"A","public":true}'), refused('bom'));
  assert.throws(() => read('{"name":"A","public":true} x'), refused('json'));
  assert.throws(() => read('{"name":"A","public":true,"n\\u0061me":"B"}'), refused('duplicate-key'));
  assert.throws(() => read('{"name":"A\\ud800","public":true}'), refused('surrogate'));
});

test('the record is an object', () => {
  for (const json of ['[]', '"name"', '1', 'null', 'true']) assert.throws(() => read(json), refused('type'));
});

test('unknown keys are refused, before missing ones', () => {
  for (const key of ['Name', 'email', '__proto__', 'constructor', 'toString', '']) {
    assert.throws(() => read(`{${JSON.stringify(key)}:1}`), refused('unknown-key'));
  }
  assert.throws(() => writeSignature({ ...SIGNATURE, email: 'x' }), refused('unknown-key'));
});

test('name and public are required', () => {
  for (const json of ['{}', '{"name":"A"}', '{"public":true}']) {
    assert.throws(() => read(json), refused('missing-key'));
  }
});

test('public is true or false and all else is text', () => {
  for (const value of ['1', '0', 'null', '"true"', '[]', '{}']) {
    assert.throws(() => read(`{"name":"A","public":${value}}`), refused('type'));
  }
  for (const value of ['1', 'true', 'null', '[]', '{}']) {
    assert.throws(() => read(`{"name":${value},"public":true}`), refused('type'));
    assert.throws(() => read(`{"name":"A","public":true,"message":${value}}`), refused('type'));
  }
});

test('limits count code points, and both ends are allowed', () => {
  const fields = Object.entries(LIMITS).filter(([, limits]) => limits);
  assert.equal(fields.length, 7);
  for (const [field, [shortest, longest]] of fields) {
    const record = (size) => JSON.stringify({ name: 'A', public: true, [field]: '𝄞'.repeat(size) });
    assert.equal([...read(record(shortest))[field]].length, shortest);
    assert.equal([...read(record(longest))[field]].length, longest);
    assert.throws(() => read(record(longest + 1)), refused('length'));
    if (shortest > 0) assert.throws(() => read(record(shortest - 1)), refused('length'));
  }
});

test('a present language is not empty', () => {
  assert.throws(() => read('{"name":"A","public":true,"language":""}'), refused('length'));
});

test('control and format characters are refused, both ends of every range', () => {
  const refusedPoints = [
    0, 0x1f, 0x7f, 0x9f, 0xad, 0x600, 0x605, 0x61c, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0x180e, 0x200b, 0x200f,
    0x202a, 0x202e, 0x2060, 0x2064, 0x2066, 0x206f, 0xfeff, 0xfff9, 0xfffb, 0x110bd, 0x110cd, 0x13430,
    0x1343f, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a, 0xe0001, 0xe0020, 0xe007f,
  ];
  for (const point of refusedPoints) {
    const record = { name: `A${String.fromCodePoint(point)}`, public: true };
    assert.throws(() => read(JSON.stringify(record)), refused('character'), point.toString(16));
    assert.throws(() => writeSignature(record), refused('character'), point.toString(16));
  }
});

test('their neighbours are allowed', () => {
  const allowedPoints = [
    0x20, 0x7e, 0xa0, 0xac, 0xae, 0x5ff, 0x606, 0x61b, 0x61d, 0x892, 0x200a, 0x2010, 0x2029, 0x202f, 0x205f,
    0x2065, 0x2070, 0xfefe, 0xfff8, 0xfffc, 0x110bc, 0x13440, 0x1bca4, 0x1d17b, 0xe0000, 0xe0002, 0xe0080,
  ];
  for (const point of allowedPoints) {
    const name = `A${String.fromCodePoint(point)}`;
    assert.equal(readSignature(writeSignature({ name, public: true })).name, name, point.toString(16));
  }
});

test('the table is that of Unicode where this engine knows nothing newer', () => {
  const formats = /[\p{Cc}\p{Cf}]/u;
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const char = String.fromCodePoint(point);
    if (!formats.test(char)) continue;
    assert.throws(
      () => writeSignature({ name: `A${char}`, public: true }),
      refused('character'),
      point.toString(16),
    );
  }
});

test('a name of nothing but spaces is blank', () => {
  const spaces =
    ' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
  for (const name of [...spaces, spaces]) {
    assert.throws(() => writeSignature({ name, public: true }), refused('blank'));
    assert.equal(writeSignature({ name: `${name}.`, public: true }).length > 0, true);
  }
  assert.throws(() => writeSignature({ name: '', public: true }), refused('length'));
});

test('half a character is not written', () => {
  for (const half of ['\ud83d', '\ude00', '\ude00\ud83d']) {
    assert.throws(() => writeSignature({ ...SIGNATURE, message: half }), refused('surrogate'));
  }
});

test('fields are checked in the order of the table', () => {
  assert.throws(() => read('{"vouch":1,"name":"\\u0007","public":1}'), refused('character'));
  assert.throws(() => read('{"language":"","public":1,"name":"A"}'), refused('type'));
  assert.throws(
    () => read(`{"message":"${'x'.repeat(501)}","contact":"\\u0007","name":"A","public":true}`),
    refused('character'),
  );
});
