/** A geometry as the kernel reads it: `cylinders heads sectors start` (dm-ioctl.c dev_set_geometry). */
import { failNumbers } from '../failure';
import * as E from '../generated/errors';
import { TEXT_CYLINDERS, TEXT_GEOMETRY_FIELDS, TEXT_HEADS, TEXT_SECTORS, TEXT_START } from '../generated/tables';
import { checkKnown, required } from '../msgpack/fields';
import { find } from '../msgpack/read';
import { extend, writeDecimal } from '../msgpack/write';
import { number, readWithin } from '../numbers';
import { named } from '../text';
import { endString } from './strings';

const BLANK: u32 = 0x20;
const MAX_CYLINDERS: u64 = 65535;
const MAX_HEADS: u64 = 255;
const MAX_SECTORS: u64 = 255;

export function putGeometry(payload: usize, at: usize): bool {
  if (!checkKnown(at, TEXT_GEOMETRY_FIELDS)) return false;
  if (!putPart(at, TEXT_CYLINDERS, MAX_CYLINDERS)) return false;
  let size = number;
  separate();
  if (!putPart(at, TEXT_HEADS, MAX_HEADS)) return false;
  size *= number;
  separate();
  if (!putPart(at, TEXT_SECTORS, MAX_SECTORS)) return false;
  size *= number;
  separate();
  if (!putPart(at, TEXT_START, u64.MAX_VALUE)) return false;
  if (number > size) return failNumbers(E.GEOMETRY_START, find(at, named(TEXT_START)), number, size);
  return endString(payload);
}

function separate(): void {
  const at = extend(1);
  if (at != 0) store<u8>(at, BLANK);
}

function putPart(at: usize, reference: u32, most: u64): bool {
  const value = required(at, reference);
  if (value == 0 || !readWithin(value, 0, most)) return false;
  writeDecimal(number);
  return true;
}
