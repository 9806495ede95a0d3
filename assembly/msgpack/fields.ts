/** The fields of a map by their names, and values of the kind that they have to be. What is not is refused. */
import { enterField, failText, failTexts } from '../failure';
import * as E from '../generated/errors';
import {
  TEXT_A_MAP,
  TEXT_AN_ARRAY,
  TEXT_BINARY,
  TEXT_SOME_TEXT,
  TEXT_TEXT_OR_BINARY,
  TEXT_TRUE_OR_FALSE,
} from '../generated/tables';
import { isListed, named, Text } from '../text';
import { ARRAY, BINARY, BOOL, bodyOf, bytesOf, find, kindOf, MAP, sizeOf, skip, TEXT } from './read';

const TRUE: u32 = 0xc3;

/** The value of a field that must be there, or 0. */
export function required(map: usize, field: u32): usize {
  enterField(named(field));
  const value = find(map, named(field));
  if (value == 0) failText(E.MISSING_FIELD, map, named(field));
  return value;
}

/** Whether every field of the map is one of `known`, names parted by a comma and a blank. */
export function checkKnown(map: usize, known: u32): bool {
  let key = bodyOf(map);
  for (let left = sizeOf(map); left > 0; left--) {
    const name = bytesOf(key);
    if (!isListed(name, named(known))) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, named(known));
    }
    key = skip(skip(key));
  }
  return true;
}

/** Refuses the value: it should have been what the text of the tables says. */
export function refuseKind(at: usize, expected: u32): bool {
  return failText(E.WRONG_TYPE, at, named(expected));
}

export function expectMap(at: usize): bool {
  return kindOf(at) == MAP || refuseKind(at, TEXT_A_MAP);
}

export function expectArray(at: usize): bool {
  return kindOf(at) == ARRAY || refuseKind(at, TEXT_AN_ARRAY);
}

export function expectBinary(at: usize): bool {
  return kindOf(at) == BINARY || refuseKind(at, TEXT_BINARY);
}

/** Text of any bytes. */
export function expectBytes(at: usize): bool {
  return kindOf(at) == TEXT || kindOf(at) == BINARY || refuseKind(at, TEXT_TEXT_OR_BINARY);
}

export function expectBool(at: usize): bool {
  return kindOf(at) == BOOL || refuseKind(at, TEXT_TRUE_OR_FALSE);
}

export function boolOf(at: usize): bool {
  return load<u8>(at) == TRUE;
}

/** The bytes of a text, or 0 when it is none. */
export function expectText(at: usize): Text {
  if (kindOf(at) == TEXT) return bytesOf(at);
  refuseKind(at, TEXT_SOME_TEXT);
  return 0;
}
