/** MessagePack from outside: checked once as a whole (`check`), then read without further bounds checks. */

import { fail, failNumber, failText } from '../failure';
import * as E from '../generated/errors';
import { equal, firstNotUtf8, slice, Text } from '../text';

export const NIL: u32 = 0;
export const BOOL: u32 = 1;
export const NUMBER: u32 = 2;
export const TEXT: u32 = 3;
export const BINARY: u32 = 4;
export const ARRAY: u32 = 5;
export const MAP: u32 = 6;
const EXTENSION: u32 = 7;
const RESERVED: u32 = 8;

const MAX_DEPTH: u32 = 8;
export const MAX_FIELDS: u32 = 64;

/** Where the keys of the maps around the one at hand stand: MAX_DEPTH times MAX_FIELDS addresses. */
const KEY_SIZE: usize = 4;
const KEYS: usize = memory.data(2048, 8);

/** The kind of the value at `at`. */
export function kindOf(at: usize): u32 {
  const tag = <u32>load<u8>(at);
  if (tag < 0x80 || tag >= 0xe0) return NUMBER;
  if (tag < 0x90) return MAP;
  if (tag < 0xa0) return ARRAY;
  if (tag < 0xc0) return TEXT;
  if (tag == 0xc0) return NIL;
  if (tag == 0xc1) return RESERVED;
  if (tag < 0xc4) return BOOL;
  if (tag < 0xc7) return BINARY;
  if (tag < 0xca) return EXTENSION;
  if (tag < 0xd4) return NUMBER;
  if (tag < 0xd9) return EXTENSION;
  if (tag < 0xdc) return TEXT;
  return tag < 0xde ? ARRAY : MAP;
}

/** Bytes of the tag and what belongs to it: a number whole, the length of everything else. */
function headSize(at: usize): usize {
  const tag = <u32>load<u8>(at);
  if (tag < 0xc4 || tag >= 0xe0) return 1;
  if (tag == 0xc4 || tag == 0xcc || tag == 0xd0 || tag == 0xd9) return 2;
  if (tag == 0xc5 || tag == 0xcd || tag == 0xd1 || tag == 0xda || tag == 0xdc || tag == 0xde) return 3;
  if (tag == 0xcb || tag == 0xcf || tag == 0xd3) return 9;
  return 5;
}

/** Bytes of a text or binary, elements of an array, pairs of a map. */
export function sizeOf(at: usize): u32 {
  const tag = <u32>load<u8>(at);
  if (tag < 0xa0) return tag & 0x0f;
  if (tag < 0xc0) return tag & 0x1f;
  const head = headSize(at);
  if (head == 2) return load<u8>(at, 1);
  if (head == 3) return bswap<u16>(load<u16>(at, 1));
  return bswap<u32>(load<u32>(at, 1));
}

/** Where the elements or bytes of the value begin. */
export function bodyOf(at: usize): usize {
  return at + headSize(at);
}

/** The bytes of a text or binary. */
export function bytesOf(at: usize): Text {
  return slice(bodyOf(at), sizeOf(at));
}

/** The address behind the value. */
export function skip(at: usize): usize {
  const kind = kindOf(at);
  if (kind == TEXT || kind == BINARY) return bodyOf(at) + sizeOf(at);
  let next = bodyOf(at);
  if (kind == ARRAY || kind == MAP) {
    for (let left = kind == MAP ? <u64>sizeOf(at) * 2 : <u64>sizeOf(at); left > 0; left--) next = skip(next);
  }
  return next;
}

/** Whether the bytes up to `end` are one value without extensions, deep nesting, wrong text or keys given twice. */
export function check(at: usize, end: usize): bool {
  const next = checkValue(at, end, 1);
  if (next == 0) return false;
  return next == end || fail(E.MALFORMED_REQUEST, next);
}

function checkValue(at: usize, end: usize, depth: u32): usize {
  if (at >= end) return refuse(E.MALFORMED_REQUEST, at);
  const kind = kindOf(at);
  if (kind == EXTENSION) return refuse(E.EXTENSION_REFUSED, at);
  if (kind == RESERVED || at + headSize(at) > end) return refuse(E.MALFORMED_REQUEST, at);
  const body = bodyOf(at);
  if (kind == TEXT || kind == BINARY) {
    if (<usize>sizeOf(at) > end - body) return refuse(E.MALFORMED_REQUEST, at);
    if (kind == TEXT) {
      const wrong = firstNotUtf8(bytesOf(at));
      if (wrong != 0) return refuse(E.NOT_TEXT, wrong);
    }
    return body + sizeOf(at);
  }
  if (kind != ARRAY && kind != MAP) return body;
  if (depth > MAX_DEPTH) {
    failNumber(E.NESTED_TOO_DEEP, at, MAX_DEPTH);
    return 0;
  }
  // an element takes at least a byte, so a size that lies is found before it is counted out
  if (<usize>sizeOf(at) > end - body) return refuse(E.MALFORMED_REQUEST, at);
  return kind == MAP ? checkMap(at, end, depth + 1) : checkArray(at, end, depth + 1);
}

function refuse(error: u32, at: usize): usize {
  fail(error, at);
  return 0;
}

function checkArray(at: usize, end: usize, depth: u32): usize {
  let next = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    next = checkValue(next, end, depth);
    if (next == 0) return 0;
  }
  return next;
}

function checkMap(at: usize, end: usize, depth: u32): usize {
  const size = sizeOf(at);
  if (size > MAX_FIELDS) {
    failNumber(E.TOO_MANY_FIELDS, at, MAX_FIELDS);
    return 0;
  }
  const keys = KEYS + <usize>(depth - 2) * MAX_FIELDS * KEY_SIZE;
  let next = bodyOf(at);
  for (let i: u32 = 0; i < size; i++) {
    const key = next;
    if (key >= end || kindOf(key) != TEXT) return refuse(E.MALFORMED_REQUEST, key);
    next = checkValue(key, end, depth);
    if (next == 0) return 0;
    if (isRepeated(keys, i, key)) {
      failText(E.DUPLICATE_FIELD, key, bytesOf(key));
      return 0;
    }
    next = checkValue(next, end, depth);
    if (next == 0) return 0;
  }
  return next;
}

/** Whether the key is one of the `count` before it; remembers it otherwise. */
function isRepeated(keys: usize, count: usize, key: usize): bool {
  for (let i: usize = 0; i < count; i++) {
    if (equal(bytesOf(load<u32>(keys + i * KEY_SIZE)), bytesOf(key))) return true;
  }
  store<u32>(keys + count * KEY_SIZE, <u32>key);
  return false;
}

/** The value of a field of the map at `at`, or 0. */
export function find(at: usize, name: Text): usize {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const value = skip(key);
    if (equal(bytesOf(key), name)) return value;
    key = skip(value);
  }
  return 0;
}
