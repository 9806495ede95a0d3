/** One value: read from a field or a word, checked against its node, kept in its slot and handed to the sink. */
import { MAX_MAJOR, MAX_MINOR } from '../abi';
import { byteAt, enterField, fail, failNumber, failNumbers, failText, failTexts, setNumber } from '../failure';
import * as E from '../generated/errors';
import {
  KIND_BOOLEAN,
  KIND_DEVICE,
  KIND_HEX,
  KIND_KEY,
  KIND_NUMBER,
  KIND_ONE_OF,
  KIND_RATIO,
  NODE_DISTINCT,
  NODE_IGNORE_CASE,
  NODE_KEYRING,
  NODE_MAY_BE_EMPTY,
  NODE_POWER_OF_TWO,
  NODE_SECTORS,
  NODE_SIGNED,
  NODE_SILENT,
  NODE_USUAL,
  TEXT_HEX_DIGITS,
  TEXT_SOME_TEXT,
} from '../generated/tables';
import { boolOf, expectBool } from '../msgpack/fields';
import * as msgpack from '../msgpack/read';
import { writeNumber } from '../msgpack/write';
import {
  isNegative,
  number,
  parseDecimal,
  parseSigned,
  readNumber,
  readSectors,
  readSignedNumber,
  takeDecimal,
} from '../numbers';
import {
  controlFrom,
  endOf,
  equal,
  isControl,
  isHexDigit,
  isKernelSpace,
  lengthOf,
  named,
  slice,
  startOf,
  Text,
} from '../text';
import {
  alternative,
  alternativeCount,
  alternativeName,
  alternativeWord,
  has,
  kindOf,
  maxOf,
  minOf,
  multipleOf,
  nameOf,
  slotOf,
  wordOf,
} from './nodes';
import { noteSecret } from './secrets';
import * as sink from './sink';
import * as slots from './slots';
import { BACKSLASH, SLASH, wordsAreQuoted } from './words';

const DASH: u32 = 0x2d;
const COLON: u32 = 0x3a;
/** PATH_MAX less its terminator (include/uapi/linux/limits.h). */
export const MAX_PATH: usize = 4095;
/** Bytes of a key; the kernel reads any number, and no key comes near. */
const MAX_KEY_SIZE: u64 = 9999999;

/** The value of a field; `at` is its MessagePack. */
export function putField(node: usize, at: usize): bool {
  enterField(nameOf(node));
  const kind = kindOf(node);
  const isText = msgpack.kindOf(at) == msgpack.TEXT;
  if (isText && has(node, NODE_MAY_BE_EMPTY) && isNothing(msgpack.bytesOf(at))) {
    sink.putEmpty();
    return true;
  }
  if (kind == KIND_NUMBER) {
    if (isText && putAlternative(node, msgpack.bytesOf(at), true)) return true;
    return readFieldNumber(node, at) && putNumber(node, number, isNegative, at);
  }
  if (kind == KIND_BOOLEAN) return putBoolean(node, at);
  if (!isText) return failText(E.WRONG_TYPE, at, named(kind == KIND_HEX ? TEXT_HEX_DIGITS : TEXT_SOME_TEXT));
  const text = msgpack.bytesOf(at);
  if (kind == KIND_ONE_OF) return putOneOf(node, text, true);
  return putText(node, text, false);
}

function readFieldNumber(node: usize, at: usize): bool {
  if (has(node, NODE_SIGNED)) return readSignedNumber(at);
  return has(node, NODE_SECTORS) ? readSectors(at) : readNumber(at);
}

/** The value of a word. */
export function putFromWord(node: usize, word: Text): bool {
  enterField(nameOf(node));
  if (has(node, NODE_MAY_BE_EMPTY) && isDash(word)) {
    sink.putEmpty();
    return true;
  }
  const kind = kindOf(node);
  if (kind == KIND_NUMBER)
    return (
      putAlternative(node, word, false) ||
      ((has(node, NODE_SIGNED) ? parseSigned(word) : parseDecimal(word)) &&
        putNumber(node, number, isNegative, startOf(word)))
    );
  if (kind == KIND_ONE_OF || kind == KIND_BOOLEAN) return putOneOf(node, word, false);
  if (kind == KIND_RATIO) return putRatio(node, word);
  return putText(node, word, wordsAreQuoted());
}

