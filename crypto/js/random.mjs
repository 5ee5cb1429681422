// Takes random bytes from the caller's generator and checks their number. All randomness of the formats comes this way.
// No generator is named here, so nothing can fall back to a weak one.

/**
 * Exactly `size` bytes from the caller's generator.
 * @param {(size: number) => Uint8Array} random the system's generator
 * @param {number} size
 * @returns {Uint8Array}
 * @throws {TypeError} when the generator gives anything else; whatever it throws itself passes through
 */
export function draw(random, size) {
  const bytes = random(size);
  // Without this check, a promise or a short array would become zeros later, and zeros are a key that everyone knows.
  if (!(bytes instanceof Uint8Array) || bytes.length !== size) {
    throw new TypeError(`the generator did not give ${size} bytes`);
  }
  return bytes;
}
