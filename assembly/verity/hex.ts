/** Bytes as hex digits, in lower case, and back. */
import { extend, writeTextHead } from '../msgpack/write';
import { isHexDigit, lengthOf, startOf, Text } from '../text';

function digitOf(byte: u32): u32 {
  return byte < 0x3a ? byte - 0x30 : (byte | 0x20) - 0x57;
}

function hexOf(digit: u32): u32 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** The address of the first byte that is no hex digit, or 0. */
export function firstNotHex(text: Text): usize {
  for (let i: usize = 0; i < lengthOf(text); i++) {
    if (!isHexDigit(load<u8>(startOf(text) + i))) return startOf(text) + i;
  }
  return 0;
}

/** The byte that two hex digits stand for. */
export function byteOf(at: usize): u32 {
  return (digitOf(load<u8>(at)) << 4) | digitOf(load<u8>(at, 1));
}

/** Puts the digits of one byte at `to`. */
export function putHex(to: usize, byte: u32): void {
  store<u8>(to, hexOf(byte >> 4));
  store<u8>(to, hexOf(byte & 15), 1);
}

/** `size` bytes as a text of twice as many digits. */
export function writeHex(from: usize, size: usize): void {
  writeTextHead(size * 2);
  const at = extend(size * 2);
  if (at == 0) return;
  for (let i: usize = 0; i < size; i++) putHex(at + i * 2, load<u8>(from + i));
}