/** What a field holds that has no value: no text at all, or the kernel's own word for it. */
function isNothing(text: Text): bool {
  return lengthOf(text) == 0 || isDash(text);
}

/** The kernel's word for no value; a part of a word is left out instead. */
function isDash(word: Text): bool {
  return lengthOf(word) == 1 && load<u8>(startOf(word)) == DASH && !sink.isJoined();
}

function putText(node: usize, text: Text, quoted: bool): bool {
  const kind = kindOf(node);
  if (lengthOf(text) == 0) return fail(E.EMPTY_VALUE, startOf(text));
  if (kind == KIND_DEVICE) return putDevice(node, text, quoted);
  if (kind == KIND_HEX) return checkHex(text) && putPlain(node, text);
  if (kind == KIND_KEY) return putKey(node, text);
  return checkPlain(text) && putPlain(node, text);
}

function putPlain(node: usize, text: Text): bool {
  slots.fill(slotOf(node), slots.TEXT, text, startOf(text));
  sink.putText(node, text);
  return true;
}

export function isInRange(node: usize, value: u64): bool {
  return value >= minOf(node) && value <= maxOf(node);
}

function putNumber(node: usize, value: u64, negative: bool, at: usize): bool {
  if (!isInRange(node, value)) {
    setNumber(2, maxOf(node));
    return failNumbers(E.OUT_OF_RANGE, at, value, minOf(node));
  }
  if (has(node, NODE_POWER_OF_TWO) && (value & (value - 1)) != 0) return failNumber(E.NOT_POWER_OF_TWO, at, value);
  if (value % multipleOf(node) != 0) return failNumbers(E.NOT_MULTIPLE, at, value, multipleOf(node));
  if (has(node, NODE_DISTINCT)) {
    if (slots.holds(slotOf(node), <u32>value)) return failNumber(E.NUMBER_REPEATED, at, value);
    slots.hold(slotOf(node), <u32>value);
  }
  slots.fillNumber(slotOf(node), value, negative, at);
  sink.putNumber(node, value, negative);
  return true;
}

/** `used/total`. */
function putRatio(node: usize, word: Text): bool {
  let slash = startOf(word);
  while (slash < endOf(word) && load<u8>(slash) != SLASH) slash++;
  if (slash == endOf(word)) return failText(E.BAD_NUMBER, startOf(word), word);
  if (!parseDecimal(slice(startOf(word), slash - startOf(word)))) return false;
  sink.putNumber(node, number, false);
  if (!parseDecimal(slice(slash + 1, endOf(word) - slash - 1))) return false;
  sink.putKey(wordOf(node));
  writeNumber(number);
  return true;
}

/** `byName`: the text is what a field holds; otherwise the kernel's word. */
function putOneOf(node: usize, text: Text, byName: bool): bool {
  return putAlternative(node, text, byName) || failTexts(E.UNKNOWN_CHOICE, startOf(text), text, wordOf(node));
}

/** Puts the alternative that the text is, if it is one. */
function putAlternative(node: usize, text: Text, byName: bool): bool {
  const found = findAlternative(node, text, byName);
  if (found < alternativeCount(node)) putAlternativeAt(node, found, startOf(text));
  return found < alternativeCount(node);
}

function putBoolean(node: usize, at: usize): bool {
  if (!expectBool(at)) return false;
  putAlternativeAt(node, boolOf(at) ? 0 : 1, at);
  return true;
}

/** The index of the alternative, or how many there are. */
function findAlternative(node: usize, text: Text, byName: bool): u32 {
  const count = alternativeCount(node);
  for (let i: u32 = 0; i < count; i++) {
    const each = alternative(node, i);
    const spelling = byName ? alternativeName(each) : alternativeWord(each);
    if (equal(spelling, text) || (has(node, NODE_IGNORE_CASE) && equalIgnoringCase(spelling, text))) return i;
  }
  return count;
}

/** Whether the word is an alternative that has a word: the last of a silent one has none. */
export function isWordOf(node: usize, word: Text): bool {
  return findAlternative(node, word, false) + 1 < alternativeCount(node);
}

