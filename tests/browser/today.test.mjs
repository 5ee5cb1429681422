// The day by which the page seals: the service's, whatever the device's clock says.

import assert from 'node:assert/strict';
import test from 'node:test';

const HOUR = 3600000;
const DAY = 24 * HOUR;
const TODAY = '2026-12-01';
const MIDNIGHT = Date.parse(TODAY);

const now = Date.now;
let opened = 0;

/** The days that the module tells `passed` after a page of TODAY was opened at a time by the device's clock. */
async function daysAfter(clock, passed) {
  globalThis.document = { getElementById: (id) => (id === 'form' ? { dataset: { today: TODAY } } : null) };
  const counter = performance.now.bind(performance);
  try {
    Date.now = () => clock;
    performance.now = () => 5;
    const { possibleDays } = await import(`../../service/page/today.mjs?${(opened += 1)}`);
    Date.now = () => clock + passed;
    performance.now = () => 5 + passed;
    return [...new Set(possibleDays())];
  } finally {
    Date.now = now;
    performance.now = counter;
  }
}

// How far the real time is from midnight when the page is opened, and by how much the clock is wrong.
const CASES = [
  [0, 30000, 0, TODAY],
  [10000, -30000, 60000, TODAY],
  [10000, -30000, 23 * HOUR, TODAY],
  [DAY - 10000, 30000, 20 * 60000, '2026-12-02'],
  [DAY - 10000, 30000, 23 * HOUR, '2026-12-02'],
  [HOUR, -3 * HOUR, HOUR, TODAY],
  [DAY - HOUR, 3 * HOUR, 30 * 60000, '2026-12-02'],
  [12 * HOUR, -200 * DAY, HOUR, TODAY],
  [12 * HOUR, 200 * DAY, 13 * HOUR, '2026-12-02'],
];

for (const [since, wrong, passed, day] of CASES) {
  test(`opened ${since / 1000} s after midnight, clock ${wrong / 1000} s off, ${passed / 1000} s later`, async () => {
    assert.deepEqual(await daysAfter(MIDNIGHT + since + wrong, passed), [day]);
  });
}
