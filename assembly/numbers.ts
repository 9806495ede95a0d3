/** Whole numbers as hosts and people write them, and arithmetic that tells when it passes 64 bits. */
import { SECTOR_SHIFT, SECTOR_SIZE } from './abi';
import { fail, failNumber, failNumbers, failText, setNumber } from './failure';
import * as E from './generated/errors';
import { TEXT_A_NUMBER } from './generated/tables';
import { bytesOf, kindOf, NUMBER, TEXT } from './msgpack/read';
import { endOf, isDigit, lengthOf, named, slice, startOf, Text, ZERO } from './text';

/** What the last successful reading gave. */
export let number: u64 = 0;
/** Whether it was below zero, where that is allowed; `number` is then how far. */
export let isNegative: bool = false;

/** Reads a number of any integer form, a float64 that is a whole number up to 2^53, or decimal digits. */
export function readNumber(at: usize): bool {
  if (kindOf(at) == TEXT) return parseDecimal(bytesOf(at));
  if (kindOf(at) != NUMBER) return failText(E.WRONG_TYPE, at, named(TEXT_A_NUMBER));
  isNegative = false;
  return readEncoded(at);
}

/** The same, or a negative integer, or text with a minus sign. */
export function readSignedNumber(at: usize): bool {
  if (kindOf(at) == TEXT) return parseSigned(bytesOf(at));
  if (kindOf(at) == NUMBER && load<u8>(at) >= 0xd0 && signedValue(at) < 0) {
    number = <u64>-signedValue(at);
    isNegative = true;
    return true;
  }
  return readNumber(at);
}

/** Decimal digits, perhaps behind a minus sign. */
export function parseSigned(text: Text): bool {
  if (lengthOf(text) < 2 || load<u8>(startOf(text)) != 0x2d) return parseDecimal(text);
  if (!parseDecimal(slice(startOf(text) + 1, lengthOf(text) - 1))) return false;
  isNegative = number != 0;
  return true;
}

/** Reads a number from `least` to `most`. */
export function readWithin(at: usize, least: u64, most: u64): bool {
  return readNumber(at) && isWithin(at, least, most);
}

/** Whether the number that was read last, at `at`, is in the range. */
export function isWithin(at: usize, least: u64, most: u64): bool {
  if (number >= least && number <= most) return true;
  setNumber(2, most);
  return failNumbers(E.OUT_OF_RANGE, at, number, least);
}

/** Reads a number of sectors, or text with a unit: `2048s`, `1MiB`, `512B`. */
export function readSectors(at: usize): bool {
  return kindOf(at) == TEXT ? parseSectors(bytesOf(at)) : readNumber(at);
}

function readEncoded(at: usize): bool {
  const tag = <u32>load<u8>(at);
  if (tag < 0x80) number = tag;
  else if (tag == 0xcc) number = load<u8>(at, 1);
  else if (tag == 0xcd) number = bswap<u16>(load<u16>(at, 1));
  else if (tag == 0xce) number = bswap<u32>(load<u32>(at, 1));
  else if (tag == 0xcf) number = bswap<u64>(load<u64>(at, 1));
  else if (tag == 0xcb) return readDouble(at, bswap<u64>(load<u64>(at, 1)));
  else if (tag == 0xca) return fail(E.FRACTION, at);
  else return readSigned(at);
  return true;
}

/** The value of an integer that may be negative. */
function signedValue(at: usize): i64 {
  const tag = <u32>load<u8>(at);
  if (tag == 0xd0) return <i64>load<i8>(at, 1);
  if (tag == 0xd1) return <i64>(<i16>bswap<u16>(load<u16>(at, 1)));
  if (tag == 0xd2) return <i64>(<i32>bswap<u32>(load<u32>(at, 1)));
  if (tag == 0xd3) return <i64>bswap<u64>(load<u64>(at, 1));
  return <i64>(<i8>tag);
}

function readSigned(at: usize): bool {
  const value = signedValue(at);
  if (value < 0) return fail(E.NEGATIVE_NUMBER, at);
  number = <u64>value;
  return true;
}

const FRACTION_BITS: u64 = 52;
const EXPONENT_BIAS: u64 = 1023;

/** IEEE 754 by its bits: the module has no floating point. */
function readDouble(at: usize, bits: u64): bool {
  if (bits << 1 == 0) {
    number = 0;
    return true;
  }
  if (bits >> 63 != 0) return fail(E.NEGATIVE_NUMBER, at);
  const exponent = bits >> FRACTION_BITS;
  const mantissa = (bits & ((1 << FRACTION_BITS) - 1)) | (1 << FRACTION_BITS);
  if (exponent < EXPONENT_BIAS || exponent > EXPONENT_BIAS + FRACTION_BITS + 1) return fail(E.FRACTION, at);
  if (exponent == EXPONENT_BIAS + FRACTION_BITS + 1) {
    if (mantissa != 1 << FRACTION_BITS) return fail(E.FRACTION, at);
    number = mantissa << 1;
    return true;
  }
  const below = FRACTION_BITS - (exponent - EXPONENT_BIAS);
  if ((mantissa & ((1 << below) - 1)) != 0) return fail(E.FRACTION, at);
  number = mantissa >> below;
  return true;
}

