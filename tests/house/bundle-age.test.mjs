// The script that is served, by what it is written with: syntax and names that browsers of 2019 know.
// What a browser without the newer names does, tests/browser/test_old_browsers.py tries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linter } from 'eslint';
import { readText } from '../support/worked_example.mjs';

// Chrome 73, Firefox 67 and Safari 12.1 parse all of ECMAScript 2019 (optional catch binding came before them).
const YEAR = 2019;
// What came after them, by MDN's tables, whatever it is called on. Not toHex and fromHex: @noble asks whether they are
// there.
const NEWER = [
  'at findLast findLastIndex toSorted toReversed toSpliced with groupBy fromAsync replaceAll matchAll',
  'isWellFormed toWellFormed any allSettled withResolvers structuredClone WeakRef FinalizationRegistry',
  'randomUUID throwIfAborted replaceChildren checkVisibility getHTML setHTMLUnsafe transfer resize',
  'fromBase64 toBase64 isSubsetOf union intersection difference reportError showModal',
  'requestSubmit trustedTypes userAgentData ResizeObserver AggregateError getOrInsert CompressionStream',
  'inert requestIdleCallback queueMicrotask setBigInt64 getBigInt64 getBigUint64',
]
  .join(' ')
  .split(' ');
// Minifying gives short names to our own functions, so of plain ones only these can be told.
const GLOBALS =
  'structuredClone|WeakRef|FinalizationRegistry|ResizeObserver|AggregateError|CompressionStream|reportError|queueMicrotask';
const names = NEWER.join('|');
const RULE = [
  'error',
  { selector: `CallExpression[callee.property.name=/^(${names})$/]`, message: 'newer' },
  { selector: `CallExpression[callee.property.value=/^(${names})$/]`, message: 'newer' },
  { selector: `:matches(NewExpression, CallExpression)[callee.name=/^(${GLOBALS})$/]`, message: 'newer' },
];

/** What is too new in a script: the words of the parser, or the lines where a newer name stands. */
function tooNew(script) {
  const config = {
    languageOptions: { ecmaVersion: YEAR, sourceType: 'script' },
    rules: { 'no-restricted-syntax': RULE },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
  };
  return new Linter()
    .verify(script, config)
    .map(({ message, column }) => `${message}: ${script.slice(column - 1, column + 60)}`);
}

test('newer syntax and newer names are found', () => {
  for (const script of [
    'a?.b',
    'a ?? b',
    '10n',
    'class A { #a }',
    'a.at(-1)',
    'a["replaceAll"]()',
    'new WeakRef(a)',
  ])
    assert.equal(tooNew(script).length > 0, true, script);
});

test('the served script has neither', async () => {
  assert.deepEqual(tooNew(await readText('../../service/static/sign.js')), []);
});
