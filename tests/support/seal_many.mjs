// Seals, or opens, one envelope per line of standard input, for tests that compare with another implementation.
// To seal: {record, letter_hash, signature} or {record, letter_hash, code}; answers {envelope, code, commitment}.
// With --open: {master, appeal, envelope}; answers what the `open` operation of the vectors gives.
// Records and envelopes are base64, the rest is hex. A tool for tests, which have made-up masters only.

import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromBase64, toBase64 } from '../../crypto/js/base64.mjs';
import { commitment, generateCode } from '../../crypto/js/code.mjs';
import { KeyRecord, OrganizersKey } from '../../crypto/js/keys.mjs';
import { openEnvelope, sealSignature, sealWithdrawal } from '../../crypto/js/seal.mjs';
import { hex, shown, unhex } from './worked_example.mjs';

const random = (size) => webcrypto.getRandomValues(new Uint8Array(size));

function seal({ record, letter_hash, signature, code = generateCode(random) }) {
  const key = KeyRecord.parse(fromBase64(record));
  const letterHash = unhex(letter_hash);
  const slot = commitment(code);
  const envelope = signature
    ? sealSignature(key, signature, letterHash, slot, random)
    : sealWithdrawal(key, letterHash, code, random);
  return { envelope: toBase64(envelope), code, commitment: hex(slot) };
}

function open({ master, appeal, envelope }) {
  const key = OrganizersKey.derive(unhex(master), unhex(appeal));
  return shown(openEnvelope(key, fromBase64(envelope)));
}

// ASCII only: some programs end a line at U+2028, which a message may hold.
function ascii(value) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}

const answer = process.argv.includes('--open') ? open : seal;
for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line !== '') process.stdout.write(`${ascii(answer(JSON.parse(line)))}\n`);
}
