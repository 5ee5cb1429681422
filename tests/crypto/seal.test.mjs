// Sealing and opening (docs/spec.md, sections 2 and 8).
// Invariant: what was sealed opens to exactly what went in, and nothing else opens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { sealBox } from '../../crypto/js/box.mjs';
import { commitment, receipt } from '../../crypto/js/code.mjs';
import { envelopeId } from '../../crypto/js/envelope.mjs';
import { CodeError, EnvelopeError, KeyFormatError, OpenError, RecordError } from '../../crypto/js/errors.mjs';
import { sealBase } from '../../crypto/js/hpke.mjs';
import { KeyRecord, tag } from '../../crypto/js/keys.mjs';
import {
  composePlaintext,
  JSON_ROOM,
  openEnvelope,
  SIGNATURE as SIGNATURE_KIND,
  sealPlaintext,
  sealSignature,
  sealWithdrawal,
  WITHDRAWAL,
} from '../../crypto/js/seal.mjs';
import { writeSignature } from '../../crypto/js/signature.mjs';
import {
  CODE,
  counting,
  exampleKey,
  exampleRandom,
  filled,
  hex,
  LETTER_HASH,
  refusal,
  SIGNATURE,
  scripted,
  utf8,
} from '../support/worked_example.mjs';

const KEY = exampleKey();
const RECORD = KEY.record;
const SLOT = commitment(CODE);

const sealExample = () => sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, exampleRandom());

test('the worked example gives the fingerprint, the digits, the commitment and the receipt of section 8', () => {
  assert.equal(hex(RECORD.fingerprint), '4d2129141dffbccca4376817eddb81115a481dc1c608b94452d1f28518d5695f');
  assert.equal(RECORD.digits, '61650 98984 60733 39785 44238 95331 60335 87551');
  assert.equal(hex(SLOT), 'c909e2efe4109df219487a7880b4de998f6e89813a7670225ad5090b6205c7ed');
  assert.equal(receipt(SLOT), 'd67b228d3fe7ad50');
});

test('the worked example gives the signature and the withdrawal of section 8', () => {
  const withdrawal = sealWithdrawal(RECORD, LETTER_HASH, CODE, exampleRandom());
  assert.equal(
    hex(envelopeId(sealExample())),
    '92ed346eb4d910793ec8d23d1bcb206b1987cc6c8aeeacdb1b97ef89e53a06b8',
  );
  assert.equal(
    hex(envelopeId(withdrawal)),
    '8cd7d98f7f7b640920fcdbc7e15b2e0f788c04fa724005ddbdd983149250166c',
  );
});

test('a sealed signature opens to what went in', () => {
  const opened = openEnvelope(KEY, sealExample());
  assert.equal(opened.kind, 'signature');
  assert.deepEqual(opened.letterHash, LETTER_HASH);
  assert.deepEqual(opened.commitment, SLOT);
  assert.deepEqual(opened.signature, { ...SIGNATURE, contact: '', message: '', vouch: '' });
});

test('a sealed withdrawal opens to its code', () => {
  const opened = openEnvelope(
    KEY,
    sealWithdrawal(RECORD, LETTER_HASH, '48291-03377-59021 88412 70536', exampleRandom()),
  );
  assert.deepEqual(opened, { kind: 'withdrawal', letterHash: LETTER_HASH, code: CODE });
});

test('a record that was written down and parsed again seals the same envelope', () => {
  const parsed = KeyRecord.parse(RECORD.bytes());
  const envelope = sealSignature(parsed, SIGNATURE, LETTER_HASH, SLOT, exampleRandom());
  assert.deepEqual(envelope, sealExample());
});

test('sealing takes 32 bytes for the ephemeral secret, then 32 for the coins, and nothing more', () => {
  const asked = [];
  const random = (size) => {
    asked.push(size);
    return filled(size, asked.length);
  };
  sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, random);
  assert.deepEqual(asked, [32, 32]);
});

test('an expanded key is made once, encapsulates as the key itself does, and is not used up', () => {
  const expected = ml_kem768.encapsulate(RECORD.kemPublic, filled(32, 9));
  assert.equal(RECORD.kem(), RECORD.kem());
  for (let time = 0; time < 3; time += 1) {
    assert.deepEqual(RECORD.kem().encapsulate(filled(32, 9)), expected);
  }
});

test('other randomness gives another envelope, of the same size and header', () => {
  const other = sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, scripted(filled(32, 8), filled(32, 9)));
  assert.equal(other.length, 4096);
  assert.deepEqual(other.subarray(0, 8), sealExample().subarray(0, 8));
  assert.notDeepEqual(other.subarray(8, 40), sealExample().subarray(8, 40));
});

