/**
 * The metadata device of a thin pool: 48 bytes for every data block, at least 2 MiB
 * (Documentation/admin-guide/device-mapper/thin-provisioning.rst, "Setting up a fresh pool device").
 *
 * Where no block size is given, it is the smallest power of two for which that rule asks for no more than 128 MiB, the
 * size that lvm2 aims at too (DEFAULT_THIN_POOL_OPTIMAL_METADATA_SIZE): small blocks share more between snapshots and copy
 * less, and metadata beyond this only takes memory and time to check.
 */
import { SECTOR_SHIFT } from '../abi';
import { failNumber } from '../failure';
import { enterMap, failed, LAST_SECTOR, multipleOf, placeOf, sectors, sectorsOr } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_CAPPED,
  TEXT_DATA_BLOCK_SIZE,
  TEXT_DATA_BLOCKS,
  TEXT_DATA_SIZE,
  TEXT_METADATA_SIZE,
  TEXT_THIN_POOL_FIELDS,
  TEXT_UNUSED,
} from '../generated/tables';
import { openLayout, put, putBool } from './answer';

/** 64 KiB to 1 GiB, in steps of 64 KiB (drivers/md/dm-thin.c DATA_DEV_BLOCK_SIZE_MIN_SECTORS, …_MAX_SECTORS). */
const MIN_BLOCK: u64 = 128;
const MAX_BLOCK: u64 = 2097152;
const BYTES_PER_BLOCK: u64 = 48;
const METADATA_BLOCK: u64 = 4096;
const MIN_METADATA: u64 = 4096;
/** 255 * ((1 << 14) - 64) blocks of 4 KiB (persistent-data/dm-space-map-metadata.h DM_SM_METADATA_MAX_SECTORS). */
const MAX_METADATA: u64 = 33292800;
const AIM: u64 = 262144;

export function writeThinPool(at: usize): bool {
  if (!enterMap(at, TEXT_THIN_POOL_FIELDS)) return false;
  const size = sectors(TEXT_DATA_SIZE, 1, LAST_SECTOR);
  const given = sectorsOr(0, TEXT_DATA_BLOCK_SIZE, MIN_BLOCK, MAX_BLOCK);
  multipleOf(MIN_BLOCK, TEXT_DATA_BLOCK_SIZE, given);
  if (failed()) return false;
  const block = given != 0 ? given : chooseBlock(size);
  if (size < block) return failNumber(E.DEVICE_TOO_SMALL, placeOf(TEXT_DATA_SIZE), size);
  const needed = metadataFor(size, block);
  openLayout(5);
  put(TEXT_METADATA_SIZE, min(max(needed, MIN_METADATA), MAX_METADATA));
  put(TEXT_DATA_BLOCK_SIZE, block);
  put(TEXT_DATA_BLOCKS, size / block);
  put(TEXT_UNUSED, size % block);
  return putBool(TEXT_CAPPED, needed > MAX_METADATA);
}

/** Sectors, in whole metadata blocks. */
function metadataFor(size: u64, block: u64): u64 {
  const bytes = (size * BYTES_PER_BLOCK + block - 1) / block;
  return ((bytes + METADATA_BLOCK - 1) / METADATA_BLOCK) * (METADATA_BLOCK >> SECTOR_SHIFT);
}

function chooseBlock(size: u64): u64 {
  let block = MIN_BLOCK;
  while (block < MAX_BLOCK && metadataFor(size, block) > AIM) block <<= 1;
  return block;
}
