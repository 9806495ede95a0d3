/**
 * Devices side by side. Every stripe is as long as the shortest device, in whole chunks: the target's length has to
 * divide evenly among the stripes, and each share into chunks (drivers/md/dm-stripe.c stripe_ctr).
 */
import { failNumber, leaveRows } from '../failure';
import { enterMap, failed, LAST_SECTOR, placeOf, reenterMap, refuse, sectors } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_CHUNK_SIZE,
  TEXT_DEVICE,
  TEXT_DEVICES,
  TEXT_LENGTH,
  TEXT_OFFSET,
  TEXT_STRIPE_FIELDS,
  TEXT_STRIPED,
  TEXT_STRIPES,
  TEXT_TARGETS,
  TEXT_TYPE,
  TEXT_UNUSED,
} from '../generated/tables';
import { writeArray, writeMap, writeNamed, writeNamedText, writeNumber } from '../msgpack/write';
import { openLayout, put } from './answer';
import { device, deviceCount, deviceList, firstDevice, length, nextDevice, offset, readDevice } from './devices';

export function writeStripe(at: usize): bool {
  if (!enterMap(at, TEXT_STRIPE_FIELDS)) return false;
  const chunk = sectors(TEXT_CHUNK_SIZE, 1, u32.MAX_VALUE);
  if (failed()) return false;
  const list = deviceList(1);
  if (list == 0) return false;
  const shortest = shortestOf(list);
  if (failed()) return false;
  leaveRows();
  reenterMap(at);
  const share = shortest - (shortest % chunk);
  if (share == 0) return failNumber(E.DEVICE_TOO_SMALL, placeOf(TEXT_DEVICES), shortest);
  if (share > LAST_SECTOR / deviceCount(list)) return refuse(E.TABLE_TOO_LONG, TEXT_DEVICES);
  return writeTarget(list, chunk, share);
}

function shortestOf(list: usize): u64 {
  let shortest = LAST_SECTOR;
  let at = firstDevice(list);
  for (let i: u32 = 0; i < deviceCount(list); i++) {
    if (!readDevice(at, i)) return 0;
    shortest = min(shortest, length);
    at = nextDevice(at);
  }
  return shortest;
}

function writeTarget(list: usize, chunk: u64, share: u64): bool {
  const stripes = deviceCount(list);
  openLayout(3);
  put(TEXT_LENGTH, share * stripes);
  writeNamed(TEXT_TARGETS);
  writeArray(1);
  writeMap(4);
  writeNamed(TEXT_TYPE);
  writeNamed(TEXT_STRIPED);
  put(TEXT_LENGTH, share * stripes);
  put(TEXT_CHUNK_SIZE, chunk);
  writeNamed(TEXT_STRIPES);
  writeArray(stripes);
  let at = firstDevice(list);
  for (let i: u32 = 0; i < stripes; i++) {
    readDevice(at, i);
    writeMap(2);
    writeNamed(TEXT_DEVICE);
    writeNamedText(device);
    put(TEXT_OFFSET, offset);
    at = nextDevice(at);
  }
  return writeUnused(list, share);
}

function writeUnused(list: usize, share: u64): bool {
  writeNamed(TEXT_UNUSED);
  writeArray(deviceCount(list));
  let at = firstDevice(list);
  for (let i: u32 = 0; i < deviceCount(list); i++) {
    readDevice(at, i);
    writeNumber(length - share);
    at = nextDevice(at);
  }
  return true;
}
