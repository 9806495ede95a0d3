/** The fields of a layout's request. One that is wrong reads as 0, and the call has failed: ask `failed` before using it. */
import { code, enterField, fail, failNumber, failNumbers, failText, failTexts, setNumber } from '../failure';
import * as E from '../generated/errors';
import { TEXT_A_MAP, TEXT_SOME_TEXT, TEXT_TRUE_OR_FALSE } from '../generated/tables';
import { BOOL, bodyOf, bytesOf, find, kindOf, MAP, sizeOf, skip, TEXT } from '../msgpack/read';
import { number, readNumber, readSectors } from '../numbers';
import { endOf, equal, named, slice, startOf, Text } from '../text';

/** LLONG_MAX >> SECTOR_SHIFT: no table and no device reaches further (dm-table.c dm_table_add_target). */
export const LAST_SECTOR: u64 = 18014398509481983;

const COMMA: u32 = 0x2c;

let map: usize = 0;

/** From here on fields are those of the map at `at`; every key has to be one of `known`, a list with commas. */
export function enterMap(at: usize, known: u32): bool {
  if (kindOf(at) != MAP) return failText(E.WRONG_TYPE, at, named(TEXT_A_MAP));
  map = at;
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const field = bytesOf(key);
    if (!isListed(field, named(known))) {
      enterField(field);
      return failTexts(E.UNKNOWN_FIELD, key, field, named(known));
    }
    key = skip(skip(key));
  }
  return true;
}

/** Fields of a map whose keys were looked at before. */
export function reenterMap(at: usize): void {
  map = at;
}

function isListed(word: Text, list: Text): bool {
  let from = startOf(list);
  for (let at = from; at <= endOf(list); at++) {
    if (at < endOf(list) && load<u8>(at) != COMMA) continue;
    if (equal(slice(from, at - from), word)) return true;
    from = at + 2;
  }
  return false;
}

export function failed(): bool {
  return code != 0;
}

export function isGiven(reference: u32): bool {
  return find(map, named(reference)) != 0;
}

/** Makes the field the one at fault, and gives its value's place, or the map's where it is not given. */
export function placeOf(reference: u32): usize {
  if (!failed()) enterField(named(reference));
  const at = find(map, named(reference));
  return at != 0 ? at : map;
}

function valueOf(reference: u32): usize {
  const at = placeOf(reference);
  if (at != map) return at;
  failText(E.MISSING_FIELD, at, named(reference));
  return 0;
}

/** A number of sectors, perhaps with a unit. */
export function sectors(reference: u32, least: u64, most: u64): u64 {
  const at = valueOf(reference);
  return at != 0 && readSectors(at) && isWithin(at, least, most) ? number : 0;
}

export function sectorsOr(otherwise: u64, reference: u32, least: u64, most: u64): u64 {
  return isGiven(reference) ? sectors(reference, least, most) : otherwise;
}

/** A number of anything else. */
export function count(reference: u32, least: u64, most: u64): u64 {
  const at = valueOf(reference);
  return at != 0 && readNumber(at) && isWithin(at, least, most) ? number : 0;
}

export function countOr(otherwise: u64, reference: u32, least: u64, most: u64): u64 {
  return isGiven(reference) ? count(reference, least, most) : otherwise;
}

function isWithin(at: usize, least: u64, most: u64): bool {
  if (number >= least && number <= most) return true;
  setNumber(2, most);
  return failNumbers(E.OUT_OF_RANGE, at, number, least);
}

/** Bytes of a block: a power of two. */
export function blockSizeOr(otherwise: u64, reference: u32, most: u64): u64 {
  return isGiven(reference) ? powerOfTwo(reference, count(reference, 512, most)) : otherwise;
}

export function powerOfTwo(reference: u32, value: u64): u64 {
  if (!failed() && (value & (value - 1)) != 0) failNumber(E.NOT_POWER_OF_TWO, placeOf(reference), value);
  return value;
}

export function multipleOf(unit: u64, reference: u32, value: u64): u64 {
  if (!failed() && value % unit != 0) failNumbers(E.NOT_MULTIPLE, placeOf(reference), value, unit);
  return value;
}

export function isTrue(reference: u32, otherwise: bool): bool {
  if (!isGiven(reference)) return otherwise;
  const at = placeOf(reference);
  if (kindOf(at) != BOOL) return failText(E.WRONG_TYPE, at, named(TEXT_TRUE_OR_FALSE));
  return load<u8>(at) == 0xc3;
}

/** A text, or an empty one after an error. */
export function text(reference: u32): Text {
  const at = valueOf(reference);
  if (at == 0) return 0;
  if (kindOf(at) == TEXT) return bytesOf(at);
  failText(E.WRONG_TYPE, at, named(TEXT_SOME_TEXT));
  return 0;
}

/** Whether one of the two is given; both are an error. */
export function isEither(one: u32, other: u32): bool {
  if (isGiven(one) && isGiven(other)) return failTexts(E.CONFLICTING_FIELDS, placeOf(other), named(one), named(other));
  return isGiven(one);
}

/** An error that the field is at the root of. */
export function refuse(error: u32, reference: u32): bool {
  return fail(error, placeOf(reference));
}
