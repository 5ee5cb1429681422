// The strict JSON reader (docs/spec.md, section 4).
// Invariant: it reads what JSON.parse reads, to the same value, or refuses with one reason.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, StrictJsonError } from '../../crypto/js/strictjson.mjs';
import { refusal, utf8 } from '../support/worked_example.mjs';

const read = (text) => parse(utf8(text));
const refused = (reason) => refusal(StrictJsonError, reason);

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return Object.fromEntries(Array.from(value, ([key, inner]) => [key, plain(inner)]));
  return value;
}

test('it reads what JSON.parse reads', () => {
  const texts = [
    '{}',
    '[]',
    ' [ 1 , 2 ] ',
    '\t\r\n {"a" : {"b":[true,false,null]}}\n',
    '"\\u0041\\n\\"\\\\\\/\\b\\f\\r\\t"',
    '0',
    '-1',
    '9007199254740991',
    '-9007199254740991',
    '"\\ud83d\\ude00"',
    '"\u2028\u007f"',
    '{"":""}',
    '[[],{}]',
  ];
  for (const text of texts) assert.deepEqual(plain(read(text)), JSON.parse(text), text);
});

test('minus zero is zero', () => {
  assert.ok(Object.is(read('-0'), 0));
});

test('__proto__ is a key like any other', () => {
  assert.equal(read('{"__proto__":1}').get('__proto__'), 1);
});

test('what is not JSON is refused', () => {
  const texts = [
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '{1:1}',
    '"',
    '"\\',
    '"\\x41"',
    '"\\u12"',
    '"\\u 123"',
    '"\n"',
    '"\t"',
    '"\u0000"',
    'tru',
    'truex',
    'True',
    'nulll',
    'undefined',
    '1 2',
    '{} {}',
    '[]x',
    '/**/1',
    '01',
    '-',
    '-01',
    '+1',
    '.5',
    '1.',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x1',
    '\u00a0[]',
    '[]\u0000',
    '\v[]',
    '[1 2]',
    '{"a":1 "b":2}',
    '"a" "b"',
  ];
  for (const text of texts) assert.throws(() => read(text), refused('json'), text);
});

test('numbers are integers that a double holds exactly', () => {
  for (const text of [
    '1.0',
    '1e3',
    '1E3',
    '0.5',
    '-0.0',
    '9007199254740992',
    '-9007199254740992',
    '9'.repeat(400),
  ]) {
    assert.throws(() => read(text), refused('json'), text);
  }
});

test('bytes that are not UTF-8 are refused', () => {
  const broken = [
    [0xff],
    [0x22, 0xc3, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0xef, 0xbb, 0xbf, 0xff],
  ];
  for (const bytes of broken) assert.throws(() => parse(Uint8Array.from(bytes)), refused('utf8'));
});

test('a byte order mark is refused at the start and is no white space elsewhere', () => {
  assert.throws(() => read('\ufeff{}'), refused('bom'));
  assert.throws(() => read('\ufeff'), refused('bom'));
  assert.throws(() => read(' \ufeff{}'), refused('json'));
  assert.equal(read('"\ufeff"'), '\ufeff');
});

test('a key that appears twice is refused, however it is written and however deep', () => {
  for (const text of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"b":{"a":1,"c":2,"a":3}}]', '{"":1,"":2}']) {
    assert.throws(() => read(text), refused('duplicate-key'), text);
  }
  assert.deepEqual(plain(read('{"a":{"a":1}}')), { a: { a: 1 } });
});

test('half a character is refused in values and keys', () => {
  for (const text of ['"\\ud800"', '"\\udc00"', '"\\ude00\\ud83d"', '{"\\ud800":1}', '["\\ud83dx\\ude00"]']) {
    assert.throws(() => read(text), refused('surrogate'), text);
  }
});

test('values eight levels below the first are read, deeper ones refused', () => {
  const nested = (depth, inner) => '['.repeat(depth) + inner + ']'.repeat(depth);
  assert.doesNotThrow(() => read(nested(8, '1')));
  assert.doesNotThrow(() => read(nested(9, '')));
  assert.throws(() => read(nested(9, '1')), refused('json'));
  assert.throws(() => read(nested(10, '')), refused('json'));
  assert.throws(() => read('['.repeat(1_000_000)), refused('json'));
  assert.throws(() => read('{"a":'.repeat(100_000)), refused('json'));
});

test('of several faults the first in the order of the reasons counts', () => {
  assert.throws(() => read('{"a":1,"a":"\\ud800",}'), refused('json'));
  assert.throws(() => read('{"b":"\\ud800","a":1,"a":1}'), refused('duplicate-key'));
});