test('when randomness fails, nothing is sealed', () => {
  const broken = new Error('no entropy');
  const fails = () => {
    throw broken;
  };
  assert.throws(() => sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, fails), broken);
  assert.throws(() => sealWithdrawal(RECORD, LETTER_HASH, CODE, scripted(filled(32, 7))), /more randomness/);
});

test('randomness of another length or type seals nothing', () => {
  const bad = [
    filled(31, 7),
    filled(33, 7),
    new Uint8Array(),
    undefined,
    null,
    Promise.resolve(filled(32, 7)),
  ];
  for (const given of [...bad, Array.from(filled(32, 7)), 'x'.repeat(32)]) {
    const first = () => sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, scripted(given, filled(32, 9)));
    const second = () => sealSignature(RECORD, SIGNATURE, LETTER_HASH, SLOT, scripted(filled(32, 7), given));
    assert.throws(first, TypeError);
    assert.throws(second, TypeError);
  }
});

test('a signature that its own reader would refuse is not sealed', () => {
  const seal = (signature) => sealSignature(RECORD, signature, LETTER_HASH, SLOT, exampleRandom());
  assert.throws(() => seal({ name: ' ', public: true }), refusal(RecordError, 'record-blank'));
  assert.throws(() => seal({ public: true }), refusal(RecordError, 'record-missing-key'));
});

test('a signature fills the room to the last byte, and one byte more is refused', () => {
  const sized = (extra) => ({
    name: '𝄞'.repeat(120),
    public: true,
    message: '𝄞'.repeat(500),
    relation: 'r'.repeat(extra),
    prisoner: '€'.repeat(80),
  });
  const around = writeSignature(sized(1)).length - 1;
  const seal = (extra) => sealSignature(RECORD, sized(extra), LETTER_HASH, SLOT, exampleRandom());
  assert.equal(writeSignature(sized(JSON_ROOM - around)).length, 2845);
  assert.equal(openEnvelope(KEY, seal(JSON_ROOM - around)).signature.relation.length, JSON_ROOM - around);
  assert.throws(() => seal(JSON_ROOM - around + 1), refusal(RecordError, 'record-room'));
});

test('a letter hash or commitment of another length is not sealed', () => {
  for (const size of [0, 31, 33]) {
    const wrong = new Uint8Array(size);
    const letter = () => sealSignature(RECORD, SIGNATURE, wrong, SLOT, exampleRandom());
    const slot = () => sealSignature(RECORD, SIGNATURE, LETTER_HASH, wrong, exampleRandom());
    assert.throws(letter, refusal(KeyFormatError, 'key-size'));
    assert.throws(slot, refusal(KeyFormatError, 'key-size'));
  }
});

test('a withdrawal without 25 digits is not sealed', () => {
  const seal = () => sealWithdrawal(RECORD, LETTER_HASH, CODE.slice(1), exampleRandom());
  assert.throws(seal, refusal(CodeError, 'code-form'));
});

test('every change of a byte in every region of the envelope is refused', () => {
  const envelope = sealExample();
  // Version, key id, ephemeral key, box tag, enc, ciphertext, inner tag: first and last byte of each.
  const positions = [0, 1, 7, 8, 39, 40, 55, 56, 1143, 1144, 4079, 4080, 4095];
  for (const at of positions) {
    for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const changed = envelope.slice();
      changed[at] ^= flip;
      assert.throws(() => openEnvelope(KEY, changed), isOuterRefusal, `byte ${at} xor ${flip}`);
    }
  }
});

test('each of the 4,096 bytes is protected', () => {
  const envelope = sealExample();
  for (let at = 0; at < envelope.length; at += 1) {
    envelope[at] ^= 0x10;
    assert.throws(() => openEnvelope(KEY, envelope), isOuterRefusal, `byte ${at}`);
    envelope[at] ^= 0x10;
  }
  assert.equal(openEnvelope(KEY, envelope).kind, 'signature');
});

function isOuterRefusal(error) {
  return error instanceof EnvelopeError || refusal(OpenError, 'open-outer')(error);
}

test('the inner layer alone refuses every change', () => {
  const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, writeSignature(SIGNATURE));
  const info = Uint8Array.from([...tag('seal'), ...RECORD.header, ...RECORD.appealId]);
  const inner = sealBase(RECORD.kem(), info, plaintext, filled(32, 9));
  assert.equal(inner.length, 4040);
  for (const at of [0, 1, 500, 1087, 1088, 2000, 4023, 4024, 4039]) {
    const changed = inner.slice();
    changed[at] ^= 1;
    const envelope = [...RECORD.header, ...sealBox(RECORD.x25519Public, changed, filled(32, 7))];
    assert.throws(
      () => openEnvelope(KEY, Uint8Array.from(envelope)),
      refusal(OpenError, 'open-inner'),
      `byte ${at}`,
    );
  }
});

