/** A geometry as the kernel reads it: `cylinders heads sectors start` (dm-ioctl.c dev_set_geometry). */
import { enterField, failNumbers, failText, failTexts, setNumber } from '../failure';
import * as E from '../generated/errors';
import { TEXT_CYLINDERS, TEXT_GEOMETRY_FIELDS, TEXT_HEADS, TEXT_SECTORS, TEXT_START } from '../generated/tables';
import { bodyOf, bytesOf, find, sizeOf, skip } from '../msgpack/read';
import { extend, writeDecimal } from '../msgpack/write';
import { number, readNumber } from '../numbers';
import { equal, named } from '../text';
import { endString } from './strings';

const BLANK: u32 = 0x20;
const MAX_CYLINDERS: u64 = 65535;
const MAX_HEADS: u64 = 255;
const MAX_SECTORS: u64 = 255;

export function putGeometry(payload: usize, at: usize): bool {
  if (!checkFields(at)) return false;
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

function putPart(at: usize, reference: u32, max: u64): bool {
  enterField(named(reference));
  const value = find(at, named(reference));
  if (value == 0) return failText(E.MISSING_FIELD, at, named(reference));
  if (!readNumber(value)) return false;
  if (number > max) {
    setNumber(2, max);
    return failNumbers(E.OUT_OF_RANGE, value, number, 0);
  }
  writeDecimal(number);
  return true;
}

function checkFields(at: usize): bool {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const name = bytesOf(key);
    if (
      !equal(name, named(TEXT_CYLINDERS)) &&
      !equal(name, named(TEXT_HEADS)) &&
      !equal(name, named(TEXT_SECTORS)) &&
      !equal(name, named(TEXT_START))
    ) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, named(TEXT_GEOMETRY_FIELDS));
    }
    key = skip(skip(key));
  }
  return true;
}
