/**
 * The largest target on a device from an offset on: start and length are whole logical blocks, and the end is the
 * device's (drivers/md/dm-table.c device_area_is_invalid).
 */
import { SECTOR_SIZE } from '../abi';
import { failNumber, failNumbers } from '../failure';
import { blockSizeOr, enterMap, failed, LAST_SECTOR, multipleOf, placeOf, sectors, sectorsOr } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_DEVICE_SIZE,
  TEXT_LENGTH,
  TEXT_LOGICAL_BLOCK_SIZE,
  TEXT_OFFSET,
  TEXT_UNUSED,
  TEXT_USABLE_FIELDS,
} from '../generated/tables';
import { openLayout, put } from './answer';

/** A logical block is at most 64 KiB (block/blk-settings.c blk_validate_limits; BLK_MAX_BLOCK_SIZE). */
export const MAX_LOGICAL_BLOCK: u64 = 65536;

export function writeUsable(at: usize): bool {
  if (!enterMap(at, TEXT_USABLE_FIELDS)) return false;
  const size = sectors(TEXT_DEVICE_SIZE, 1, LAST_SECTOR);
  const block = blockSizeOr(512, TEXT_LOGICAL_BLOCK_SIZE, MAX_LOGICAL_BLOCK) / SECTOR_SIZE;
  const offset = sectorsOr(0, TEXT_OFFSET, 0, LAST_SECTOR);
  if (failed()) return false;
  multipleOf(block, TEXT_OFFSET, offset);
  if (failed()) return false;
  if (offset >= size) return failNumbers(E.OFFSET_PAST_END, placeOf(TEXT_OFFSET), offset, size);
  const length = size - offset - ((size - offset) % block);
  if (length == 0) return failNumber(E.DEVICE_TOO_SMALL, placeOf(TEXT_DEVICE_SIZE), size);
  openLayout(2);
  put(TEXT_LENGTH, length);
  return put(TEXT_UNUSED, size - offset - length);
}
