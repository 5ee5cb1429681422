// Checks whether this page shows what the organizers signed, and says the answer in words.
// It compares the text as it was served: what a translation makes of it later is no fault of the site. It changes no
// number and no name.

import { digest } from '../../crypto/js/publication.mjs';
import { pageAppeal } from './appeal.mjs';
import { hex } from './hex.mjs';
import { visible, whenChanged } from './translated.mjs';
import { fetchVerified } from './verifying.mjs';

// The most bytes that are downloaded without asking a reader, who may have a slow line.
const MOST_AUTOMATIC_BYTES = 65536;
// nginx keeps each file for two seconds (deploy/nginx/answers.conf).
const SETTLED = 3000;

const element = (id) => document.getElementById(id);
const all = (selector) => Array.from(document.querySelectorAll(selector));

// What the page said when the script started, before a browser translates.
let served = null;
let verdict = null;

/** Checks at once when the file is small, and otherwise offers to. */
export function startResulting() {
  served = read();
  whenChanged(compareAgain);
  for (const id of ['verify', 'verify-again']) element(id).addEventListener('click', check);
  if (Number(element('verification').dataset.bytes) > MOST_AUTOMATIC_BYTES) say('offered');
  // The letter must be on the screen first, because checking keeps the phone busy.
  else addEventListener('load', () => setTimeout(check, 0));
}

function say(found) {
  verdict = found;
  for (const state of all('[data-verdict]')) state.hidden = state.dataset.verdict !== found;
}

async function check() {
  say('working');
  let found = await look();
  // While a new result arrives, page, file and minisigs may come from different seconds: look again before an alarm.
  if (found === 'unsigned' || found === 'older') {
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    found = await look();
  }
  say(found);
  compareAgain();
}

async function look() {
  try {
    const signers = all('[data-signer]');
    const minisigs = signers.map(({ dataset }) => dataset.minisig).filter(Boolean);
    const { publication } = element('verification').dataset;
    const verified = await fetchVerified({ publication, minisigs, appeal: pageAppeal() });
    const names = signers.filter(({ dataset }) => verified.signers.includes(dataset.key));
    fill({ ...verified.publication, signers: names.map(({ dataset }) => dataset.signer).join(', ') });
    return await verdictOn(verified);
  } catch ({ reason = '' }) {
    return verdictOf(reason);
  }
}

function verdictOf(reason) {
  if (reason === 'publication-minisig') return 'unsigned';
  return reason.startsWith('publication-') ? 'damaged' : 'unreached';
}

async function verdictOn({ publication, bytes }) {
  const shown = Number(element('verification').dataset.number);
  if (publication.number > shown) return 'newer';
  if (publication.number < shown) return 'older';
  const agrees =
    served.counts.every((place) => shows(place, publication)) &&
    served.days.every((place) => showsDay(place, publication.date)) &&
    served.lists.every((list) => showsNames(list, publication.signatures)) &&
    (await showsDigest(bytes));
  return agrees ? 'good' : 'differs';
}

// What the page says of the result, as a reader sees it.
function read() {
  return {
    counts: all('[data-count]').map((place) => ({ paths: place.dataset.count, text: visible(place) })),
    days: all('[data-day]').map((place) => ({ day: place.dateTime, text: visible(place) })),
    digests: all('[data-digest]').map(visible),
    lists: all('[data-names]').map(({ dataset: { first, most }, children }) => ({
      range: first === undefined ? null : [Number(first), Number(first) + Number(most)],
      seen: Array.from(children, seenIn),
    })),
  };
}

// A good result stays one, but what a translation has made of it is not what was checked.
function compareAgain() {
  const isSame = JSON.stringify(read()) === JSON.stringify(served);
  if (verdict === 'good' || verdict === 'altered') say(isSame ? 'good' : 'altered');
}

function shows({ paths, text }, publication) {
  const number = (path) => path.split('.').reduce((value, key) => value[key], publication);
  const expected = paths.split('+').reduce((sum, path) => sum + number(path), 0);
  // Every language groups digits in its own way.
  return text.replace(/[\s.,'’]/g, '') === String(expected);
}

// Day and year only, because the month is a word in some language.
function showsDay({ day: shown, text }, date) {
  const [year, , day] = date.split('-').map(Number);
  const seen = (text.match(/\d+/g) || []).map(Number);
  return shown === date && seen.includes(day) && seen.includes(year);
}

async function showsDigest(bytes) {
  if (served.digests.length === 0) return true;
  const name = await nameOf(bytes);
  return served.digests.every((text) => text === name);
}

// The browser's own SHA-256 where there is one: without JIT, ours takes seconds for a large file.
async function nameOf(bytes) {
  if (!crypto.subtle) return digest(bytes);
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

function showsNames({ range, seen }, signatures) {
  const written = signatures.map(({ name, relation, prisoner }) => [name, relation, prisoner].join('\n'));
  if (range === null) return isPartOf(seen, written);
  const expected = written.slice(...range);
  return seen.length === expected.length && isPartOf(seen, expected);
}

function seenIn(item) {
  return ['.name', '.relation', '.whose'].map((part) => visible(item.querySelector(part))).join('\n');
}

/** Whether all of `some` stand in `whole`, in the same order. */
function isPartOf(some, whole) {
  let at = 0;
  for (const one of whole) {
    if (one === some[at]) at += 1;
  }
  return at === some.length;
}

function fill(values) {
  for (const place of all('[data-fill]')) place.textContent = values[place.dataset.fill];
}
