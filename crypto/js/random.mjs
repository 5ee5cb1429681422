// The one door through which randomness enters.
// Knows how many bytes were asked for; must never know a generator, so that nothing here can fall back to a weak one.

/**
 * Exactly `size` bytes from the caller's generator.
 * @param {(size: number) => Uint8Array} random the system's generator
 * @param {number} size
 * @returns {Uint8Array}
 * @throws {TypeError} when the generator gives anything else; whatever it throws itself passes through
 */
export function draw(random, size) {
  const bytes = random(size);
  // A promise or a short array would be turned into zeros further down, and zeros into a key everyone knows.
  if (!(bytes instanceof Uint8Array) || bytes.length !== size) {
    throw new TypeError(`the generator did not give ${size} bytes`);
  }
  return bytes;
}