export function putAlternativeAt(node: usize, index: u32, place: usize): void {
  const each = alternative(node, index);
  slots.fill(slotOf(node), slots.TEXT, alternativeWord(each), place);
  if (kindOf(node) == KIND_BOOLEAN && sink.intoFields) {
    sink.putBool(node, index == 0);
    return;
  }
  const isLeftOut = sink.intoFields ? has(node, NODE_USUAL) && index == 0 : isSilent(node, index);
  if (!isLeftOut) sink.putOneOf(node, alternativeName(each), alternativeWord(each));
}

function isSilent(node: usize, index: u32): bool {
  return has(node, NODE_SILENT) && index + 1 == alternativeCount(node);
}

export function equalIgnoringCase(a: Text, b: Text): bool {
  const length = lengthOf(a);
  if (length != lengthOf(b)) return false;
  for (let i: usize = 0; i < length; i++) {
    if (lower(load<u8>(startOf(a) + i)) != lower(load<u8>(startOf(b) + i))) return false;
  }
  return true;
}

function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

export function checkPlain(text: Text): bool {
  for (let at = startOf(text); at < endOf(text); at++) {
    const byte = <u32>load<u8>(at);
    if (isControl(byte) || isKernelSpace(byte) || byte == BACKSLASH) return failText(E.VALUE_CHARACTER, at, byteAt(at));
  }
  return true;
}

function checkHex(text: Text): bool {
  for (let at = startOf(text); at < endOf(text); at++) {
    if (!isHexDigit(load<u8>(at))) return failText(E.BAD_HEX, at, byteAt(at));
  }
  const digits = lengthOf(text);
  return digits % 2 == 0 || failNumber(E.ODD_HEX, startOf(text), digits);
}

/** A key in hex, or `:bytes:type:description` (dm-crypt.c crypt_set_keyring_key). */
function putKey(node: usize, text: Text): bool {
  const isSecret = load<u8>(startOf(text)) != COLON;
  if (isSecret) {
    if (!checkHex(text)) return false;
    noteSecret(text);
  } else if (!checkPlain(text) || !has(node, NODE_KEYRING) || !isKeyringKey(text)) {
    return failText(E.BAD_KEY, startOf(text), text);
  }
  slots.fill(slotOf(node), slots.TEXT, text, startOf(text));
  sink.putKeyText(node, text, isSecret);
  return true;
}

function isKeyringKey(text: Text): bool {
  const sizeEnd = nextColon(startOf(text) + 1, endOf(text));
  const typeEnd = nextColon(sizeEnd + 1, endOf(text));
  if (sizeEnd >= endOf(text) || typeEnd >= endOf(text) || typeEnd + 1 == endOf(text)) return false;
  if (typeEnd == sizeEnd + 1) return false;
  return takeDecimal(startOf(text) + 1, sizeEnd) == sizeEnd && sizeEnd > startOf(text) + 1 && number <= MAX_KEY_SIZE;
}

/** The next colon from `at` on, or a place behind the end. */
export function nextColon(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != COLON) at++;
  return at;
}

function putDevice(node: usize, text: Text, quoted: bool): bool {
  const length = lengthOf(text);
  const start = startOf(text);
  if (load<u8>(start) != SLASH && deviceNumberEnd(start, endOf(text)) != endOf(text))
    return failText(E.BAD_DEVICE, start, text);
  const bytes = quoted ? unquotedLength(text) : length;
  if (bytes > MAX_PATH) return failNumbers(E.DEVICE_TOO_LONG, start, MAX_PATH, bytes);
  const control = controlFrom(start, endOf(text));
  if (control < endOf(text)) return failText(E.VALUE_CHARACTER, control, byteAt(control));
  slots.fill(slotOf(node), quoted ? slots.QUOTED : slots.TEXT, text, start);
  sink.putQuotable(node, text, quoted);
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

/** The place behind the `major:minor` at `start`, in the one spelling that the kernel prints, or `start` where none is. */
export function deviceNumberEnd(start: usize, end: usize): usize {
  const colon = takeDecimal(start, end);
  if (colon == start || colon == end || load<u8>(colon) != COLON || number > <u64>MAX_MAJOR) return start;
  const behind = takeDecimal(colon + 1, end);
  return behind == colon + 1 || number > <u64>MAX_MINOR ? start : behind;
}
