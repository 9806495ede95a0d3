/**
 * Rows of the plainest form, which most rows of large tables have: `start length type` and plain words, each behind one
 * blank, up to a newline. Every other row, and every error, is left to `text.ts`.
 */
import { TARGET_PLAIN } from '../generated/tables';
import { findTarget, isTarget } from '../grammar/nodes';
import { readPlainWords } from '../grammar/plain';
import { enterSecretRow } from '../grammar/secrets';
import { BLANK } from '../grammar/words';
import { writeBytes } from '../msgpack/write';
import { number, takeDecimal } from '../numbers';
import { printableEnd, slice } from '../text';
import { checkStart, closeSpec, nextRow, openSpec } from './specs';

export const NEWLINE: u32 = 0x0a;

let start: u64 = 0;
let length: u64 = 0;
let lengthPlace: usize = 0;
let typePlace: usize = 0;
let typeEnd: usize = 0;
let target: usize = 0;

/** Reads the row at `at`: where it ends, or 0 when it is not plain. */
export function readPlainRow(at: usize, end: usize): usize {
  lengthPlace = numberEnd(at, end) + 1;
  if (lengthPlace == 1) return 0;
  start = number;
  typePlace = numberEnd(lengthPlace, end) + 1;
  if (typePlace == 1) return 0;
  length = number;
  typeEnd = printableEnd(typePlace, end);
  target = findTarget(slice(typePlace, typeEnd - typePlace));
  if (target == 0 || !isTarget(target, TARGET_PLAIN)) return 0;
  const stop = readPlainWords(target, typeEnd, end);
  return stop == end || load<u8>(stop) == NEWLINE ? stop : 0;
}

/** The place behind the number at `at`, where a blank is, or 0. */
function numberEnd(at: usize, end: usize): usize {
  const stop = takeDecimal(at, end);
  return stop != at && stop < end && load<u8>(stop) == BLANK ? stop : 0;
}

/** Writes the spec of the row that was read last; it is from `at` to `end`. */
export function putPlainRow(at: usize, end: usize): bool {
  const type = slice(typePlace, typeEnd - typePlace);
  if (!nextRow(at) || !checkStart(start, at) || !openSpec(type, length, lengthPlace)) return false;
  enterSecretRow(false, true);
  const params = min(typeEnd + 1, end);
  writeBytes(slice(params, end - params));
  return closeSpec(target, at);
}
