/** The fields of a verity request: found by name, refused when missing, unknown or of another type. */
import { enterField, fail, failText, failTexts } from '../failure';
import * as E from '../generated/errors';
import { TEXT_SOME_TEXT, TEXT_TRUE_OR_FALSE } from '../generated/tables';
import * as msgpack from '../msgpack/read';
import { number, readNumber } from '../numbers';
import { endOf, equal, lengthOf, named, slice, startOf, Text } from '../text';

/** What the last successful reading gave, beside `number`. */
export let text: Text = 0;
export let isTrue: bool = false;
/** Where the value stands, for what is found wrong with it later. */
export let valueAt: usize = 0;

const COMMA: u32 = 0x2c;

/** Whether every field of the map is one of `known`, names parted by a comma and a blank. */
export function checkKnown(map: usize, known: u32): bool {
  let key = msgpack.bodyOf(map);
  for (let left = msgpack.sizeOf(map); left > 0; left--) {
    const name = msgpack.bytesOf(key);
    enterField(name);
    if (!isListed(name, named(known))) return failTexts(E.UNKNOWN_FIELD, key, name, named(known));
    key = msgpack.skip(msgpack.skip(key));
  }
  return true;
}

function isListed(name: Text, list: Text): bool {
  let at = startOf(list);
  while (at < endOf(list)) {
    let end = at;
    while (end < endOf(list) && load<u8>(end) != COMMA) end++;
    if (equal(slice(at, end - at), name)) return true;
    at = end + 2;
  }
  return false;
}

/** Whether the field is there; `valueAt` is then its value. */
export function has(map: usize, field: u32): bool {
  enterField(named(field));
  valueAt = msgpack.find(map, named(field));
  return valueAt != 0;
}

function required(map: usize, field: u32): bool {
  return has(map, field) || failText(E.MISSING_FIELD, map, named(field));
}

/** Leaves the number in `number`. */
export function readWhole(map: usize, field: u32): bool {
  return required(map, field) && readNumber(valueAt);
}

/** The number, or `otherwise` when the field is not there. */
export function readWholeOr(map: usize, field: u32, otherwise: u64): bool {
  wholeOr = otherwise;
  if (!has(map, field)) return true;
  if (!readNumber(valueAt)) return false;
  wholeOr = number;
  return true;
}

/** What `readWholeOr` gave. */
export let wholeOr: u64 = 0;

/** Leaves the bytes in `text`. */
export function readText(map: usize, field: u32): bool {
  return required(map, field) && takeText();
}

/** The same; empty when the field is not there. */
export function readTextOrNone(map: usize, field: u32): bool {
  text = 0;
  return !has(map, field) || takeText();
}

function takeText(): bool {
  if (msgpack.kindOf(valueAt) != msgpack.TEXT) return failText(E.WRONG_TYPE, valueAt, named(TEXT_SOME_TEXT));
  text = msgpack.bytesOf(valueAt);
  return true;
}

/** Leaves the value, or `otherwise` when the field is not there, in `isTrue`. */
export function readBoolOr(map: usize, field: u32, otherwise: bool): bool {
  isTrue = otherwise;
  if (!has(map, field)) return true;
  if (msgpack.kindOf(valueAt) != msgpack.BOOL) return failText(E.WRONG_TYPE, valueAt, named(TEXT_TRUE_OR_FALSE));
  isTrue = load<u8>(valueAt) == 0xc3;
  return true;
}

/** A request that is no map has none of these. */
export function isEmpty(value: Text): bool {
  return lengthOf(value) == 0;
}

/** Refuses the value that was read last. */
export function refuse(error: u32): bool {
  return fail(error, valueAt);
}
