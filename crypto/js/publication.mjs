// The publication: what organizers sign offline, and the verifier anyone can run (docs/spec.md, section 6).
// Of a non-public signature it holds nothing but its part in a count and a receipt, which is not linked to it.

import { blake2b } from '@noble/hashes/blake2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { MinisignError, PublicationError, RecordError } from './errors.mjs';
import { APPEAL_ID_SIZE } from './keys.mjs';
import { verifyHash } from './minisign.mjs';
import { countOf, dateOf, hashesByLanguage, hexOf, listOf, nullOr, objectOf, ShapeError } from './shape.mjs';
import { checkField } from './signature.mjs';
import { parse, StrictJsonError } from './strictjson.mjs';

const FORMAT = 'undersigned/v1/publication';
const KEYS = [
  'format',
  'appeal',
  'number',
  'previous',
  'date',
  'letters',
  'keys',
  'ledgers',
  'counts',
  'total',
  'by_hand',
  'signatures',
  'receipts',
];
const COUNTS = ['received', 'unreadable', 'duplicates', 'rejected', 'withdrawn', 'public', 'nonpublic'];
const BY_HAND = ['public', 'nonpublic'];
/** The names of the fields that a publication shows of a public signature. */
export const PUBLISHED = ['name', 'relation', 'prisoner'];
const HASH_SIZE = 32;
const RECEIPT_SIZE = 8;

/**
 * @typedef {object} Publication digests and ids in lower-case hex
 * @property {string} appeal
 * @property {number} number 1, 2, 3 …
 * @property {string | null} previous
 * @property {string} date YYYY-MM-DD
 * @property {Map<string, string>} letters
 * @property {string[]} keys
 * @property {string[]} ledgers
 * @property {Object<string, number>} counts
 * @property {number} total how many people have signed
 * @property {{public: number, nonpublic: number}} byHand
 * @property {{name: string, relation: string, prisoner: string}[]} signatures
 * @property {string[]} receipts
 */

/**
 * The verifier: all steps of section 6.
 * @param {Uint8Array} bytes publication.json
 * @param {string[]} minisigs the texts of its .minisig files; those that do not verify are not counted
 * @param {Appeal} appeal whose pinned keys and threshold count
 * @param {{number: number, digest: string} | null} previous the last one seen, its SHA-256 in hex
 * @returns {Publication}
 * @throws {PublicationError} publication-minisig, what `readPublication` throws, publication-appeal,
 *   publication-number, publication-previous, in this order
 */
export function verifyPublication(bytes, minisigs, appeal, previous) {
  return verifyHashed(bytes, blake2b(bytes), minisigs, appeal, previous).publication;
}

/**
 * The same for a file whose hash is known, and who signed it.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} hash BLAKE2b of them, 64 bytes
 * @param {string[]} minisigs
 * @param {Appeal} appeal
 * @param {{number: number, digest: string} | null} previous
 * @returns {{publication: Publication, signers: string[]}} the lines of the keys that signed
 * @throws {PublicationError} as `verifyPublication`
 */
export function verifyHashed(bytes, hash, minisigs, appeal, previous) {
  const signing = appeal.minisign.filter((key) => minisigs.some((minisig) => signs(key, hash, minisig)));
  // By point, because a key that is pinned twice, even under two key ids, is still one signer.
  const signers = Array.from(new Map(signing.map((key) => [bytesToHex(key.point), key.line])).values());
  if (signers.length < appeal.threshold) refuse('minisig');
  const publication = readPublication(bytes);
  if (publication.appeal !== bytesToHex(appeal.appealId)) refuse('appeal');
  checkPlace(publication, previous);
  return { publication, signers };
}

/**
 * The SHA-256 of a publication's bytes in hex, as `sha256sum` prints it.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function digest(bytes) {
  return bytesToHex(sha256(bytes));
}

function signs(key, hash, minisig) {
  try {
    verifyHash(key, hash, minisig);
    return true;
  } catch (error) {
    if (error instanceof MinisignError) return false;
    throw error;
  }
}

function checkPlace(publication, previous) {
  if (previous && publication.number !== previous.number + 1) refuse('number');
  if (previous && publication.previous !== previous.digest) refuse('previous');
  if ((publication.number === 1) !== (publication.previous === null)) refuse('previous');
}

/**
 * Read a publication without checking who signed it.
 * @param {Uint8Array} bytes
 * @returns {Publication} frozen
 * @throws {PublicationError} publication-json, publication-shape, publication-sums, publication-order, in this order
 */
export function readPublication(bytes) {
  const publication = readShape(bytes);
  if (!sumsFit(publication)) refuse('sums');
  const { receipts } = publication;
  if (receipts.some((receipt, at) => at > 0 && receipt < receipts[at - 1])) refuse('order');
  return publication;
}

function sumsFit({ counts, byHand, total, signatures, receipts }) {
  return (
    total === counts.public + counts.nonpublic &&
    signatures.length === counts.public &&
    byHand.public <= counts.public &&
    byHand.nonpublic <= counts.nonpublic &&
    receipts.length === total - byHand.public - byHand.nonpublic &&
    receipts.length <= counts.received
  );
}

function readShape(bytes) {
  try {
    return read(objectOf(parse(bytes), KEYS));
  } catch (error) {
    if (error instanceof StrictJsonError) refuse('json');
    if (error instanceof ShapeError || error instanceof RecordError) refuse('shape');
    throw error;
  }
}

function read(value) {
  if (value.format !== FORMAT) throw new ShapeError('not a publication');
  return Object.freeze({
    appeal: hexOf(value.appeal, APPEAL_ID_SIZE),
    number: countOf(value.number, 1),
    previous: nullOr(value.previous, hashOf),
    date: dateOf(value.date),
    letters: hashesByLanguage(value.letters),
    keys: listOf(value.keys, hashOf),
    ledgers: listOf(value.ledgers, hashOf),
    counts: countsOf(value.counts, COUNTS),
    total: countOf(value.total),
    byHand: countsOf(value.by_hand, BY_HAND),
    signatures: listOf(value.signatures, publishedOf),
    receipts: listOf(value.receipts, (receipt) => hexOf(receipt, RECEIPT_SIZE)),
  });
}

function hashOf(value) {
  return hexOf(value, HASH_SIZE);
}

function countsOf(value, keys) {
  const counts = objectOf(value, keys);
  for (const key of keys) countOf(counts[key]);
  return Object.freeze(counts);
}

// These texts are shown on pages and read by programs, so they obey the rules of a signature's own fields.
function publishedOf(value) {
  const published = objectOf(value, PUBLISHED);
  for (const field of PUBLISHED) checkField(field, published[field]);
  return Object.freeze(published);
}

function refuse(reason) {
  throw new PublicationError(`publication-${reason}`);
}
