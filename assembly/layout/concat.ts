/** Devices one behind the other: a linear target for each (drivers/md/dm-linear.c linear_ctr). */

import { enterMap, LAST_SECTOR, refuse } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_CONCAT_FIELDS,
  TEXT_DEVICE,
  TEXT_LENGTH,
  TEXT_LINEAR,
  TEXT_OFFSET,
  TEXT_TARGETS,
  TEXT_TYPE,
} from '../generated/tables';
import { writeArray, writeMap, writeNamed, writeNamedText } from '../msgpack/write';
import { openLayout, put } from './answer';
import { device, deviceCount, deviceList, firstDevice, length, nextDevice, offset, readDevice } from './devices';

export function writeConcat(at: usize): bool {
  if (!enterMap(at, TEXT_CONCAT_FIELDS)) return false;
  const list = deviceList(1);
  return list != 0 && writeRows(list, total(list));
}

/** The sectors of all areas, or 0 after an error. */
function total(list: usize): u64 {
  let sum: u64 = 0;
  let at = firstDevice(list);
  for (let i: u32 = 0; i < deviceCount(list); i++) {
    if (!readDevice(at, i)) return 0;
    sum += length;
    if (sum > LAST_SECTOR && !refuse(E.TABLE_TOO_LONG, TEXT_LENGTH)) return 0;
    at = nextDevice(at);
  }
  return sum;
}

function writeRows(list: usize, sum: u64): bool {
  if (sum == 0) return false;
  openLayout(2);
  put(TEXT_LENGTH, sum);
  writeNamed(TEXT_TARGETS);
  writeArray(deviceCount(list));
  let at = firstDevice(list);
  for (let i: u32 = 0; i < deviceCount(list); i++) {
    readDevice(at, i);
    writeMap(4);
    writeNamed(TEXT_TYPE);
    writeNamed(TEXT_LINEAR);
    put(TEXT_LENGTH, length);
    writeNamed(TEXT_DEVICE);
    writeNamedText(device);
    put(TEXT_OFFSET, offset);
    at = nextDevice(at);
  }
  return true;
}
