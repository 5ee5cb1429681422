// Passing the letter on: the address to the clipboard or to another app, when the person says so.
// Knows the letter's address; must never know who passes it on, or whether.

const element = (id) => document.getElementById(id);

/** Offers what this browser can do. The address is the appeal's own, or else the one the page was opened at. */
export function startSharing() {
  const address = element('share-address').textContent || location.origin + location.pathname;
  element('share-address').textContent = address;
  element('share').hidden = false;
  element('share-copy').hidden = !navigator.clipboard;
  element('share-app').hidden = !navigator.share;
  element('copy').addEventListener('click', () => copy(address));
  // Whoever closes the sheet again has decided; there is nothing to say.
  element('send-on').addEventListener('click', () => navigator.share({ url: address }).catch(() => {}));
}

async function copy(address) {
  let done = true;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    done = false;
  }
  element('copied').hidden = !done;
  element('not-copied').hidden = done;
}
