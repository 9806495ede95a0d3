/** What a superblock and a hash tree may hold. Each check refuses at `at`, with the field entered before. */
import { fail, failNumber, failNumbers, failText, setNumber } from '../failure';
import * as E from '../generated/errors';
import { digestSize } from '../grammar/rules';
import { Text } from '../text';
import { MAX_BYTES, MAX_HASH_TYPE, MIN_BLOCK } from './format';

/** 0: Chromium OS, salt behind the data, digests packed. 1: salt before the data, digests in slots of a power of two. */
export function checkHashType(at: usize, value: u64): bool {
  return value <= MAX_HASH_TYPE || failNumber(E.VERITY_HASH_TYPE, at, value);
}

export function checkBlockSize(at: usize, size: u64, most: u64): bool {
  if (size >= MIN_BLOCK && size <= most && (size & (size - 1)) == 0) return true;
  setNumber(2, most);
  return failNumbers(E.VERITY_BLOCK_SIZE, at, size, MIN_BLOCK);
}

export function checkDataBlocks(at: usize, blocks: u64, size: u64): bool {
  if (blocks == 0) return fail(E.VERITY_NO_DATA, at);
  return blocks <= MAX_BYTES / size || failNumbers(E.VERITY_TOO_MANY_BLOCKS, at, blocks, size);
}

export function checkAlgorithm(at: usize, name: Text): bool {
  return digestSize(name) != 0 || failText(E.VERITY_ALGORITHM, at, name);
}
