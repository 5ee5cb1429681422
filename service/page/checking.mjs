// Looks up whether the signature with a given code was counted. The whole publication is fetched as soon as the page is
// opened, whoever opens it. Entering a code then sends no request (docs/decisions/0011-doors.md). A code is not kept.

import { commitment, receipt } from '../../crypto/js/code.mjs';
import { pageAppeal } from './appeal.mjs';
import { readCode, wipeCode } from './codefield.mjs';
import { whenLeaving } from './leaving.mjs';
import { FetchError, fetchVerified } from './verifying.mjs';
import { word } from './words.mjs';

const STATES = ['loading', 'broken', 'ready'];
const ANSWERS = ['counted', 'not-counted'];

const element = (id) => document.getElementById(id);

let verified = null;

async function load() {
  const { publication, signers } = element('check').dataset;
  const minisigs = signers.split(' ').map((signer) => `${publication}.${signer}.minisig`);
  show('loading');
  try {
    verified = await fetchVerified({ publication, minisigs, appeal: pageAppeal() });
  } catch (error) {
    showBroken(error);
    return;
  }
  element('verified-number').textContent = verified.publication.number;
  showDay(verified.publication.date);
  for (const signer of element('verified-signers').children) {
    signer.hidden = !verified.signers.includes(signer.dataset.key);
  }
  show('ready');
}

// A file that could not be fetched may still be good; every other error is about the file itself.
function showBroken(error) {
  const lost = error instanceof FetchError;
  element('broken-reason').textContent = word(lost ? 'fetch' : 'unverified');
  element('broken-check').textContent = lost ? '' : error.reason || error.name;
  show('broken');
}

// The page has the date of its result in words, because browsers do not know every language; a newer result shows
// YYYY-MM-DD.
function showDay(date) {
  const place = element('verified-date');
  if (place.firstElementChild.dateTime !== date) place.textContent = date;
}

function show(name) {
  for (const state of STATES) element(state).hidden = state !== name;
}

function answer(name) {
  for (const each of ANSWERS) element(each).hidden = each !== name;
  if (name) element(name).focus();
}

function check() {
  answer(null);
  const code = readCode();
  if (code === null) return;
  const found = verified.publication.receipts.includes(receipt(commitment(code)));
  answer(found ? 'counted' : 'not-counted');
}

function reset() {
  wipeCode();
  answer(null);
}

/** Starts the form. The page of the result has an element of the same id, but no field for a code. */
export function startChecking() {
  if (!element('check').dataset.publication) return;
  element('not-started').hidden = true;
  reset();
  element('look').addEventListener('click', check);
  // When the code is changed, the answer to the old one disappears.
  element('typed-code').addEventListener('input', () => answer(null));
  element('again').addEventListener('click', load);
  whenLeaving(reset);
  load();
}
