// The page's words that stand hidden in it until the script has to say them, in the page's language.

/** @param {string} key */
export const word = (key) => document.querySelector(`[data-word="${key}"]`).textContent;
