// Passes the letter on: copies its address, or gives it to another app, when the person presses a button.

const element = (id) => document.getElementById(id);

/** Offers what this browser can do. The address is the appeal's own, or else the one the page was opened at. */
export function startSharing() {
  const address = element('share-address').textContent || location.origin + location.pathname;
  element('share-address').textContent = address;
  element('share').hidden = false;
  element('share-copy').hidden = !navigator.clipboard;
  element('share-app').hidden = !navigator.share;
  element('copy').addEventListener('click', () => copy(address));
  // A person who closes the sheet without sharing needs no message.
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
