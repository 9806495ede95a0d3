/** The fields of a request that asks for an answer, not for a plan. One that is wrong reads as 0, and the call has failed: ask `failed` before using it. */
import { code, enterField, fail, failNumber, failNumbers, failText, failTexts } from './failure';
import * as E from './generated/errors';
import { TEXT_ACTION, TEXT_V } from './generated/tables';
import { boolOf, checkKnown, expectBool, expectMap, expectText } from './msgpack/fields';
import { bytesOf, find, kindOf, MAP, TEXT } from './msgpack/read';
import { isWithin, number, readNumber, readSectors, readWithin } from './numbers';
import { equal, named, Text } from './text';

/** LLONG_MAX >> SECTOR_SHIFT: no table and no device reaches further (dm-table.c dm_table_add_target). */
export const LAST_SECTOR: u64 = 18014398509481983;

const VERSION: u64 = 1;

let map: usize = 0;

/** Whether the request at `at` has this action. */
export function isAction(at: usize, name: u32): bool {
  if (kindOf(at) != MAP) return false;
  const action = find(at, named(TEXT_ACTION));
  return action != 0 && kindOf(action) == TEXT && equal(bytesOf(action), named(name));
}

export function checkVersion(at: usize): bool {
  map = at;
  const version = whole(TEXT_V);
  return !failed() && (version == VERSION || failNumber(E.UNSUPPORTED_VERSION, placeOf(TEXT_V), version));
}

/** From here on fields are those of the map at `at`; every key has to be one of `known`, a list with commas. */
export function enterMap(at: usize, known: u32): bool {
  map = at;
  return expectMap(at) && checkKnown(at, known);
}

/** Fields of a map whose keys were looked at before, or are not yet. */
export function reenterMap(at: usize): void {
  map = at;
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
  return at != 0 && readWithin(at, least, most) ? number : 0;
}

export function countOr(otherwise: u64, reference: u32, least: u64, most: u64): u64 {
  return isGiven(reference) ? count(reference, least, most) : otherwise;
}

/** A number that the caller looks at. */
export function whole(reference: u32): u64 {
  const at = valueOf(reference);
  return at != 0 && readNumber(at) ? number : 0;
}

export function wholeOr(otherwise: u64, reference: u32): u64 {
  return isGiven(reference) ? whole(reference) : otherwise;
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
  return expectBool(at) && boolOf(at);
}

/** A text, or an empty one after an error. */
export function text(reference: u32): Text {
  const at = valueOf(reference);
  return at == 0 ? 0 : expectText(at);
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
