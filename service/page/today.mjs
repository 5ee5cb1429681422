// Finds out which day it is, and lets nobody seal for a wrong one: phones have wrong clocks, and pages stay open for
// days. The site's page says which day it was made on, today; in the signing file the person is asked.

import { tellMistake } from './fields.mjs';

const DAY = 86400000;

const element = (id) => document.getElementById(id);

// What two clocks of the device said when the page was opened: one that tells the time, and one that only counts.
const opened = { clock: Date.now(), counter: performance.now() };

let shown = null;

/**
 * The days, YYYY-MM-DD in UTC, that it may be: one for each of the device's two clocks that ran since the page was
 * opened. The first one is also moved when somebody sets it, and the second may stand still while the device sleeps.
 * @returns {string[]}
 */
export function possibleDays() {
  const { today } = element('form').dataset;
  if (!today) return [dayInFile()];
  const start = startOf(Date.parse(today));
  const passed = [Date.now() - opened.clock, performance.now() - opened.counter];
  return passed.map((time) => dayOf(new Date(start + time)));
}

// A clock that is wrong by hours is nearer to an edge of the service's day than to its other end. Of one that is wrong
// by days, only the time of the day is taken.
function startOf(midnight) {
  const at = opened.clock - midnight;
  const agrees = at > -DAY / 2 && at < 1.5 * DAY;
  return midnight + (agrees ? Math.min(Math.max(at, 0), DAY - 1) : ((at % DAY) + DAY) % DAY);
}

const dayOf = (date) => date.toISOString().slice(0, 10);

function dayInFile() {
  const isOther = element('day') && element('day-wrong').checked;
  return isOther ? element('day-typed').value.trim() : dayOf(new Date());
}

/**
 * Whether it can be sealed for a day: in the signing file the person must have said which one it is.
 * @returns {boolean} false after the person was told what is missing
 */
export function checkDay() {
  if (!element('day')) return true;
  askAgain();
  const [right, wrong] = ['day-right', 'day-wrong'].map((id) => element(id).checked);
  tellMistake('day-right', right || wrong ? null : 'day-missing');
  const isMistyped = wrong && !isDay(element('day-typed').value.trim());
  if (right || wrong) tellMistake('day-typed', isMistyped ? 'day-typed' : null);
  return (right || wrong) && !isMistyped;
}

function isDay(text) {
  const time = Date.parse(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && dayOf(new Date(time)) === text;
}

// Shows the date of the device, and asks anew when it is another one than a person has answered about.
function askAgain() {
  const now = new Date();
  if (now.toDateString() === shown) return;
  shown = now.toDateString();
  element('device-day').textContent = inWords(now);
  for (const id of ['day-right', 'day-wrong']) element(id).checked = false;
  element('other-day').hidden = true;
}

// Not every browser knows every language, and the date must not stand there in another one.
function inWords(date) {
  const { language } = element('form').dataset;
  const isKnown = Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  if (isKnown) return date.toLocaleDateString(language, { day: 'numeric', month: 'long', year: 'numeric' });
  return dayOf(new Date(date.getTime() - date.getTimezoneOffset() * 60000));
}

/** Starts the question, if the page has it. */
export function startDay() {
  if (!element('day')) return;
  askAgain();
  element('day').addEventListener('change', () => {
    element('other-day').hidden = !element('day-wrong').checked;
  });
}
