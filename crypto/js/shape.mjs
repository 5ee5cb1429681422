// Checks of parsed JSON that appeal.json and publication.json share: types, forms and keys of values.
// Each gives back the value, or throws ShapeError, which the caller turns into an error of its own.

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const HASH_SIZE = 32;

/** A value is not of the type, length or form it must have. */
export class ShapeError extends Error {}

/**
 * @param {unknown} value as `strictjson.mjs` gives it
 * @param {string[]} keys it must have, and no others
 * @param {string[]} [optional] keys it may have besides
 * @returns {Object<string, unknown>} with a null prototype
 */
export function objectOf(value, keys, optional = []) {
  const allowed = [...keys, ...optional];
  const fits =
    value instanceof Map &&
    keys.every((key) => value.has(key)) &&
    Array.from(value.keys()).every((key) => allowed.includes(key));
  if (!fits) throw new ShapeError('not the keys it must have');
  const object = Object.create(null);
  for (const [key, inner] of value) object[key] = inner;
  return object;
}

/** An array, with `read` applied to each entry. */
export function listOf(value, read) {
  if (!Array.isArray(value)) throw new ShapeError('not a list');
  return Object.freeze(value.map((entry) => read(entry)));
}

/** An integer of at least `least`. */
export function countOf(value, least = 0) {
  if (!Number.isSafeInteger(value) || value < least) throw new ShapeError('not a count');
  return value;
}

/** `size` bytes as lower-case hex. */
export function hexOf(value, size) {
  const fits = typeof value === 'string' && value.length === 2 * size && /^[0-9a-f]*$/.test(value);
  if (!fits) throw new ShapeError('not hex');
  return value;
}

/** A string. */
export function textOf(value) {
  if (typeof value !== 'string') throw new ShapeError('not text');
  return value;
}

/** A day of the calendar as YYYY-MM-DD, from year 1 on. */
export function dateOf(value) {
  const fits = DATE.test(textOf(value)) && !value.startsWith('0000');
  const day = new Date(fits ? `${value}T00:00:00Z` : Number.NaN);
  // Some engines refuse 30 February and others read 1 March; none writes it back unchanged.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value)
    throw new ShapeError('not a date');
  return value;
}

/** null, or what `read` makes of the value. */
export function nullOr(value, read) {
  return value === null ? null : read(value);
}

/** A Map from language to SHA-256 in hex. */
export function hashesByLanguage(value) {
  const fits = value instanceof Map && Array.from(value.keys()).every((language) => LANGUAGE.test(language));
  if (!fits) throw new ShapeError('not languages');
  for (const digest of value.values()) hexOf(digest, HASH_SIZE);
  return value;
}
