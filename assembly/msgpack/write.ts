/** Canonical MessagePack at the arena's top: shortest forms, no floats, no extensions. */

import { TEXT_ELLIPSIS } from '../generated/tables';
import { mayBeSecret } from '../grammar/secrets';
import { raiseTop, room, setTop, top } from '../memory';
import { copyBytes, EIGHT, firstNotUtf8, isHexDigit, lengthOf, named, startOf, Text } from '../text';

/** Set when the memory ran out: what was written is not complete. */
export let overflowed: bool = false;

export function startWriting(): void {
  overflowed = false;
}

/** Whether `size` bytes more can be written. */
function fits(size: usize): bool {
  if (overflowed || !room(size)) overflowed = true;
  return !overflowed;
}

/** Zeroed bytes at the top, or 0 when there is no memory left. */
export function extend(size: usize): usize {
  if (!fits(size)) return 0;
  raiseTop(size);
  return top - size;
}

function tag(byte: u32): void {
  if (!fits(1)) return;
  store<u8>(top, byte);
  raiseTop(1);
}

function tag8(byte: u32, value: u32): void {
  const at = extend(2);
  if (at == 0) return;
  store<u8>(at, byte);
  store<u8>(at, value, 1);
}

function tag16(byte: u32, value: u32): void {
  const at = extend(3);
  if (at == 0) return;
  store<u8>(at, byte);
  store<u16>(at, bswap<u16>(<u16>value), 1);
}

function tag32(byte: u32, value: u32): void {
  const at = extend(5);
  if (at == 0) return;
  store<u8>(at, byte);
  store<u32>(at, bswap<u32>(value), 1);
}

export function writeMap(size: u32): void {
  if (size < 16) tag(0x80 | size);
  else if (size < 65536) tag16(0xde, size);
  else tag32(0xdf, size);
}

export function writeArray(size: u32): void {
  if (size < 16) tag(0x90 | size);
  else if (size < 65536) tag16(0xdc, size);
  else tag32(0xdd, size);
}

export function writeNil(): void {
  tag(0xc0);
}

export function writeBool(value: bool): void {
  tag(value ? 0xc3 : 0xc2);
}

export function writeNumber(value: u64): void {
  if (value < 128) tag(<u32>value);
  else if (value < 256) tag8(0xcc, <u32>value);
  else if (value < 65536) tag16(0xcd, <u32>value);
  else if (value < 4294967296) tag32(0xce, <u32>value);
  else {
    const at = extend(9);
    if (at == 0) return;
    store<u8>(at, 0xcf);
    store<u64>(at, bswap<u64>(value), 1);
  }
}

export function writeSigned(value: i32): void {
  if (value >= 0) writeNumber(value);
  else if (value >= -32) tag(<u32>value & 0xff);
  else if (value >= -128) tag8(0xd0, <u32>value & 0xff);
  else if (value >= -32768) tag16(0xd1, <u32>value & 0xffff);
  else tag32(0xd2, <u32>value);
}

export function writeSigned64(value: i64): void {
  if (value >= i32.MIN_VALUE && value <= i32.MAX_VALUE) {
    writeSigned(<i32>value);
    return;
  }
  if (value >= 0) {
    writeNumber(value);
    return;
  }
  const at = extend(9);
  if (at == 0) return;
  store<u8>(at, 0xd3);
  store<u64>(at, bswap<u64>(<u64>value), 1);
}

/** The head of a text of that many bytes, which the caller then extends. */
export function writeTextHead(length: usize): void {
  const size = <u32>length;
  if (size < 32) tag(0xa0 | size);
  else if (size < 256) tag8(0xd9, size);
  else if (size < 65536) tag16(0xda, size);
  else tag32(0xdb, size);
}

export function writeBinaryHead(length: usize): void {
  const size = <u32>length;
  if (size < 256) tag8(0xc4, size);
  else if (size < 65536) tag16(0xc5, size);
  else tag32(0xc6, size);
}

export function writeBytes(bytes: Text): void {
  const length = lengthOf(bytes);
  if (!fits(length + EIGHT)) return;
  if (length > SHORT) memory.copy(top, startOf(bytes), length);
  else copyBytes(top, startOf(bytes), length);
  raiseTop(length);
}

