// The one field that takes a code: read by the rules of the formats, mistakes told beside it.
// Knows the field; must never send, store or log what is in it.

import { checkCode } from '../../crypto/js/code.mjs';
import { CodeError } from '../../crypto/js/errors.mjs';
import { tellMistake, wipeField } from './fields.mjs';

const FIELD = 'typed-code';

const element = (id) => document.getElementById(id);

/**
 * The code, or null after the mistake was told and the focus moved to it.
 * @returns {string | null} 25 digits
 */
export function readCode() {
  const typed = element(FIELD).value;
  let code = null;
  try {
    code = checkCode(typed.trim());
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
  }
  tellMistake(FIELD, code === null ? mistakeIn(typed) : null, typed.replace(/[^0-9]/g, '').length);
  return code;
}

function mistakeIn(typed) {
  if (typed.trim() === '') return 'code-missing';
  return /[^0-9 \u00a0-]/.test(typed.trim()) ? 'code-other' : 'code-count';
}

/** Forgets what was typed, and what was said of it. */
export const wipeCode = () => wipeField(FIELD);
