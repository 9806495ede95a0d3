/** A run of bytes: its address in the high and its length in the low 32 bits. */
import { TABLES } from './generated/tables';

export type Text = u64;

export function slice(at: usize, length: usize): Text {
  return ((<u64>at) << 32) | <u64>length;
}

export function startOf(text: Text): usize {
  return <usize>(text >> 32);
}

export function lengthOf(text: Text): usize {
  return <usize>(text & 0xffffffff);
}

export function endOf(text: Text): usize {
  return startOf(text) + lengthOf(text);
}

/** A text of the tables. */
export function named(reference: u32): Text {
  return slice(TABLES + (reference & 0xffff), reference >> 16);
}

export function equal(a: Text, b: Text): bool {
  if (<u32>a != <u32>b) return false;
  let left = startOf(a);
  let right = startOf(b);
  const end = endOf(a);
  while (left < end) {
    if (load<u8>(left++) != load<u8>(right++)) return false;
  }
  return true;
}

const COMMA: u32 = 0x2c;

/** Whether the word is one of a list, parted by commas with a blank behind each. */
export function isListed(word: Text, list: Text): bool {
  let from = startOf(list);
  for (let at = from; at <= endOf(list); at++) {
    if (at < endOf(list) && load<u8>(at) != COMMA) continue;
    if (equal(slice(from, at - from), word)) return true;
    from = at + 2;
  }
  return false;
}

export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

export function isHexDigit(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 6;
}

/** The end of the hex digits that begin at `at`, or `at` when none does. */
export function hexEnd(at: usize, end: usize): usize {
  while (at < end && isHexDigit(load<u8>(at))) at++;
  return at;
}

/** What the kernel's isspace() takes for a blank in a table (lib/ctype.c: Latin-1, with the no-break space). */
export function isKernelSpace(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 5 || byte == 0xa0;
}

export function isControl(byte: u32): bool {
  return byte < 0x20 || byte == 0x7f;
}

const HIGH_BITS: u64 = 0x8080808080808080;
const EIGHT_ONES: u64 = 0x0101010101010101;
const EIGHT_BLANKS: u64 = 0x2020202020202020;
const EIGHT_DELETES: u64 = 0x7f7f7f7f7f7f7f7f;

/** The first control character from `at` on, or `end`. */
export function controlFrom(at: usize, end: usize): usize {
  while (at + 8 <= end && !holdsControl(load<u64>(at))) at += 8;
  while (at < end && !isControl(load<u8>(at))) at++;
  return at;
}

/** Of eight bytes: subtracting borrows from the high bit of one that is less, which was clear before. */
function holdsControl(bytes: u64): bool {
  const deletes = bytes ^ EIGHT_DELETES;
  return ((((bytes - EIGHT_BLANKS) & ~bytes) | ((deletes - EIGHT_ONES) & ~deletes)) & HIGH_BITS) != 0;
}

/** The address of the first byte that is not UTF-8, or 0. */
export function firstNotUtf8(text: Text): usize {
  let at = startOf(text);
  const end = endOf(text);
  while (at < end) {
    while (at + 8 <= end && (load<u64>(at) & HIGH_BITS) == 0) at += 8;
    if (at >= end) break;
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) {
      at++;
      continue;
    }
    const size = utf8Size(lead);
    if (size == 0 || at + size > end || !isUtf8Tail(at, lead, size)) return at;
    at += size;
  }
  return 0;
}

function utf8Size(lead: u32): usize {
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

function isUtf8Tail(at: usize, lead: u32, size: usize): bool {
  const second = <u32>load<u8>(at + 1);
  let lowest: u32 = 0x80;
  let highest: u32 = 0xbf;
  if (lead == 0xe0) lowest = 0xa0;
  if (lead == 0xed) highest = 0x9f;
  if (lead == 0xf0) lowest = 0x90;
  if (lead == 0xf4) highest = 0x8f;
  if (second < lowest || second > highest) return false;
  for (let i: usize = 2; i < size; i++) {
    if ((load<u8>(at + i) & 0xc0) != 0x80) return false;
  }
  return true;
}
