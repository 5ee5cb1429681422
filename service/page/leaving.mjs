// The ways a person leaves a page, and what is wiped then. The quick exit is a plain link; here it blanks the page first
// and takes its place in the history.
// Knows where the exit leads; must never know what it wipes.

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

/** Brings the quick exit to life: its link, and Escape pressed three times. */
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
  // Blank before anything else: on a slow line the next page takes seconds.
  document.documentElement.hidden = true;
  for (const wipe of wipes) wipe();
  location.replace(address);
}
