/** What a superblock and a hash tree may hold. Each check refuses at `at`, with the field entered before. */
import { fail, failNumber, failNumbers, failText, setNumber } from '../failure';
import * as E from '../generated/errors';
import { DIGESTS, DIGESTS_COUNT, SIZE_DIGEST, TABLES } from '../generated/tables';
import { equal, named, Text } from '../text';
import { MAX_BLOCK, MAX_BYTES, MAX_HASH_TYPE, MIN_BLOCK } from './format';

/** 0: Chromium OS, salt behind the data, digests packed. 1: salt before the data, digests in slots of a power of two. */
export function checkHashType(at: usize, value: u64): bool {
  return value <= MAX_HASH_TYPE || failNumber(E.VERITY_HASH_TYPE, at, value);
}

/** cryptsetup takes up to 512 KiB (lib/verity/verity.h VERITY_BLOCK_SIZE_OK), the kernel's data blocks end at a page. */
export function checkBlockSize(at: usize, size: u64): bool {
  if (size >= MIN_BLOCK && size <= MAX_BLOCK && (size & (size - 1)) == 0) return true;
  setNumber(2, MAX_BLOCK);
  return failNumbers(E.VERITY_BLOCK_SIZE, at, size, MIN_BLOCK);
}

export function checkDataBlocks(at: usize, blocks: u64, size: u64): bool {
  if (blocks == 0) return fail(E.VERITY_NO_DATA, at);
  return blocks <= MAX_BYTES / size || failNumbers(E.VERITY_TOO_MANY_BLOCKS, at, blocks, size);
}

/** Bytes of a digest, left by `checkAlgorithm`. */
export let digestSize: u32 = 0;

export function checkAlgorithm(at: usize, name: Text): bool {
  for (let i: usize = 0; i < DIGESTS_COUNT; i++) {
    const record = TABLES + DIGESTS + i * SIZE_DIGEST;
    if (!equal(named(load<u32>(record)), name)) continue;
    digestSize = load<u32>(record, 4);
    return true;
  }
  return failText(E.VERITY_ALGORITHM, at, name);
}
