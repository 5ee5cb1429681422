// Fetches the publication and checks its minisigns, for every page that shows it or looks something up in it.
// The file is always fetched whole, so that the request does not tell what a person looks for.

import { UndersignedError } from '../../crypto/js/errors.mjs';
import { hashInPieces } from '../../crypto/js/minisign.mjs';
import { verifyHashed } from '../../crypto/js/publication.mjs';
import { DISCREET } from './requests.mjs';

/** The files could not be fetched, so nothing is known about them. Reasons: fetch-network, fetch-missing. */
export class FetchError extends UndersignedError {}

/**
 * The newest publication, if enough pinned keys have signed it.
 * @param {{publication: string, minisigs: string[], appeal: object}} from addresses of the file and of its minisigs;
 *   the appeal of this page, from `readAppeal`. A minisig that is missing counts for nothing.
 * @returns {Promise<{publication: object, signers: string[], bytes: Uint8Array}>} as `readPublication` gives it; the
 *   lines of the keys that signed; the file
 * @throws {FetchError} fetch-network, or fetch-missing when there is no publication
 * @throws {PublicationError} when the file must not be trusted
 */
export async function fetchVerified({ publication, minisigs, appeal }) {
  const [bytes, ...texts] = await Promise.all([fetchBytes(publication), ...minisigs.map(fetchText)]);
  const found = texts.filter((text) => text !== null);
  return { ...verifyHashed(bytes, await hashInPieces(bytes, breathe), found, appeal, null), bytes };
}

/** Pauses the work, so that the page can react to taps and keys. */
const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));

async function fetchText(address) {
  try {
    return new TextDecoder().decode(await fetchBytes(address));
  } catch (error) {
    if (error.reason === 'fetch-missing') return null;
    throw error;
  }
}

async function fetchBytes(address) {
  const answer = await answerFrom(address);
  if (answer.status === 404) throw new FetchError('fetch-missing');
  if (!answer.ok) throw new FetchError('fetch-network');
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch {
    throw new FetchError('fetch-network');
  }
}

async function answerFrom(address) {
  try {
    return await fetch(address, DISCREET);
  } catch {
    throw new FetchError('fetch-network');
  }
}