test('the inner layer is bound to the key and the appeal', () => {
  const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, writeSignature(SIGNATURE));
  for (const info of [new Uint8Array(), tag('seal'), Uint8Array.from([...tag('seal'), ...RECORD.header])]) {
    const inner = sealBase(RECORD.kem(), info, plaintext, filled(32, 9));
    const envelope = [...RECORD.header, ...sealBox(RECORD.x25519Public, inner, filled(32, 7))];
    assert.throws(() => openEnvelope(KEY, Uint8Array.from(envelope)), refusal(OpenError, 'open-inner'));
  }
});

test('another master or another appeal does not open', () => {
  const otherMaster = exampleKey(counting(32, 101));
  const otherAppeal = exampleKey(counting(32, 100), counting(16, 1));
  for (const key of [otherMaster, otherAppeal]) {
    assert.throws(() => openEnvelope(key, sealExample()), refusal(EnvelopeError, 'envelope-key'));
  }
});

test('an envelope readdressed to another key does not open', () => {
  const other = exampleKey(counting(32, 101));
  const readdressed = sealExample();
  readdressed.set(other.record.header);
  assert.throws(() => openEnvelope(other, readdressed), refusal(OpenError, 'open-outer'));
});

// What the inside must be, each broken alone, then with everything after it broken too: the first fault names it.
const BROKEN_INSIDES = [
  ['inner-header', (plaintext) => plaintext.fill(0xff, 0, 1)],
  ['inner-header', (plaintext) => plaintext.fill(0xff, 7, 8)],
  ['inner-appeal', (plaintext) => plaintext.fill(0xff, 8, 9)],
  ['inner-appeal', (plaintext) => plaintext.fill(0xff, 23, 24)],
  ['inner-padding', (plaintext) => plaintext.fill(1, 2935, 2936)],
  ['inner-padding', (plaintext) => plaintext.fill(0, 90)],
  ['inner-kind', (plaintext) => plaintext.fill(0, 88, 89)],
  ['inner-kind', (plaintext) => plaintext.fill(3, 88, 89)],
  ['inner-reserved', (plaintext) => plaintext.fill(1, 89, 90)],
];

function sealChanged(plaintext, change) {
  change(plaintext);
  return sealPlaintext(RECORD, plaintext, exampleRandom());
}

test('an inside that breaks a rule of section 2 is refused with the name of that rule', () => {
  for (const [reason, change] of BROKEN_INSIDES) {
    const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, writeSignature(SIGNATURE));
    assert.throws(() => openEnvelope(KEY, sealChanged(plaintext, change)), refusal(OpenError, reason));
  }
});

test('an inside that breaks several rules is refused with the name of the first', () => {
  const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, writeSignature(SIGNATURE));
  for (const [reason, change] of [...BROKEN_INSIDES].reverse()) {
    const envelope = sealChanged(plaintext, change);
    assert.throws(() => openEnvelope(KEY, envelope), refusal(OpenError, reason));
  }
});

test('padding that ends before the JSON begins is refused', () => {
  const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, new Uint8Array());
  plaintext.fill(0, 89);
  plaintext[89] = 0x80;
  const envelope = sealPlaintext(RECORD, plaintext, exampleRandom());
  assert.throws(() => openEnvelope(KEY, envelope), refusal(OpenError, 'inner-padding'));
});

test('an empty JSON text is refused by the strict reader, not by the padding', () => {
  const plaintext = composePlaintext(RECORD, LETTER_HASH, SLOT, SIGNATURE_KIND, new Uint8Array());
  const envelope = sealPlaintext(RECORD, plaintext, exampleRandom());
  assert.throws(() => openEnvelope(KEY, envelope), refusal(RecordError, 'record-json'));
});

test('a withdrawal holds 25 digits, seven zeros and {} and nothing else', () => {
  const slot = Uint8Array.from([...utf8(CODE), 0, 0, 0, 0, 0, 0, 0]);
  const open = (changed, json) => {
    const plaintext = composePlaintext(RECORD, LETTER_HASH, changed, WITHDRAWAL, utf8(json));
    return openEnvelope(KEY, sealPlaintext(RECORD, plaintext, exampleRandom()));
  };
  assert.equal(open(slot, '{}').code, CODE);
  for (const at of [0, 24, 25, 31]) {
    const changed = slot.slice();
    changed[at] = 0x2f;
    assert.throws(() => open(changed, '{}'), refusal(OpenError, 'inner-slot'));
  }
  for (const json of ['', '{ }', '{}\n', '[]', '{"name":"x"}']) {
    assert.throws(() => open(slot, json), refusal(OpenError, 'inner-withdrawal'));
  }
});

test('a plaintext of another size is not sealed', () => {
  for (const size of [0, 2935, 2937]) {
    const seal = () => sealPlaintext(RECORD, new Uint8Array(size), exampleRandom());
    assert.throws(seal, refusal(EnvelopeError, 'envelope-size'));
  }
});
