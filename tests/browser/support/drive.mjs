// Drives one browser for engines.py: a command as a line of JSON comes in, its outcome goes out as another.
// Chromium is spoken to over its own protocol, Firefox over WebDriver BiDi.

import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';
import { scriptless } from './scriptless.mjs';

const [, , browserName, executablePath, options] = process.argv;
const { args, prefs, scripts, profile } = JSON.parse(options);
const TIMEOUT = 60_000;
const HTML = { status: 200, contentType: 'text/html', body: '<p>Weather</p>' };

const launched = puppeteer.launch({
  browser: browserName,
  executablePath,
  headless: true,
  args,
  extraPrefsFirefox: prefs,
  userDataDir: profile || undefined,
  timeout: TIMEOUT,
  protocolTimeout: 3 * TIMEOUT,
});
let context = null;
let page = null;
let asked = [];
let complaints = [];
// What requests to an address that ends like this meet, one after the other; then they pass.
let troubles = {};

function intercept(request) {
  const url = request.url();
  if (!/^(data|blob|about|file):/.test(url)) asked.push({ url, method: request.method() });
  const found = Object.keys(troubles).find((end) => url.endsWith(end));
  const met = found && troubles[found].shift();
  if (!met) return request.continue();
  if (met === 'abort') return request.abort();
  return request.respond(
    met === 'page' ? HTML : { status: met, contentType: 'application/json', body: '{}' },
  );
}

async function withoutScripts() {
  // All of a page is in view: scrolling to what is pressed would take a script.
  await page.setViewport({ width: 390, height: 4000 });
  if (browserName === 'chrome') await page.setJavaScriptEnabled(false);
}

const shown = (visible) => ({ visible, hidden: !visible, timeout: TIMEOUT });

const commands = {
  async fresh() {
    if (context) await context.close();
    // A context of its own would be a private window, and leave nothing in a profile.
    context = profile
      ? (await launched).defaultBrowserContext()
      : await (await launched).createBrowserContext();
    page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT);
    [asked, complaints, troubles] = [[], [], {}];
    if (!scripts) return withoutScripts();
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.setRequestInterception(true);
    page.on('request', (request) => intercept(request).catch((error) => complaints.push(String(error))));
  },
  beforehand: ({ source }) => page.evaluateOnNewDocument(source).then(() => {}),
  goto: ({ url }) => page.goto(url).then(() => {}),
  reload: () => page.reload().then(() => {}),
  back: () => page.goBack().then(() => {}),
  url: () => page.url(),
  async click({ on }) {
    await page.waitForSelector(on, shown(true));
    // Through the page's own layout: a note that has just grown may push what is pressed away from under the pointer.
    await page.$eval(on, (element) => element.scrollIntoView({ block: 'center', behavior: 'instant' }));
    await page.click(on);
  },
  async type({ on, text }) {
    await page.waitForSelector(on, shown(true));
    await page.focus(on);
    if (scripts) await page.keyboard.type(text);
    else await page.keyboard.sendCharacter(text);
  },
  press: ({ key }) => page.keyboard.press(key),
  visible: ({ on }) => page.waitForSelector(on, shown(true)).then(() => {}),
  hidden: ({ on }) => page.waitForSelector(on, shown(false)).then(() => {}),
  says: ({ on, words }) =>
    page
      .waitForFunction(
        (selector, text) => {
          const found = document.querySelector(selector);
          return found && found.innerText.includes(text);
        },
        {},
        on,
        words,
      )
      .then(() => {}),
  focused: ({ on }) =>
    page.waitForFunction((selector) => document.activeElement.matches(selector), {}, on).then(() => {}),
  arrived: ({ url }) => page.waitForFunction((address) => location.href === address, {}, url).then(() => {}),
  text: ({ on }) => page.$eval(on, (element) => element.innerText),
  value: ({ on }) => page.$eval(on, (element) => element.value),
  evaluate: ({ source }) => page.evaluate(source),
  trouble: ({ end, met }) => void (troubles[end] = met),
  asked: () => asked,
  complaints: () => complaints,
};
if (!scripts && browserName === 'firefox')
  Object.assign(
    commands,
    scriptless(() => page, TIMEOUT),
  );

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    const value = await commands[command](given);
    answer = { value: value === undefined ? null : value };
  } catch (error) {
    answer = { error: `${command} ${JSON.stringify(given)}: ${error}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await (await launched).close();
