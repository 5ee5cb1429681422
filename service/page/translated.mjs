// Says when the browser's translation, or another program in it, has changed the words of the page. That is no reason
// for an alarm, but the reader must know: a letter is signed as it was written.

// Programs that break words at the ends of lines put these in; no word is another one for them.
const UNSEEN = /[\u00ad\u200b\u2060]/g;

const element = (id) => document.getElementById(id);
const words = () => Array.from(document.querySelectorAll('h1, h2'), visible).join('\n');

/**
 * What a reader sees of an element's text.
 * @param {Node | null} place
 * @returns {string}
 */
export const visible = (place) => (place ? place.textContent.replace(UNSEEN, '') : '');

/** @param {() => void} react is called whenever something has changed words of the page, and often without need */
export function whenChanged(react) {
  new MutationObserver(react).observe(element('main'), {
    characterData: true,
    childList: true,
    subtree: true,
  });
}

/** Watches the titles: no script of ours changes them, and no translation leaves them as they are. */
export function startTranslated() {
  const served = words();
  whenChanged(() => {
    element('translated').hidden = words() === served;
  });
}
