/** Words of params, in and out. */
import { byteAt, fail, failNumber, failText } from '../failure';
import * as E from '../generated/errors';
import { extend } from '../msgpack/write';
import { endOf, isControl, isKernelSpace, lengthOf, slice, startOf, Text } from '../text';

let at: usize = 0;
let end: usize = 0;
let quoted: bool = false;

const BLANK: u32 = 0x20;
const TAB: u32 = 0x09;
const BACKSLASH: u32 = 0x5c;
const NO_BREAK_SPACE: u32 = 0xa0;

/** Starts over a run of words. `quotes`: a backslash quotes the byte behind it, as the kernel reads params. */
export function startWords(text: Text, quotes: bool): void {
  at = startOf(text);
  end = endOf(text);
  quoted = quotes;
  skipBlanks();
}

function skipBlanks(): void {
  while (at < end && isBlank(load<u8>(at))) at++;
}

function isBlank(byte: u32): bool {
  return byte == BLANK || byte == TAB;
}

export function moreWords(): bool {
  return at < end;
}

/** The place of the next word, or of the end. */
export function wordPlace(): usize {
  return at;
}

/** The next word, or 0 at the end. */
export function nextWord(): Text {
  if (at >= end) return 0;
  const start = at;
  while (at < end && !isBlank(load<u8>(at))) at += quoted && load<u8>(at) == BACKSLASH ? 2 : 1;
  if (at > end) at = end;
  const word = slice(start, at - start);
  skipBlanks();
  return word;
}

export function countWords(): u32 {
  const kept = at;
  let count: u32 = 0;
  while (nextWord() != 0) count++;
  at = kept;
  return count;
}

/** Whether the kernel reads raw params as words parted by single blanks: no other white space, nothing half quoted. */
export function checkParams(params: Text): bool {
  const last = endOf(params);
  for (let byte = startOf(params); byte < last; byte++) {
    const value = <u32>load<u8>(byte);
    if (isControl(value)) return failNumber(E.PARAMS_CHARACTER, byte, value);
    if (value == NO_BREAK_SPACE) return failText(E.VALUE_CHARACTER, byte, byteAt(byte));
    if (value == BACKSLASH && ++byte == last) return fail(E.TRAILING_BACKSLASH, last);
    if (value == BACKSLASH && isControl(load<u8>(byte))) return failNumber(E.PARAMS_CHARACTER, byte, load<u8>(byte));
  }
  return true;
}

/** Writes bytes as they are. */
export function putVerbatim(text: Text): void {
  const target = extend(lengthOf(text));
  if (target != 0) memory.copy(target, startOf(text), lengthOf(text));
}

export function putByte(byte: u32): void {
  const target = extend(1);
  if (target != 0) store<u8>(target, byte);
}

/** Writes a literal so that the kernel reads it as one word: dm-table.c dm_split_args takes a byte behind `\` as it is. */
export function putQuoted(text: Text): void {
  for (let byte = startOf(text); byte < endOf(text); byte++) {
    const value = <u32>load<u8>(byte);
    if (value == BACKSLASH || isKernelSpace(value)) putByte(BACKSLASH);
    putByte(value);
  }
}

/** Writes literal params of a row of text: blanks part words, everything else is what it looks like. */
export function putLiteralParams(text: Text): void {
  for (let byte = startOf(text); byte < endOf(text); byte++) {
    const value = <u32>load<u8>(byte);
    if (value == BACKSLASH || value == NO_BREAK_SPACE) putByte(BACKSLASH);
    putByte(value == TAB ? BLANK : value);
  }
}

/** Whether the words at hand are written with the kernel's quoting already. */
export function wordsAreQuoted(): bool {
  return quoted;
}
