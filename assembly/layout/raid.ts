/**
 * What an array of so many devices holds, what it takes of each, and its region size.
 *
 * Of every device the kernel takes length / data devices, for raid10 length * copies / devices, and refuses what does not
 * divide (drivers/md/dm-raid.c rs_set_dev_and_array_sectors). MD rounds that down to whole chunks in silence (raid5.c
 * raid5_run, raid10.c raid10_size, raid0.c create_strip_zones): the table is accepted, and then the device shrinks or fails
 * at its end. So a share has to be whole chunks, for raid10 so many that no copy is cut off.
 */
import { failNumber, failTexts, setNumber, setText } from '../failure';
import {
  count,
  countOr,
  enterMap,
  failed,
  isEither,
  isGiven,
  LAST_SECTOR,
  multipleOf,
  placeOf,
  powerOfTwo,
  refuse,
  sectors,
  text,
} from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_CHUNK_SIZE,
  TEXT_DEVICE_LENGTH,
  TEXT_DEVICE_SIZE,
  TEXT_DEVICES,
  TEXT_FAR,
  TEXT_LENGTH,
  TEXT_LEVEL,
  TEXT_NEAR,
  TEXT_OFFSET,
  TEXT_RAID_COPIES,
  TEXT_RAID_FIELDS,
  TEXT_RAID_FORMAT,
  TEXT_RAID_FORMATS,
  TEXT_REGION_SIZE,
  TEXT_SMALLEST_REGION_SIZE,
} from '../generated/tables';
import { equal, named } from '../text';
import { openLayout, put } from './answer';
import { exponentOf, powerFrom } from './powers';

/** dm-raid.c MAX_RAID_DEVICES. */
const MAX_DEVICES: u64 = 253;
/** Sectors; the number is read into an int (dm-raid.c parse_raid_params). */
const MIN_CHUNK: u64 = 8;
const MAX_POWER: u64 = 1073741824;
/** dm-raid.c validate_region_size: at most 2^21 regions, and 4 MiB where that is enough. */
const REGION_COUNT_SHIFT: u64 = 21;
const DEFAULT_REGION: u64 = 8192;

export function writeRaid(at: usize): bool {
  if (!enterMap(at, TEXT_RAID_FIELDS)) return false;
  const level = count(TEXT_LEVEL, 0, 10);
  if (failed()) return false;
  if (!isLevel(level)) return failNumber(E.UNKNOWN_LEVEL, placeOf(TEXT_LEVEL), level);
  const devices = count(TEXT_DEVICES, level == 6 ? 4 : 2, MAX_DEVICES);
  const chunk = level == 1 ? 1 : powerOfTwo(TEXT_CHUNK_SIZE, sectors(TEXT_CHUNK_SIZE, MIN_CHUNK, MAX_POWER));
  const copies = level == 10 ? countOr(2, TEXT_RAID_COPIES, 2, devices) : 1;
  const far = level == 10 && isFar();
  if (failed() || !checkMeaning(level)) return false;
  const data = dataDevices(level, devices);
  const common = far ? 1 : greatestDivisor(data, copies);
  return writeShares(level, chunk, (chunk * copies) / common, (chunk * data) / common);
}

function isLevel(level: u64): bool {
  return level < 2 || (level >= 4 && level <= 6) || level == 10;
}

/** dm-raid.c raid_types: all but the devices of parity, and one of raid1. */
function dataDevices(level: u64, devices: u64): u64 {
  if (level == 1) return 1;
  if (level == 4 || level == 5) return devices - 1;
  return level == 6 ? devices - 2 : devices;
}

/** Whether the copies stand in a part of the device of their own, or in chunks one behind the other. */
function isFar(): bool {
  if (!isGiven(TEXT_RAID_FORMAT)) return false;
  const format = text(TEXT_RAID_FORMAT);
  if (failed() || equal(format, named(TEXT_NEAR))) return false;
  if (equal(format, named(TEXT_FAR)) || equal(format, named(TEXT_OFFSET))) return true;
  return failTexts(E.UNKNOWN_CHOICE, placeOf(TEXT_RAID_FORMAT), format, named(TEXT_RAID_FORMATS));
}

function checkMeaning(level: u64): bool {
  if (level == 1 && isGiven(TEXT_CHUNK_SIZE)) return meaningless(TEXT_CHUNK_SIZE, level);
  if (level == 10) return true;
  if (isGiven(TEXT_RAID_COPIES)) return meaningless(TEXT_RAID_COPIES, level);
  return !isGiven(TEXT_RAID_FORMAT) || meaningless(TEXT_RAID_FORMAT, level);
}

function meaningless(reference: u32, level: u64): bool {
  setText(0, named(reference));
  setNumber(1, level);
  return refuse(E.NOT_FOR_LEVEL, reference);
}

function greatestDivisor(a: u64, b: u64): u64 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** `unit` sectors of every device are `lengthUnit` of the array. */
function writeShares(level: u64, chunk: u64, unit: u64, lengthUnit: u64): bool {
  const isSized = isEither(TEXT_DEVICE_SIZE, TEXT_LENGTH);
  if (failed()) return false;
  const given = isSized ? sectors(TEXT_DEVICE_SIZE, 1, LAST_SECTOR) : sectors(TEXT_LENGTH, 1, LAST_SECTOR);
  if (!isSized) multipleOf(lengthUnit, TEXT_LENGTH, given);
  if (failed()) return false;
  const units = given / (isSized ? unit : lengthUnit);
  if (units == 0) return failNumber(E.DEVICE_TOO_SMALL, placeOf(TEXT_DEVICE_SIZE), given);
  const length = units * lengthUnit;
  if (length > LAST_SECTOR) return refuse(E.TABLE_TOO_LONG, TEXT_DEVICE_SIZE);
  return level == 0 ? writeLengths(2, length, units * unit) : writeRegions(length, units * unit, chunk);
}

function writeLengths(fields: u32, length: u64, share: u64): bool {
  openLayout(fields);
  put(TEXT_LENGTH, length);
  return put(TEXT_DEVICE_LENGTH, share);
}

function writeRegions(length: u64, share: u64, chunk: u64): bool {
  const smallest = max(chunk, powerFrom(length >> REGION_COUNT_SHIFT));
  if (smallest > MAX_POWER) return refuse(E.TABLE_TOO_LONG, isGiven(TEXT_LENGTH) ? TEXT_LENGTH : TEXT_DEVICE_SIZE);
  const largest = min(MAX_POWER, (<u64>1) << exponentOf(length));
  writeLengths(4, length, share);
  put(TEXT_REGION_SIZE, min(max(DEFAULT_REGION, smallest), largest));
  return put(TEXT_SMALLEST_REGION_SIZE, smallest);
}
