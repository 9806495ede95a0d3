/** The uuid of a superblock: 16 bytes, written as 36 characters in the order in which they stand (RFC 9562, section 4). */
import { extend, writeTextHead } from '../msgpack/write';
import { isHexDigit, lengthOf, startOf, Text } from '../text';
import { byteOf, putHex } from './hex';

const LENGTH: usize = 36;
const DASH: u32 = 0x2d;

function isDashAt(index: usize): bool {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

export function isUuid(text: Text): bool {
  if (lengthOf(text) != LENGTH) return false;
  for (let i: usize = 0; i < LENGTH; i++) {
    const byte = <u32>load<u8>(startOf(text) + i);
    if (isDashAt(i) ? byte != DASH : !isHexDigit(byte)) return false;
  }
  return true;
}

export function putUuid(to: usize, text: Text): void {
  let at = startOf(text);
  for (let i: usize = 0; i < 16; i++) {
    if (load<u8>(at) == DASH) at++;
    store<u8>(to + i, byteOf(at));
    at += 2;
  }
}

export function writeUuid(from: usize): void {
  writeTextHead(LENGTH);
  const at = extend(LENGTH);
  if (at == 0) return;
  let digits = at;
  for (let i: usize = 0; i < 16; i++) {
    if (isDashAt(digits - at)) store<u8>(digits++, DASH);
    putHex(digits, load<u8>(from + i));
    digits += 2;
  }
}
