// Strict Base64: exactly one text for each value (RFC 4648, section 4, with padding).
// Callers turn null into an error of their own.

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * @param {string} text
 * @param {boolean} [anyUnusedBits] whether the low bits that the last character has too many may be anything
 * @returns {Uint8Array | null} null when the text is not the one text of some bytes
 */
export function fromBase64(text, anyUnusedBits = false) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  // atob accepts white space, absent padding and stray low bits, so two texts could mean the same bytes.
  const made = btoa(binary);
  const fits = anyUnusedBits ? made.length === text.length && !/\s/.test(text) : made === text;
  return fits ? Uint8Array.from(binary, (char) => char.charCodeAt(0)) : null;
}
