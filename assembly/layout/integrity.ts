/**
 * What an integrity device provides, as the kernel computes it when it finds no superblock and writes one
 * (drivers/md/dm-integrity.c initialize_superblock and dm_integrity_ctr). Journal, bitmap, direct and recovery mode are
 * alike; inline mode depends on the integrity profile of the device and is refused.
 */
import { SECTOR_SHIFT } from '../abi';
import { failNumber, failTexts } from '../failure';
import {
  blockSizeOr,
  count,
  enterMap,
  failed,
  isGiven,
  isTrue,
  LAST_SECTOR,
  placeOf,
  refuse,
  sectors,
  sectorsOr,
  text,
} from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_BITMAP,
  TEXT_BLOCK_SIZE,
  TEXT_BUFFER_SECTORS,
  TEXT_DEVICE_SIZE,
  TEXT_DIRECT,
  TEXT_FIX_PADDING,
  TEXT_INLINE,
  TEXT_INTEGRITY_FIELDS,
  TEXT_INTEGRITY_MODES,
  TEXT_INTERLEAVE_SECTORS,
  TEXT_JOURNAL,
  TEXT_JOURNAL_MAC,
  TEXT_JOURNAL_SECTIONS,
  TEXT_JOURNAL_SECTORS,
  TEXT_LENGTH,
  TEXT_METADATA_DEVICE_SIZE,
  TEXT_METADATA_SECTORS,
  TEXT_MODE,
  TEXT_OFFSET,
  TEXT_RECOVERY,
  TEXT_TAG_SIZE,
} from '../generated/tables';
import { equal, named } from '../text';
import { openLayout, put } from './answer';
import * as device from './integrity-device';

const MAX_BLOCK: u64 = 4096;
/** dm-integrity.c MAX_TAG_SIZE. */
const MAX_TAG: u64 = 255;
/** DEFAULT_MAX_JOURNAL_SECTORS of 64-bit kernels and DEFAULT_JOURNAL_SIZE_FACTOR. */
const MAX_JOURNAL: u64 = 131072;
const JOURNAL_SIZE_FACTOR: u64 = 7;
const DEFAULT_INTERLEAVE: u64 = 32768;
const DEFAULT_BUFFER: u64 = 128;

export function writeIntegrity(at: usize): bool {
  if (!enterMap(at, TEXT_INTEGRITY_FIELDS) || !checkMode()) return false;
  const size = sectors(TEXT_DEVICE_SIZE, 1, LAST_SECTOR);
  const separate = isGiven(TEXT_METADATA_DEVICE_SIZE);
  const metadataSize = sectorsOr(size, TEXT_METADATA_DEVICE_SIZE, 1, LAST_SECTOR);
  const tag = count(TEXT_TAG_SIZE, 1, MAX_TAG);
  const block = blockSizeOr(512, TEXT_BLOCK_SIZE, MAX_BLOCK) >> SECTOR_SHIFT;
  const offset = sectorsOr(0, TEXT_OFFSET, 0, LAST_SECTOR);
  const journal = sectorsOr(min(MAX_JOURNAL, size >> JOURNAL_SIZE_FACTOR), TEXT_JOURNAL_SECTORS, 0, u32.MAX_VALUE);
  const interleave = sectorsOr(DEFAULT_INTERLEAVE, TEXT_INTERLEAVE_SECTORS, 0, u32.MAX_VALUE);
  const buffer = sectorsOr(DEFAULT_BUFFER, TEXT_BUFFER_SECTORS, 0, u32.MAX_VALUE);
  const mac = isTrue(TEXT_JOURNAL_MAC, false);
  const padding = isTrue(TEXT_FIX_PADDING, false);
  if (failed()) return false;
  device.describe(metadataSize, offset, tag, block);
  device.planJournal(journal, mac);
  device.planBuffer(buffer);
  const provided = separate
    ? device.besideMetadata(size)
    : device.withMetadata(interleave == 0 ? DEFAULT_INTERLEAVE : interleave, padding);
  if (provided != 0) return writeAnswer(provided);
  return failNumber(E.DEVICE_TOO_SMALL, placeOf(separate ? TEXT_METADATA_DEVICE_SIZE : TEXT_DEVICE_SIZE), metadataSize);
}

function checkMode(): bool {
  if (!isGiven(TEXT_MODE)) return true;
  const mode = text(TEXT_MODE);
  if (failed()) return false;
  if (equal(mode, named(TEXT_INLINE))) return refuse(E.INLINE_NOT_COMPUTED, TEXT_MODE);
  if (equal(mode, named(TEXT_JOURNAL)) || equal(mode, named(TEXT_BITMAP))) return true;
  if (equal(mode, named(TEXT_DIRECT)) || equal(mode, named(TEXT_RECOVERY))) return true;
  return failTexts(E.UNKNOWN_CHOICE, placeOf(TEXT_MODE), mode, named(TEXT_INTEGRITY_MODES));
}

function writeAnswer(provided: u64): bool {
  openLayout(6);
  put(TEXT_LENGTH, provided);
  put(TEXT_JOURNAL_SECTIONS, device.journalSections);
  put(TEXT_JOURNAL_SECTORS, device.journalSectors());
  put(TEXT_INTERLEAVE_SECTORS, (<u64>1) << device.log2Interleave);
  put(TEXT_BUFFER_SECTORS, (<u64>1) << device.log2Buffer);
  return put(TEXT_METADATA_SECTORS, device.metadataSectors(provided));
}
