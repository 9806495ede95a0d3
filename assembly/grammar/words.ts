/** Words of a line, one after the other; a group of them may be fenced off by its count. */
import { byteAt, fail, failNumber, failText } from '../failure';
import * as E from '../generated/errors';
import { endOf, isControl, isKernelSpace, printableEnd, slice, startOf, Text } from '../text';

export const COMMA: u32 = 0x2c;
export const EQUALS: u32 = 0x3d;
export const BLANK: u32 = 0x20;
export const TAB: u32 = 0x09;
export const BACKSLASH: u32 = 0x5c;
export const NO_BREAK_SPACE: u32 = 0xa0;
export const SLASH: u32 = 0x2f;

let at: usize = 0;
let end: usize = 0;
/** Words that may still be taken: of a group that says how many it has. */
let left: u32 = u32.MAX_VALUE;
let quoted: bool = false;
/** The two bytes that part words: commas and equals signs where the words are parts of one. */
let blank: u32 = BLANK;
let otherBlank: u32 = TAB;
/** Where the words around such a one end. */
let outerEnd: usize = 0;

/** Starts over a run of words. `quotes`: a backslash quotes the byte behind it, as the kernel reads params. */
export function startWords(text: Text, quotes: bool): void {
  at = startOf(text);
  end = endOf(text);
  left = u32.MAX_VALUE;
  quoted = quotes;
  blank = BLANK;
  otherBlank = TAB;
  skipBlanks();
}

/** Whether the words are written with the kernel's quoting. */
export function wordsAreQuoted(): bool {
  return quoted;
}

function skipBlanks(): void {
  let here = at;
  while (here < end && isBlank(load<u8>(here))) here++;
  at = here;
}

function isBlank(byte: u32): bool {
  return byte == blank || byte == otherBlank;
}

export function moreWords(): bool {
  return at < end && left != 0;
}

/** The place of the next word, or of the end. */
export function wordPlace(): usize {
  return at;
}

export function wordsEnd(): usize {
  return end;
}

/** Everything that has not been taken. */
export function restOfWords(): Text {
  return slice(at, end - at);
}

function wordEnd(start: usize, last: usize): usize {
  let here = start;
  while (here < last) {
    if (blank == BLANK) here = printableEnd(here, last);
    if (here == last || isBlank(load<u8>(here))) return here;
    here += quoted && load<u8>(here) == BACKSLASH ? 2 : 1;
  }
  return last;
}

/** The next word, or 0 at the end. */
export function nextWord(): Text {
  if (!moreWords()) return 0;
  const start = at;
  const stop = wordEnd(start, end);
  at = stop;
  left--;
  skipBlanks();
  return slice(start, stop - start);
}

/** Takes the next word if it ends at `stop`. */
export function takeTo(stop: usize): bool {
  if (left == 0 || (stop < end && !isBlank(load<u8>(stop)))) return false;
  at = stop;
  left--;
  skipBlanks();
  return true;
}

/** The next word, which is still to be taken. */
export function aheadWord(): Text {
  const here = mark();
  const word = nextWord();
  backTo(here);
  return word;
}

/** How many words there still are. */
export function countWords(): u32 {
  const keptAt = at;
  const keptLeft = left;
  let count: u32 = 0;
  while (nextWord() != 0) count++;
  at = keptAt;
  left = keptLeft;
  return count;
}

/** Fences off the next `count` words; what may be taken behind them, for `leaveFence`. */
export function enterFence(count: u32): u32 {
  const behind = left - count;
  left = count;
  return behind;
}

export function leaveFence(behind: u32): void {
  left = behind;
}

/** Goes on inside a word, in its names and values; where to go back to, for `leaveWord`. 0 where it is not made of them. */
export function enterWord(word: Text): u64 {
  const behind = mark();
  let expected = EQUALS;
  for (let part = startOf(word); part < endOf(word); part++) {
    const byte = <u32>load<u8>(part);
    if (byte != COMMA && byte != EQUALS) continue;
    if (byte != expected) return 0;
    expected = byte == EQUALS ? COMMA : EQUALS;
  }
  if (expected == EQUALS) return 0;
  outerEnd = end;
  at = startOf(word);
  end = endOf(word);
  left = u32.MAX_VALUE;
  blank = COMMA;
  otherBlank = EQUALS;
  return behind;
}

export function leaveWord(behind: u64): void {
  blank = BLANK;
  otherBlank = TAB;
  end = outerEnd;
  backTo(behind);
}

/** Where the words stand, to come back to: options are looked through once for each. */
export function mark(): u64 {
  return ((<u64>at) << 32) | left;
}

export function backTo(marked: u64): void {
  at = <usize>(marked >> 32);
  left = <u32>marked;
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

/** Whether both paths lead the kernel the same way: a backslash that quotes means nothing, nor does a slash behind a slash. */
export function samePath(a: Text, aQuoted: bool, b: Text, bQuoted: bool): bool {
  let left = startOf(a);
  let right = startOf(b);
  let byte: u32 = 0;
  while (true) {
    left = nextOfPath(left, endOf(a), aQuoted, byte);
    right = nextOfPath(right, endOf(b), bQuoted, byte);
    if (left == endOf(a) || right == endOf(b)) break;
    byte = load<u8>(left++);
    if (byte != load<u8>(right++)) return false;
  }
  return left == endOf(a) && right == endOf(b);
}

function nextOfPath(at: usize, end: usize, quoted: bool, before: u32): usize {
  while (at < end) {
    if (quoted && load<u8>(at) == BACKSLASH) at++;
    if (before != SLASH || load<u8>(at) != SLASH) return at;
    at++;
  }
  return end;
}

/** Whether the kernel would end a word at this byte, or read it as something else. */
export function needsQuoting(byte: u32): bool {
  return byte == BACKSLASH || isKernelSpace(byte);
}
