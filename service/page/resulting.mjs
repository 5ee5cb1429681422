// Checks whether this page shows what the organizers signed, and says the answer in words.
// It compares the text that a reader sees, and changes no number and no name.

import { digest } from '../../crypto/js/publication.mjs';
import { pageAppeal } from './appeal.mjs';
import { hex } from './hex.mjs';
import { fetchVerified } from './verifying.mjs';

// The most bytes that are downloaded without asking a reader, who may have a slow line.
const MOST_AUTOMATIC_BYTES = 65536;
// nginx keeps each file for two seconds (deploy/nginx/answers.conf).
const SETTLED = 3000;

const element = (id) => document.getElementById(id);
const all = (selector) => Array.from(document.querySelectorAll(selector));

/** Checks at once when the file is small, and otherwise offers to. */
export function startResulting() {
  for (const id of ['verify', 'verify-again']) element(id).addEventListener('click', check);
  if (Number(element('verification').dataset.bytes) > MOST_AUTOMATIC_BYTES) say('offered');
  // The letter must be on the screen first, because checking keeps the phone busy.
  else addEventListener('load', () => setTimeout(check, 0));
}

function say(verdict) {
  for (const state of all('[data-verdict]')) state.hidden = state.dataset.verdict !== verdict;
}

async function check() {
  say('working');
  let verdict = await look();
  // While a new result arrives, page, file and minisigs may come from different seconds: look again before an alarm.
  if (verdict === 'unsigned' || verdict === 'older') {
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    verdict = await look();
  }
  say(verdict);
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
    all('[data-count]').every((place) => shows(place, publication)) &&
    all('[data-day]').every((place) => showsDay(place, publication.date)) &&
    all('[data-names]').every((list) => showsNames(list, publication.signatures)) &&
    (await showsDigest(bytes));
  return agrees ? 'good' : 'differs';
}

function shows(place, publication) {
  const number = (path) => path.split('.').reduce((value, key) => value[key], publication);
  const expected = place.dataset.count.split('+').reduce((sum, path) => sum + number(path), 0);
  // Every language groups digits in its own way.
  return place.textContent.replace(/[\s.,'’]/g, '') === String(expected);
}

// Day and year only, because the month is a word in some language.
function showsDay(place, date) {
  const [year, , day] = date.split('-').map(Number);
  const seen = (place.textContent.match(/\d+/g) || []).map(Number);
  return place.dateTime === date && seen.includes(day) && seen.includes(year);
}

async function showsDigest(bytes) {
  const places = all('[data-digest]');
  if (places.length === 0) return true;
  const name = await nameOf(bytes);
  return places.every((place) => place.textContent === name);
}

// The browser's own SHA-256 where there is one: without JIT, ours takes seconds for a large file.
async function nameOf(bytes) {
  if (!crypto.subtle) return digest(bytes);
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

// Each language has an order of its own, so the page says at which places in the signed file its names stand.
function showsNames(list, signatures) {
  const { names, first, most } = list.dataset;
  const places = names.split(' ').map(Number);
  if (places.length !== list.children.length || new Set(places).size !== places.length) return false;
  if (first !== undefined && places.length !== Math.min(most, signatures.length - first)) return false;
  const written = signatures.map(({ name, relation, prisoner }) => [name, relation, prisoner].join('\n'));
  return places.every((place, at) => seenIn(list.children[at]) === written[place]);
}

function seenIn(item) {
  const text = (part) => (item.querySelector(part) || { textContent: '' }).textContent;
  return ['.name', '.relation', '.whose'].map(text).join('\n');
}

function fill(values) {
  for (const place of all('[data-fill]')) place.textContent = values[place.dataset.fill];
}
