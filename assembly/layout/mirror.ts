/**
 * The region size of a mirror and the size of its log (drivers/md/dm-log.c create_log_context, _check_region_size): a power
 * of two from 2 up to the length, and at most UINT_MAX regions. The kernel has no default. Chosen are 2 MiB, as lvm2 does
 * (mirror_region_size), doubled until there are at most 2^21 regions, as MD keeps to: the log holds three bits for each in
 * memory, and looks through them.
 */
import { SECTOR_SHIFT } from '../abi';
import { blockSizeOr, enterMap, failed, LAST_SECTOR, sectors } from '../fields';
import {
  TEXT_LENGTH,
  TEXT_LOG_SIZE,
  TEXT_LOGICAL_BLOCK_SIZE,
  TEXT_MIRROR_FIELDS,
  TEXT_REGION_SIZE,
  TEXT_REGIONS,
  TEXT_SMALLEST_REGION_SIZE,
} from '../generated/tables';
import { openLayout, put } from './answer';
import { exponentOf, powerFrom } from './powers';
import { MAX_LOGICAL_BLOCK } from './usable';

const PREFERRED: u64 = 4096;
const PREFERRED_REGIONS: u64 = 2097152;
const MIN_REGION: u64 = 2;
/** The largest power of two in a uint32_t. */
const MAX_REGION: u64 = 2147483648;
/** Sectors before the bitset (dm-log.c LOG_OFFSET). */
const LOG_OFFSET: u64 = 2;
const BITS_PER_LONG: u64 = 64;

export function writeMirror(at: usize): bool {
  if (!enterMap(at, TEXT_MIRROR_FIELDS)) return false;
  const length = sectors(TEXT_LENGTH, MIN_REGION, LAST_SECTOR);
  const block = blockSizeOr(512, TEXT_LOGICAL_BLOCK_SIZE, MAX_LOGICAL_BLOCK);
  if (failed()) return false;
  const wanted = max(PREFERRED, powerFrom(divideUp(length, PREFERRED_REGIONS)));
  const region = min(min(wanted, MAX_REGION), (<u64>1) << exponentOf(length));
  const regions = divideUp(length, region);
  openLayout(4);
  put(TEXT_REGION_SIZE, region);
  put(TEXT_SMALLEST_REGION_SIZE, max(MIN_REGION, powerFrom(divideUp(length, u32.MAX_VALUE))));
  put(TEXT_REGIONS, regions);
  return put(TEXT_LOG_SIZE, logSize(regions, block));
}

function logSize(regions: u64, block: u64): u64 {
  const bitset = (divideUp(regions, BITS_PER_LONG) * BITS_PER_LONG) >> 3;
  return (divideUp((LOG_OFFSET << SECTOR_SHIFT) + bitset, block) * block) >> SECTOR_SHIFT;
}

function divideUp(value: u64, by: u64): u64 {
  return (value + by - 1) / by;
}
