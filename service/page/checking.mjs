// Says whether the entry that belongs to a code was counted. The publication is fetched whole as soon as the page is
// opened, by everyone who opens it; entering a code then asks nobody for anything (docs/decisions/0011-doors.md).
// Must never send anything, and never keep a code.

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

// That a file could not be had says nothing about it; everything else does.
function showBroken(error) {
  const lost = error instanceof FetchError;
  element('broken-reason').textContent = word(lost ? 'fetch' : 'unverified');
  element('broken-check').textContent = lost ? '' : error.reason || error.name;
  show('broken');
}

// The day in words comes with the page, because browsers do not know every language; only a newer result has another.
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

/** Brings the page to life. The page of the result has a part of the same name, which takes no code. */
export function startChecking() {
  if (!element('check').dataset.publication) return;
  element('not-started').hidden = true;
  reset();
  element('look').addEventListener('click', check);
  // An answer must not stand beside another code than its own.
  element('typed-code').addEventListener('input', () => answer(null));
  element('again').addEventListener('click', load);
  whenLeaving(reset);
  load();
}
