// The page's words that stand hidden in it until the script has to say them, in the page's language.

import { visible } from './translated.mjs';

/** @param {string} key */
export const word = (key) => visible(document.querySelector(`[data-word="${key}"]`));