/** Up to so many bytes a loop is faster than a call of the host's copy. */
const SHORT: usize = 32;

/** Bytes from outside as text where they are UTF-8, else as binary. */
export function writeText(text: Text): void {
  if (firstNotUtf8(text) == 0) writeTextHead(lengthOf(text));
  else writeBinaryHead(lengthOf(text));
  writeBytes(text);
}

/** A text that is known to be UTF-8. */
export function writeNamedText(text: Text): void {
  writeTextHead(lengthOf(text));
  writeBytes(text);
}

/** A key or word of the tables. */
export function writeNamed(reference: u32): void {
  writeNamedText(named(reference));
}

const LONGEST_HEAD: usize = 5;

/** Room for the head of something whose length is not known yet; `close…` puts the head there. Returns its address. */
export function openHead(): usize {
  return extend(LONGEST_HEAD);
}

const BINARY: u32 = 0;
const TEXT: u32 = 1;
const ARRAY: u32 = 2;
const MAP: u32 = 3;

export function closeBinary(opened: usize): void {
  close(opened, BINARY, 0);
}

export function closeText(opened: usize): void {
  close(opened, TEXT, 0);
}

export function closeArray(opened: usize, size: u32): void {
  close(opened, ARRAY, size);
}

export function closeMap(opened: usize, size: u32): void {
  close(opened, MAP, size);
}

/** Writes the shortest head over the room that was kept for the longest, and moves what follows against it. */
function close(opened: usize, kind: u32, elements: u32): void {
  if (overflowed) return;
  const body = opened + LONGEST_HEAD;
  const end = top;
  const length = end - body;
  setTop(opened);
  if (kind == BINARY) writeBinaryHead(length);
  else if (kind == TEXT) writeTextHead(length);
  else if (kind == ARRAY) writeArray(elements);
  else writeMap(elements);
  const at = top;
  if (at != body) {
    memory.copy(at, body, length);
    memory.fill(at + length, 0, end - at - length);
  }
  setTop(at + length);
}

const EIGHT_DIGITS: u64 = 100000000;

/** A number in decimal digits, inside an opened text. */
export function writeDecimal(value: u64): void {
  if (value < EIGHT_DIGITS) {
    const digits = digitsOf(<u32>value);
    writeDigits(digits, value == 0 ? 7 : <usize>(ctz(digits) >> 3));
    return;
  }
  writeDecimal(value / EIGHT_DIGITS);
  writeDigits(digitsOf(<u32>(value % EIGHT_DIGITS)), 0);
}

/** The eight digits of a number below 10^8, a byte each, the first one lowest: halves, quarters, then all of them. */
function digitsOf(value: u32): u64 {
  const halves = <u64>(value / 10000) | ((<u64>(value % 10000)) << 32);
  const hundreds = ((halves * 10486) >> 20) & 0x0000007f0000007f;
  const quarters = hundreds | ((halves - 100 * hundreds) << 16);
  const tens = ((quarters * 103) >> 10) & 0x000f000f000f000f;
  return tens | ((quarters - 10 * tens) << 8);
}

/** Writes the digits without the first `left` of them. */
function writeDigits(digits: u64, left: usize): void {
  if (!fits(EIGHT)) return;
  store<u64>(top, (digits | 0x3030303030303030) >> ((<u64>left) << 3));
  raiseTop(EIGHT - left);
}

/**
 * Bytes inside an opened text, with anything that is not printable ASCII shown as `?`, what may be a key as zeros, and cut
 * after 64 bytes.
 */
export function writeShown(text: Text): void {
  const length = min<usize>(lengthOf(text), 64);
  const at = extend(length);
  if (at == 0) return;
  const hides = mayBeSecret(text);
  for (let i: usize = 0; i < length; i++) {
    const byte = <u32>load<u8>(startOf(text) + i);
    store<u8>(at + i, hides && isHexDigit(byte) ? 0x30 : byte >= 0x20 && byte < 0x7f ? byte : 0x3f);
  }
  if (lengthOf(text) > length) writeBytes(named(TEXT_ELLIPSIS));
}

/** A printable byte inside an opened text. */
export function writeByte(byte: u32): void {
  tag(byte);
}