/** Digits of the largest number; those of a shorter one fit into 64 bits whatever they are. */
const MOST_DIGITS: usize = 20;

/** Reads decimal digits without sign, blanks or leading zeros: what all three of the kernel's parsers agree on. */
export function parseDecimal(text: Text): bool {
  const at = startOf(text);
  const behind = takeDecimal(at, endOf(text));
  if (behind == endOf(text) && behind != at) return true;
  return lengthOf(text) < MOST_DIGITS || load<u8>(at) == ZERO ? failText(E.BAD_NUMBER, at, text) : parseLong(text);
}

/** Reads the number at `at`: the place behind it, or `at` itself where none is, or one of as many digits as the largest. */
export function takeDecimal(at: usize, end: usize): usize {
  isNegative = false;
  let value: u64 = 0;
  let behind = at;
  for (; behind < end; behind++) {
    const digit = <u32>load<u8>(behind) - ZERO;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  const digits = behind - at;
  if (digits == 0 || digits >= MOST_DIGITS || (digits > 1 && load<u8>(at) == ZERO)) return at;
  number = value;
  return behind;
}

function parseLong(text: Text): bool {
  const at = startOf(text);
  for (let byte = at; byte < endOf(text); byte++) {
    if (!isDigit(load<u8>(byte))) return failText(E.BAD_NUMBER, at, text);
  }
  const last = takeDecimal(at, at + MOST_DIGITS - 1);
  const digit = <u64>load<u8>(last) - ZERO;
  if (lengthOf(text) > MOST_DIGITS || number > (u64.MAX_VALUE - digit) / 10) return fail(E.NUMBER_TOO_LARGE, at);
  number = number * 10 + digit;
  return true;
}

function parseSectors(text: Text): bool {
  let unitAt = startOf(text);
  while (unitAt < endOf(text) && isDigit(load<u8>(unitAt))) unitAt++;
  if (unitAt == endOf(text)) return parseDecimal(text);
  if (unitAt == startOf(text)) return failText(E.BAD_NUMBER, unitAt, text);
  const unit = slice(unitAt, endOf(text) - unitAt);
  const isSectors = lengthOf(unit) == 1 && load<u8>(unitAt) == 0x73; // s
  const shift = unitShift(unit);
  if (!isSectors && shift < 0) return failText(E.UNKNOWN_UNIT, startOf(text), text);
  if (!parseDecimal(slice(startOf(text), unitAt - startOf(text)))) return false;
  if (isSectors) return true;
  if (shift == 0) return sectorsOfBytes(startOf(text));
  const scale = <u64>(shift - SECTOR_SHIFT);
  if ((number << scale) >> scale != number) return fail(E.NUMBER_TOO_LARGE, startOf(text));
  number <<= scale;
  return true;
}

function sectorsOfBytes(at: usize): bool {
  if (number % SECTOR_SIZE != 0) return failNumber(E.NOT_WHOLE_SECTORS, at, number);
  number >>= SECTOR_SHIFT;
  return true;
}

/** Powers of two of a byte unit, 0 for bytes, -1 for what is none. */
function unitShift(unit: Text): i32 {
  const at = startOf(unit);
  const first = <u32>load<u8>(at);
  if (lengthOf(unit) == 1) return first == 0x42 ? 0 : -1; // B
  if (lengthOf(unit) != 3 || load<u8>(at, 1) != 0x69 || load<u8>(at, 2) != 0x42) return -1; // iB
  if (first == 0x4b) return 10;
  if (first == 0x4d) return 20;
  if (first == 0x47) return 30;
  if (first == 0x54) return 40;
  if (first == 0x50) return 50;
  return first == 0x45 ? 60 : -1;
}

/** Set when `add`, `multiply` or `subtract` left the range of 64 bits; cleared by whoever asks. */
export let overflow: bool = false;

export function clearOverflow(): void {
  overflow = false;
}

export function add(a: u64, b: u64): u64 {
  if (a > u64.MAX_VALUE - b) overflow = true;
  return a + b;
}

export function subtract(a: u64, b: u64): u64 {
  if (a < b) overflow = true;
  return a - b;
}

export function multiply(a: u64, b: u64): u64 {
  if (b != 0 && a > u64.MAX_VALUE / b) overflow = true;
  return a * b;
}
