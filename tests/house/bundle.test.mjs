// What the signer's browser gets.
// Invariant: the sealing code fits an old phone and a slow line, and has no way to open, to reach out or to guess.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readText } from '../support/worked_example.mjs';

const MODULES = new URL('../../crypto/js/', import.meta.url);
const MOST_GZIPPED_BYTES = 23_000;
const ENTRY = `
  import { generateCode } from './code.mjs';
  import { KeyRecord } from './keys.mjs';
  import { chooseKey } from './appeal.mjs';
  import { sealSignature, sealWithdrawal } from './seal.mjs';
  globalThis.sealing = { chooseKey, generateCode, KeyRecord, sealSignature, sealWithdrawal };
`;

const bundle = await build({
  stdin: { contents: ENTRY, resolveDir: fileURLToPath(MODULES) },
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: 'iife',
  legalComments: 'none',
  logLevel: 'silent',
  target: ['chrome73', 'firefox67', 'safari12.1'],
  // esbuild cannot lower destructuring, which Safari before 14.1 gets wrong in one corner. No harm: those lack BigInt
  // or setBigUint64, which our dependencies need, so there nothing is sealed.
  supported: { destructuring: true },
});

test('the sealing code is small', () => {
  const size = gzipSync(bundle.outputFiles[0].contents, { level: 9 }).length;
  assert.ok(size < MOST_GZIPPED_BYTES, `${size} bytes gzipped`);
});

test('the sealing code builds for the oldest browsers without a warning', () => {
  assert.deepEqual(bundle.warnings, []);
});

test('the sealing code carries nothing that opens, reads or verifies', () => {
  const carried = Object.entries(Object.values(bundle.metafile.outputs)[0].inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path.split('/').pop());
  assert.ok(carried.includes('seal.mjs'));
  for (const name of ['strictjson.mjs', 'minisign.mjs', 'ledger.mjs', 'publication.mjs', 'ed25519.mjs']) {
    assert.ok(!carried.includes(name), name);
  }
  assert.doesNotMatch(bundle.outputFiles[0].text, /open-outer|open-inner|undersigned-box/);
});

test('the modules reach for no clock, network, page, store or generator', () => {
  const outside =
    /\b(Date\.now|performance|Math\.random|getRandomValues|randomBytes|fetch|XMLHttpRequest|document|window|navigator|localStorage|process|console)\b|'node:/;
  for (const name of readdirSync(MODULES)) {
    const code = readText(`../../crypto/js/${name}`).replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
    assert.doesNotMatch(code, outside, name);
  }
});
