/** The list `devices` of a layout: the areas of devices that it is made of. */
import { enterRow, fail, failText, ROOT_DEVICES, setNumber, setText } from '../failure';
import { enterMap, failed, isGiven, LAST_SECTOR, placeOf, refuse, sectors, sectorsOr, text } from '../fields';
import * as E from '../generated/errors';
import { TEXT_DEVICE, TEXT_DEVICE_FIELDS, TEXT_DEVICES, TEXT_LENGTH, TEXT_OFFSET } from '../generated/tables';
import { expectArray } from '../msgpack/fields';
import { bodyOf, sizeOf, skip } from '../msgpack/read';
import { named, Text } from '../text';

/** Of the area that `readDevice` read last. */
export let device: Text = 0;
export let length: u64 = 0;
export let offset: u64 = 0;

/** The MessagePack of the list, or 0 when there are fewer than `least`. */
export function deviceList(least: u32): usize {
  if (!isGiven(TEXT_DEVICES)) {
    failText(E.MISSING_FIELD, placeOf(TEXT_DEVICES), named(TEXT_DEVICES));
    return 0;
  }
  const at = placeOf(TEXT_DEVICES);
  if (!expectArray(at)) return 0;
  if (sizeOf(at) >= least) return at;
  setText(0, named(TEXT_DEVICES));
  setNumber(1, sizeOf(at));
  setNumber(2, least);
  fail(E.LIST_TOO_SHORT, at);
  return 0;
}

/** Reads and checks an area, and stays in its row. The path is checked when a table with it is planned. */
export function readDevice(at: usize, index: u32): bool {
  enterRow(ROOT_DEVICES, index);
  if (!enterMap(at, TEXT_DEVICE_FIELDS)) return false;
  device = text(TEXT_DEVICE);
  length = sectors(TEXT_LENGTH, 1, LAST_SECTOR);
  offset = sectorsOr(0, TEXT_OFFSET, 0, LAST_SECTOR);
  if (failed()) return false;
  return offset + length <= LAST_SECTOR || refuse(E.TABLE_TOO_LONG, TEXT_LENGTH);
}

export function firstDevice(list: usize): usize {
  return bodyOf(list);
}

export function nextDevice(at: usize): usize {
  return skip(at);
}

export function deviceCount(list: usize): u32 {
  return sizeOf(list);
}
