/** MessagePack from outside: checked once as a whole (`check`), then read without further bounds checks. */

import { fail, failNumber, failText } from '../failure';
import * as E from '../generated/errors';
import { endOf, equal, firstNotUtf8, lengthOf, slice, Text } from '../text';

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

/** Where the keys of the maps around the one at hand stand: MAX_DEPTH times MAX_FIELDS texts. */
const KEY_SIZE: usize = 8;
const KEYS: usize = memory.data(4096, 8);

/** Of the tags from 0xc0 to 0xdf the kind, and above it the bytes of the tag and what belongs to it. */
const TAGS: usize = memory.data<u8>([
  0x10, 0x18, 0x11, 0x11, 0x24, 0x34, 0x54, 0x57, 0x57, 0x57, 0x52, 0x92, 0x22, 0x32, 0x52, 0x92, 0x22, 0x32, 0x52,
  0x92, 0x57, 0x57, 0x57, 0x57, 0x57, 0x23, 0x33, 0x53, 0x35, 0x55, 0x36, 0x56,
]);

/** The kind of the value at `at`. */
export function kindOf(at: usize): u32 {
  const tag = <u32>load<u8>(at);
  if (tag < 0x80 || tag >= 0xe0) return NUMBER;
  if (tag < 0x90) return MAP;
  if (tag < 0xa0) return ARRAY;
  return tag < 0xc0 ? TEXT : load<u8>(TAGS + tag - 0xc0) & 0x0f;
}

/** Bytes of the tag and what belongs to it: a number whole, the length of everything else. */
function headSize(at: usize): usize {
  const tag = <u32>load<u8>(at);
  return tag - 0xc0 < 0x20 ? load<u8>(TAGS + tag - 0xc0) >> 4 : 1;
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

/** The tags of texts of less than 32 bytes, which keys are. */
const SHORT_TEXT: u32 = 0xa0;
const SHORT_TEXTS: u32 = 0x20;

/** The same for a key. */
export function keyAt(at: usize): Text {
  const length = <u32>load<u8>(at) - SHORT_TEXT;
  return length < SHORT_TEXTS ? slice(at + 1, length) : bytesOf(at);
}

/** The address behind the value. */
export function skip(at: usize): usize {
  const tag = <u32>load<u8>(at);
  if (tag < 0x80) return at + 1;
  if (tag - SHORT_TEXT < SHORT_TEXTS) return at + 1 + tag - SHORT_TEXT;
  const kind = kindOf(at);
  if (kind == TEXT || kind == BINARY) return endOf(bytesOf(at));
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
    if (isRepeated(keys, i, keyAt(key))) {
      failText(E.DUPLICATE_FIELD, key, bytesOf(key));
      return 0;
    }
    next = checkValue(next, end, depth);
    if (next == 0) return 0;
  }
  return next;
}

/** Whether the key is one of the `count` before it; remembers it otherwise. */
function isRepeated(keys: usize, count: usize, key: Text): bool {
  const end = keys + count * KEY_SIZE;
  for (let at = keys; at < end; at += KEY_SIZE) {
    if (load<u32>(at) == <u32>key && equal(load<u64>(at), key)) return true;
  }
  store<u64>(end, key);
  return false;
}

/** The value of a field of the map at `at`, or 0. */
export function find(at: usize, name: Text): usize {
  let key = bodyOf(at);
  for (let left = sizeOf(at); left > 0; left--) {
    const text = keyAt(key);
    if (lengthOf(text) == lengthOf(name) && equal(text, name)) return endOf(text);
    key = skip(endOf(text));
  }
  return 0;
}
