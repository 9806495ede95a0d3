/** One value: from a field or a word, checked against its node, kept in its slot and written as the kernel's word. */

import { MAX_MAJOR, MAX_MINOR } from '../abi';
import { byteAt, enterField, fail, failNumber, failNumbers, failText, setNumber } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_DEVICE,
  KIND_HEX,
  KIND_NUMBER,
  NODE_MAY_BE_EMPTY,
  NODE_POWER_OF_TWO,
  NODE_SECTORS,
  TEXT_HEX_DIGITS,
  TEXT_SOME_TEXT,
} from '../generated/tables';
import * as msgpack from '../msgpack/read';
import { writeDecimal } from '../msgpack/write';
import { number, parseDecimal, readNumber, readSectors } from '../numbers';
import { endOf, isControl, isDigit, isHexDigit, isKernelSpace, lengthOf, named, slice, startOf, Text } from '../text';
import { has, kindOf, maxOf, minOf, nameOf, slotOf } from './nodes';
import * as slots from './slots';
import { putByte, putQuoted, putVerbatim, wordsAreQuoted } from './words';

const DASH: u32 = 0x2d;
const SLASH: u32 = 0x2f;
const COLON: u32 = 0x3a;
const BACKSLASH: u32 = 0x5c;
/** PATH_MAX less its terminator (include/uapi/linux/limits.h). */
const MAX_PATH: usize = 4095;

/** Writes the value of a field; `at` is its MessagePack. */
export function putField(node: usize, at: usize): bool {
  enterField(nameOf(node));
  const kind = kindOf(node);
  if (kind == KIND_NUMBER) {
    const read = has(node, NODE_SECTORS) ? readSectors(at) : readNumber(at);
    return read && putNumber(node, at);
  }
  if (msgpack.kindOf(at) != msgpack.TEXT) {
    return failText(E.WRONG_TYPE, at, named(kind == KIND_HEX ? TEXT_HEX_DIGITS : TEXT_SOME_TEXT));
  }
  const text = msgpack.bytesOf(at);
  if (kind == KIND_DEVICE) return putDevice(node, text, false);
  return kind == KIND_HEX ? putHex(node, text) : putWord(node, text);
}

/** Writes the value of a word. */
export function putFromWord(node: usize, word: Text): bool {
  enterField(nameOf(node));
  const kind = kindOf(node);
  if (kind == KIND_NUMBER) return parseDecimal(word) && putNumber(node, startOf(word));
  if (kind == KIND_DEVICE) return putDevice(node, word, wordsAreQuoted());
  return kind == KIND_HEX ? putHex(node, word) : putWord(node, word);
}

/** Writes what the kernel takes for an empty value. */
export function putEmpty(node: usize): void {
  slots.fill(slotOf(node), slots.TEXT, 0, 0);
  putByte(DASH);
}

function putNumber(node: usize, at: usize): bool {
  const value = number;
  if (value < minOf(node) || value > maxOf(node)) {
    setNumber(2, maxOf(node));
    return failNumbers(E.OUT_OF_RANGE, at, value, minOf(node));
  }
  if (has(node, NODE_POWER_OF_TWO) && (value & (value - 1)) != 0) return failNumber(E.NOT_POWER_OF_TWO, at, value);
  slots.fill(slotOf(node), slots.NUMBER, value, at);
  writeDecimal(value);
  return true;
}

function putWord(node: usize, text: Text): bool {
  if (lengthOf(text) == 0) return fail(E.EMPTY_VALUE, startOf(text));
  for (let at = startOf(text); at < endOf(text); at++) {
    const byte = <u32>load<u8>(at);
    if (isControl(byte) || isKernelSpace(byte) || byte == BACKSLASH) return failText(E.VALUE_CHARACTER, at, byteAt(at));
  }
  slots.fill(slotOf(node), slots.TEXT, text, startOf(text));
  putVerbatim(text);
  return true;
}

function putHex(node: usize, text: Text): bool {
  if (has(node, NODE_MAY_BE_EMPTY) && isEmptyHex(text)) {
    putEmpty(node);
    return true;
  }
  for (let at = startOf(text); at < endOf(text); at++) {
    if (!isHexDigit(load<u8>(at))) return failText(E.BAD_HEX, at, text);
  }
  const digits = lengthOf(text);
  if (digits == 0) return fail(E.EMPTY_VALUE, startOf(text));
  if (digits % 2 != 0) return failNumber(E.ODD_HEX, startOf(text), digits);
  slots.fill(slotOf(node), slots.TEXT, text, startOf(text));
  putVerbatim(text);
  return true;
}

function isEmptyHex(text: Text): bool {
  return lengthOf(text) == 0 || (lengthOf(text) == 1 && load<u8>(startOf(text)) == DASH);
}

function putDevice(node: usize, text: Text, quoted: bool): bool {
  const length = lengthOf(text);
  const start = startOf(text);
  if (length == 0) return fail(E.EMPTY_VALUE, start);
  if (load<u8>(start) != SLASH && !isDeviceNumber(text)) return failText(E.BAD_DEVICE, start, text);
  const bytes = quoted ? unquotedLength(text) : length;
  if (bytes > MAX_PATH) return failNumbers(E.DEVICE_TOO_LONG, start, MAX_PATH, bytes);
  for (let at = start; at < endOf(text); at++) {
    if (isControl(load<u8>(at))) return failText(E.VALUE_CHARACTER, at, byteAt(at));
  }
  slots.fill(slotOf(node), slots.TEXT, text, start);
  if (quoted) putVerbatim(text);
  else putQuoted(text);
  return true;
}

/** Bytes without the backslashes that quote others. */
function unquotedLength(text: Text): usize {
  let length: usize = 0;
  for (let at = startOf(text); at < endOf(text); at++) {
    if (load<u8>(at) == BACKSLASH) at++;
    length++;
  }
  return length;
}

/** Whether the text is `major:minor` in the one spelling that the kernel prints. */
function isDeviceNumber(text: Text): bool {
  let colon = startOf(text);
  while (colon < endOf(text) && load<u8>(colon) != COLON) colon++;
  if (colon == endOf(text)) return false;
  const major = slice(startOf(text), colon - startOf(text));
  const minor = slice(colon + 1, endOf(text) - colon - 1);
  return isCanonical(major, MAX_MAJOR) && isCanonical(minor, MAX_MINOR);
}

function isCanonical(digits: Text, max: u64): bool {
  const length = lengthOf(digits);
  if (length == 0 || length > 7 || (length > 1 && load<u8>(startOf(digits)) == 0x30)) return false;
  let value: u64 = 0;
  for (let at = startOf(digits); at < endOf(digits); at++) {
    if (!isDigit(load<u8>(at))) return false;
    value = value * 10 + load<u8>(at) - 0x30;
  }
  return value <= max;
}
