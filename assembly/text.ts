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
  let rest = lengthOf(a);
  for (; rest > EIGHT; rest -= EIGHT) {
    if (load<u64>(left) != load<u64>(right)) return false;
    left += EIGHT;
    right += EIGHT;
  }
  return rest == 0 || firstBytes(load<u64>(left) ^ load<u64>(right), rest) == 0;
}

/** Eight bytes at a time are loaded past the end of a text too: behind a request, and behind the tables, is memory. */
export const EIGHT: usize = 8;

/** The first `count` of eight bytes, 1 to 8, as the last: those behind them are gone. */
function firstBytes(bytes: u64, count: usize): u64 {
  return bytes << ((<u64>(EIGHT - count)) << 3);
}

/** Copies a few bytes; up to seven of those behind their copy become zero. */
export function copyBytes(to: usize, from: usize, length: usize): void {
  let rest = length;
  for (; rest >= EIGHT; rest -= EIGHT) {
    store<u64>(to, load<u64>(from));
    to += EIGHT;
    from += EIGHT;
  }
  store<u64>(to, load<u64>(from) & (((<u64>1) << ((<u64>rest) << 3)) - 1));
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

export const ZERO: u32 = 0x30;

export function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
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
  for (; at < end; at += EIGHT) {
    const bytes = load<u64>(at);
    const found = below(bytes, EIGHT_BLANKS) | below(bytes ^ EIGHT_DELETES, EIGHT_ONES);
    if (found != 0) return min(at + firstOf(found), end);
  }
  return end;
}

const EIGHT_BACKSLASHES: u64 = 0x5c5c5c5c5c5c5c5c;
const EIGHT_BEHIND_BLANK: u64 = 0x2121212121212121;

/** The end of the ASCII that begins at `at`, without blanks, control characters and backslashes. */
export function printableEnd(at: usize, end: usize): usize {
  for (; at < end; at += EIGHT) {
    const bytes = load<u64>(at);
    const others =
      below(bytes, EIGHT_BEHIND_BLANK) |
      below(bytes ^ EIGHT_BACKSLASHES, EIGHT_ONES) |
      below(bytes ^ EIGHT_DELETES, EIGHT_ONES) |
      (bytes & HIGH_BITS);
    if (others != 0) return min(at + firstOf(others), end);
  }
  return end;
}

/** The high bit of each of eight bytes that is below the bound's; of those behind the first such, others' may be set too. */
function below(bytes: u64, bound: u64): u64 {
  return (bytes - bound) & ~bytes & HIGH_BITS;
}

/** Which of eight bytes is the first that has its high bit set. */
function firstOf(highBits: u64): usize {
  return <usize>(ctz(highBits) >> 3);
}

/** The address of the first byte that is not UTF-8, or 0. */
export function firstNotUtf8(text: Text): usize {
  let at = startOf(text);
  const end = endOf(text);
  while (at < end) {
    const others = load<u64>(at) & HIGH_BITS;
    at += firstOf(others);
    if (others == 0 || at >= end) continue;
    const lead = <u32>load<u8>(at);
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
