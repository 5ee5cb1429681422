// The ledger: all envelopes of an appeal in one file (docs/spec.md, section 5).
// They are sorted by envelope id, so that equal sets of envelopes are equal bytes.

import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { envelopeId, SIZE } from './envelope.mjs';
import { LedgerError } from './errors.mjs';

// A count of twelve digits is 4 PB; anything longer is not a ledger.
const HEADER = /^undersigned\/v1\/ledger ([0-9a-f]{32}) (0|[1-9][0-9]{0,11})$/;
const HEADER_MAX = 68;
const LF = 10;

/**
 * @param {Uint8Array} appealId 16 bytes
 * @param {number} count
 * @returns {Uint8Array} the first line, LF included
 */
export function ledgerHeader(appealId, count) {
  return utf8ToBytes(`undersigned/v1/ledger ${bytesToHex(appealId)} ${count}\n`);
}

/**
 * @param {Uint8Array} bytes the file, or at least its first line
 * @returns {{appeal: string, count: number, size: number}} appeal id in hex, envelopes that follow, bytes of the line
 * @throws {LedgerError} ledger-header
 */
export function readLedgerHeader(bytes) {
  const end = bytes.subarray(0, HEADER_MAX).indexOf(LF);
  const match = HEADER.exec(String.fromCharCode(...bytes.subarray(0, Math.max(end, 0))));
  if (!match) throw new LedgerError('ledger-header');
  return { appeal: match[1], count: Number(match[2]), size: end + 1 };
}

/**
 * @param {Uint8Array} appealId 16 bytes
 * @param {Uint8Array[]} envelopes in any order; repeats count once
 * @returns {Uint8Array} the file
 * @throws {LedgerError} ledger-size, when one does not have 4,096 bytes
 */
export function writeLedger(appealId, envelopes) {
  if (envelopes.some((envelope) => envelope.length !== SIZE)) throw new LedgerError('ledger-size');
  const byId = new Map(envelopes.map((envelope) => [bytesToHex(envelopeId(envelope)), envelope]));
  const sorted = Array.from(byId.keys())
    .sort()
    .map((id) => byId.get(id));
  return concatBytes(ledgerHeader(appealId, sorted.length), ...sorted);
}

/**
 * @param {Uint8Array} bytes the file
 * @param {Uint8Array} [appealId] 16 bytes; without it, any appeal
 * @returns {Uint8Array[]} its envelopes, as views into the file
 * @throws {LedgerError} ledger-header, ledger-appeal, ledger-size, ledger-order, in this order
 */
export function readLedger(bytes, appealId) {
  const { appeal, count, size } = readLedgerHeader(bytes);
  if (appealId && appeal !== bytesToHex(appealId)) throw new LedgerError('ledger-appeal');
  if (bytes.length !== size + count * SIZE) throw new LedgerError('ledger-size');
  const envelopes = [];
  let last = '';
  for (let at = size; at < bytes.length; at += SIZE) {
    const envelope = bytes.subarray(at, at + SIZE);
    const id = bytesToHex(envelopeId(envelope));
    if (id <= last) throw new LedgerError('ledger-order');
    envelopes.push(envelope);
    last = id;
  }
  return envelopes;
}
