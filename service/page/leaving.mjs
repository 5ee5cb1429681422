// Wipes the page when a person leaves it. The quick exit is a plain link; this script makes it blank the page first and
// replaces the page in the history. Each module that holds something typed says how to wipe it.

const wipes = [];
const KEY = 'Escape';
const PRESSES = 3;
const WITHIN = 2000;

/**
 * Runs `wipe` whenever the person leaves, and `again` when the back button brings back the page as it was kept.
 * @param {() => void} wipe must be harmless any number of times
 * @param {() => void} again
 */
export function whenLeaving(wipe, again = wipe) {
  wipes.push(wipe);
  addEventListener('pagehide', wipe);
  addEventListener('pageshow', ({ persisted }) => persisted && again());
}

/** Starts the quick exit: its link, and Escape pressed three times. */
export function startExit() {
  const { href } = document.getElementById('leave');
  let presses = [];
  document.getElementById('leave').addEventListener('click', (event) => {
    event.preventDefault();
    leave(href);
  });
  addEventListener('keydown', ({ key, repeat, timeStamp }) => {
    if (repeat) return;
    presses = key === KEY ? [...presses.filter((time) => timeStamp - time < WITHIN), timeStamp] : [];
    if (presses.length === PRESSES) leave(href);
  });
}

function leave(address) {
  // The page is blanked first, because on a slow line the next page takes seconds.
  document.documentElement.hidden = true;
  for (const wipe of wipes) wipe();
  location.replace(address);
}
