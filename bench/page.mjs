// Measures the letter's page on an old phone and a slow line; prints one line of JSON.
// Arguments: the page's address, the path of Chromium, the number of rounds. Used by bench/page.py and by a test.

import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const [, , address, executablePath, rounds] = process.argv;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
// Bits a second over eight, and milliseconds for the way there and back; nobody's cache helps.
const SLOW_3G = { offline: false, download: 400_000 / 8, upload: 400_000 / 8, latency: 400 };
const SLOWED = 6;

// Sealing lasts from the first random bytes that it asks for to the request that carries the envelope; a person waits
// from the press of the button on. A piece is what keeps the page from answering; the browser tells those from 50 ms on.
function watch() {
  let began = null;
  const { getRandomValues } = Crypto.prototype;
  Crypto.prototype.getRandomValues = function (array) {
    if (began === null) began = performance.now();
    return getRandomValues.call(this, array);
  };
  const { fetch } = window;
  window.fetch = (...given) => {
    window.sealed = performance.now() - began;
    window.waited = performance.now() - window.pressed;
    return fetch.apply(window, given);
  };
  const pieces = [];
  new PerformanceObserver((list) => pieces.push(...list.getEntries())).observe({ entryTypes: ['longtask'] });
  // The longest piece of a span.
  window.longest = (from, to) =>
    Math.max(
      0,
      ...pieces
        .filter((piece) => from <= piece.startTime && piece.startTime < to)
        .map((piece) => piece.duration),
    );
  // When the letter's first words and the form's button were there to be seen.
  const see = () => {
    const button = document.getElementById('submit');
    if (!window.formReady && button && button.offsetParent) window.formReady = performance.now();
    if (!window.letterReady && document.querySelector('#letter p')) window.letterReady = performance.now();
    if (!window.formReady) requestAnimationFrame(see);
  };
  requestAnimationFrame(see);
}

const launch = (...more) =>
  puppeteer.launch({ executablePath, headless: true, args: [...ARGS, ...more], protocolTimeout: 600_000 });

/** A page of a profile that has never been here. */
async function fresh(browser) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
  await page.evaluateOnNewDocument(watch);
  return page;
}

async function open(browser) {
  const page = await fresh(browser);
  const session = await page.createCDPSession();
  await session.send('Network.enable');
  // A browser that has already been used: its own start is not the page's.
  await page.goto('about:blank');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW_3G.latency,
    downloadThroughput: SLOW_3G.download,
    uploadThroughput: SLOW_3G.upload,
  });
  let bytes = 0;
  let requests = 0;
  session.on('Network.responseReceived', ({ response }) => (requests += /^http/.test(response.url) ? 1 : 0));
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(address);
  // On a busy machine the browser reports its first picture later than the form.
  await page.waitForFunction(
    () => window.formReady && performance.getEntriesByName('first-contentful-paint').length,
  );
  const seen = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    letter: window.letterReady,
    form: window.formReady,
  }));
  await page.browserContext().close();
  return { ...seen, letter: Math.max(seen.letter, seen.paint), bytes, requests };
}

async function seal(browser) {
  const page = await fresh(browser);
  await page.emulateCPUThrottling(SLOWED);
  await page.goto(address);
  await page.waitForSelector('#submit', { visible: true });
  await page.evaluate(() => (window.touched = performance.now()));
  await page.type('#name', 'Марыя');
  // Pressed by script and not by the pointer, because a page that scrolls while the processor is slowed moves under it.
  await page.$eval('#submit', (button) => {
    window.pressed = performance.now();
    button.click();
  });
  await page.waitForSelector('#sent', { visible: true });
  const took = await page.evaluate(() => ({
    sealing: window.sealed,
    waited: window.waited,
    piece: window.longest(window.touched, window.pressed),
  }));
  await page.browserContext().close();
  return took;
}

async function rate(browser) {
  const page = await browser.newPage();
  // Lighthouse's own phone on a slow 4G line: 1.6 Mbit/s, 150 ms, a processor slowed four times.
  const flags = { onlyCategories: ['performance', 'accessibility'], output: 'json', logLevel: 'error' };
  const { lhr } = await lighthouse(address, flags, undefined, page);
  const failed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9);
  await page.close();
  return {
    performance: Math.round(100 * lhr.categories.performance.score),
    accessibility: Math.round(100 * lhr.categories.accessibility.score),
    below: failed.map(({ id, score }) => `${id} ${score}`),
  };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function times(count, act) {
  const found = [];
  for (let at = 0; at < count; at += 1) found.push(await act());
  return found;
}

async function measured(act, ...more) {
  const browser = await launch(...more);
  const found = await act(browser);
  await browser.close();
  return found;
}

const middle = (found, key) => Math.round(median(found.map((each) => each[key])));

const opened = await measured((browser) => times(Number(rounds), () => open(browser)));
const sealed = await measured(
  (browser) => times(Number(rounds), () => seal(browser)),
  '--js-flags=--jitless',
);
const compiled = await measured((browser) => times(Number(rounds), () => seal(browser)));
const rated = await measured(rate);
process.stdout.write(
  `${JSON.stringify({
    bytes: opened[0].bytes,
    requests: opened[0].requests,
    letter_ms: middle(opened, 'letter'),
    form_ms: middle(opened, 'form'),
    seal_jitless_ms: middle(sealed, 'sealing'),
    seal_jitless_least_ms: Math.round(Math.min(...sealed.map(({ sealing }) => sealing))),
    wait_jitless_ms: middle(sealed, 'waited'),
    piece_jitless_ms: middle(sealed, 'piece'),
    seal_ms: middle(compiled, 'sealing'),
    wait_ms: middle(compiled, 'waited'),
    piece_ms: middle(compiled, 'piece'),
    ...rated,
  })}\n`,
);
