/** The fields of a verity request: found by name, refused when missing, unknown or of another type. */
import { enterField, fail, failText } from '../failure';
import * as E from '../generated/errors';
import { boolOf, expectBool, expectText } from '../msgpack/fields';
import { find } from '../msgpack/read';
import { number, readNumber } from '../numbers';
import { lengthOf, named, Text } from '../text';

/** What the last successful reading gave, beside `number`. */
export let text: Text = 0;
export let isTrue: bool = false;
/** Where the value stands, for what is found wrong with it later. */
export let valueAt: usize = 0;

/** Whether the field is there; `valueAt` is then its value. */
export function has(map: usize, field: u32): bool {
  enterField(named(field));
  valueAt = find(map, named(field));
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
  text = expectText(valueAt);
  return text != 0;
}

/** Leaves the value, or `otherwise` when the field is not there, in `isTrue`. */
export function readBoolOr(map: usize, field: u32, otherwise: bool): bool {
  isTrue = otherwise;
  if (!has(map, field)) return true;
  if (!expectBool(valueAt)) return false;
  isTrue = boolOf(valueAt);
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
