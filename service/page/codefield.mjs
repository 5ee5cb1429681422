// The field for a code: reads it by the rules of the formats and shows mistakes beside it.
// Nothing here sends or stores the code.

import { checkCode } from '../../crypto/js/code.mjs';
import { CodeError } from '../../crypto/js/errors.mjs';
import { bare } from '../../crypto/js/typed.mjs';
import { tellMistake, wipeField } from './fields.mjs';

const FIELD = 'typed-code';

const element = (id) => document.getElementById(id);

/**
 * The code, or null after the mistake was shown and the field got the focus.
 * @returns {string | null} 25 digits
 */
export function readCode() {
  const typed = element(FIELD).value;
  let code = null;
  try {
    code = checkCode(typed);
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
  }
  tellMistake(FIELD, code === null ? mistakeIn(typed) : null, bare(typed).replace(/[^0-9]/g, '').length);
  return code;
}

function mistakeIn(typed) {
  if (typed.trim() === '') return 'code-missing';
  return /[^0-9]/.test(bare(typed)) ? 'code-other' : 'code-count';
}

/** Empties the field and removes its message. */
export const wipeCode = () => wipeField(FIELD);
