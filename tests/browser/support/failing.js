// Stands before a page's own script and makes one call of what the browser offers fail, as often as it is told.
// `failing.attempt(plan)` fills in the form, presses the button and says what came of it; a plan in the address, behind
// its #, holds from the start of the page on. Nothing here calls what it has wrapped: originals are kept first.

(() => {
  const OWNERS =
    'Object Array String Number BigInt Math JSON Map Set Promise Uint8Array Uint16Array Uint32Array Int32Array DataView ' +
    'ArrayBuffer TextEncoder TextDecoder Crypto SubtleCrypto AbortController Date RegExp Response Document Element ' +
    'HTMLElement Node EventTarget HTMLInputElement HTMLTextAreaElement HTMLDetailsElement MutationObserver Performance ' +
    'URL Blob File';
  const FUNCTIONS =
    'fetch setTimeout clearTimeout requestAnimationFrame atob btoa addEventListener parseInt parseFloat';
  const LEFT = ['prototype', 'constructor', 'length', 'name', 'caller', 'arguments'];
  const { apply, construct, getOwnPropertyDescriptor, defineProperty, ownKeys } = Reflect;
  const { getElementById, getElementsByClassName, querySelector } = Document.prototype;
  const { click } = HTMLElement.prototype;
  const { setTimeout, Promise, Event, Error } = window;
  const { dispatchEvent } = EventTarget.prototype;
  const { stringify, parse } = JSON;
  const value = (field) => getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value');
  const hiddenOf = getOwnPropertyDescriptor(HTMLElement.prototype, 'hidden').get;
  const now = performance.now.bind(performance);

  let armed = false;
  let plan = null;
  let met = false;
  let counts = Object.create(null);

  // True when the call shall do nothing; throws when it shall fail.
  function hit(name) {
    if (!armed) return false;
    const nth = (counts[name] = (counts[name] || 0) + 1);
    if (!plan || plan.name !== name || (plan.always ? nth < plan.nth : nth !== plan.nth)) return false;
    met = true;
    if (plan.nothing) return true;
    throw new Error('made to fail');
  }

  const wrapped = (original, name) =>
    new Proxy(original, {
      apply: (called, self, given) => (hit(name) ? undefined : apply(called, self, given)),
      construct: (called, given, target) => (hit(`new ${name}`) ? {} : construct(called, given, target)),
    });

  function wrap(owner, key, name) {
    const found = getOwnPropertyDescriptor(owner, key);
    if (!found || !found.configurable) return;
    for (const part of ['value', 'get', 'set']) {
      if (typeof found[part] === 'function')
        found[part] = wrapped(found[part], part === 'value' ? name : `${part} ${name}`);
    }
    defineProperty(owner, key, found);
  }

  function wrapAll(owner, name) {
    if (!owner) return;
    for (const key of ownKeys(owner)) {
      if (typeof key === 'string' && LEFT.indexOf(key) < 0) wrap(owner, key, `${name}.${key}`);
    }
  }

  const Typed = Object.getPrototypeOf(Uint8Array);
  wrapAll(Typed.prototype, 'TypedArray');
  wrapAll(Typed, 'TypedArray');
  for (const name of OWNERS.split(' ')) {
    const owner = window[name];
    if (!owner) continue;
    wrapAll(owner.prototype, name);
    wrapAll(owner, name);
    if (owner.prototype) wrap(window, name, name);
  }
  for (const name of FUNCTIONS.split(' ')) wrap(window, name, name);
  window.step = (at) => void hit(`statement ${at}`);

  const element = (id) => apply(getElementById, document, [id]);
  const find = (selector) => apply(querySelector, document, [selector]);
  const seen = (place) => Boolean(place) && !apply(hiddenOf, place, []);
  const pause = (ms) => new Promise((resolve) => apply(setTimeout, window, [resolve, ms]));
  const press = (id) => apply(click, element(id), []);

  function outcome() {
    if (seen(element('sent'))) return 'sent';
    if (seen(element('failed'))) return 'failed';
    if (seen(find('[data-state=retrying]'))) return 'retrying';
    return null;
  }

  async function settled(wanted, patience = 4000) {
    for (const end = now() + patience; now() < end; await pause(2)) {
      const found = outcome();
      if (found && (!wanted || found === wanted)) return found;
      const notes = apply(getElementsByClassName, document, ['error']);
      for (let at = 0; at < notes.length; at += 1) if (seen(notes[at])) return 'mistake';
    }
    return 'stuck';
  }

  let typed = {};
  function fill(texts) {
    typed = texts;
    for (const id in texts) {
      const field = element(id);
      // As if typed where a length is asked for: browsers check only what a person has changed.
      if (field.minLength > 0) {
        field.focus();
        field.select();
        document.execCommand('insertText', false, texts[id]);
      } else apply(value(field).set, field, [texts[id]]);
    }
  }
  function kept() {
    for (const id in typed) if (apply(value(element(id)).get, element(id), []) !== typed[id]) return false;
    return true;
  }

  // The page as it is after a try, ready for the next one.
  async function again(came) {
    if (came === 'retrying') {
      press('stop');
      await settled('failed');
    }
    if (came === 'sent' && element('another')) press('another');
  }

  window.failing = {
    fill,
    /** A try, with one call that fails; null: none. */
    async attempt(texts, wanted) {
      fill(texts);
      [plan, met, counts] = [wanted, false, Object.create(null)];
      armed = true;
      press('submit');
      const came = await settled();
      armed = false;
      const result = { came, met, kept: kept(), counts: { ...counts } };
      await again(came);
      return result;
    },
    /** Several, as JSON, until one leaves the page stuck. */
    async attempts(texts, plans) {
      const results = [];
      for (const each of plans) {
        const { came, met: happened, kept: stayed } = await this.attempt(texts, each);
        results[results.length] = [came, happened, stayed];
        if (came === 'stuck') break;
      }
      return stringify(results);
    },
    /** Counts or fails what runs until the page stands and the form was touched, and then a try. */
    async afterStart(texts) {
      const before = counts;
      if (seen(element('form')) && seen(element('not-started')) === false) {
        apply(dispatchEvent, element('form'), [new Event('focusin', { bubbles: true })]);
        await pause(60);
        fill(texts);
        press('submit');
        const came = await settled(null, 1000);
        armed = false;
        return stringify({ came, met, kept: kept(), counts: before });
      }
      armed = false;
      return stringify({ came: 'not started', met, kept: true, counts: before });
    },
  };

  if (location.hash.length > 1) {
    plan = parse(decodeURIComponent(location.hash.slice(1)));
    armed = true;
  }
})();
