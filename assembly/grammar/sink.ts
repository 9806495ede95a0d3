/** Where the values of a target go: into params as words, or into an answer as typed fields. */
import { setTop, top } from '../memory';
import {
  closeMap,
  closeText,
  extend,
  openHead,
  overflowed,
  writeBool,
  writeBytes,
  writeDecimal,
  writeNamedText,
  writeNumber,
  writeSigned64,
  writeText,
} from '../msgpack/write';
import { endOf, slice, startOf, Text } from '../text';
import { nameOf } from './nodes';
import { BACKSLASH, BLANK, COMMA, EQUALS, NO_BREAK_SPACE, needsQuoting, TAB } from './words';

const COLON: u32 = 0x3a;
const DOT: u32 = 0x2e;
const DASH: u32 = 0x2d;
const ZERO: u32 = 0x30;
/** A count of 32 bits and a blank. */
const COUNT_ROOM: usize = 11;

/** Whether fields are written; words otherwise. */
export let intoFields: bool = false;
/** Values of a list have no names. */
let bare: bool = false;
/** What stands between two words, and whether one stands in front of the next. */
let separator: u32 = BLANK;
let first: bool = true;
/** Words, and fields, that were written since somebody last looked. */
let words: u32 = 0;
let fields: u32 = 0;

export function startParams(): void {
  intoFields = false;
  bare = false;
  separator = BLANK;
  first = true;
  words = 0;
}

export function startFields(): void {
  intoFields = true;
  bare = false;
  separator = BLANK;
}

function separate(): void {
  if (first) first = false;
  else putByte(separator);
  if (separator == BLANK) words++;
  else if (separator == COMMA) separator = EQUALS;
  else if (separator == EQUALS) separator = COMMA;
}

function key(node: usize): void {
  if (bare) return;
  writeNamedText(nameOf(node));
  fields++;
}

/** The key of a field whose value the caller writes next. */
export function putKey(name: Text): void {
  writeNamedText(name);
  fields++;
}

export function putNumber(node: usize, value: u64, negative: bool): void {
  if (intoFields) {
    key(node);
    if (negative) writeSigned64(-(<i64>value));
    else writeNumber(value);
    return;
  }
  separate();
  if (negative) putByte(DASH);
  writeDecimal(value);
}

/** A text that needs no quoting. */
export function putText(node: usize, text: Text): void {
  if (intoFields) {
    key(node);
    writeText(text);
    return;
  }
  separate();
  writeBytes(text);
}

/** Keys are zeros unless they are asked for. */
let keysShown: bool = false;

export function showKeys(shown: bool): void {
  keysShown = shown;
}

export function keysAreShown(): bool {
  return keysShown;
}

/** A key: in a field it is shown when it was asked for, or when it only names one in a keyring. */
export function putKeyText(node: usize, text: Text, isSecret: bool): void {
  if (!intoFields || keysShown || !isSecret) {
    putText(node, text);
    return;
  }
  key(node);
  const opened = openHead();
  for (let at = startOf(text); at < endOf(text); at++) putByte(ZERO);
  closeText(opened);
}

/** One of several words: `name` is what a field holds, `word` the kernel's. */
export function putOneOf(node: usize, name: Text, word: Text): void {
  putText(node, intoFields ? name : word);
}

/** A text that may hold blanks; `quoted`: it is written as the kernel reads it already. */
export function putQuotable(node: usize, text: Text, quoted: bool): void {
  if (intoFields) {
    key(node);
    if (quoted) writeUnquoted(text);
    else writeText(text);
    return;
  }
  separate();
  if (quoted) writeBytes(text);
  else writeQuoted(text);
}

/** dm-table.c dm_split_args takes the byte behind a backslash as it is. */
function writeQuoted(text: Text): void {
  let at = startOf(text);
  while (at < endOf(text) && !needsQuoting(load<u8>(at))) at++;
  writeBytes(slice(startOf(text), at - startOf(text)));
  for (; at < endOf(text); at++) {
    const byte = <u32>load<u8>(at);
    if (needsQuoting(byte)) putByte(BACKSLASH);
    putByte(byte);
  }
}

function writeUnquoted(text: Text): void {
  const opened = openHead();
  for (let at = startOf(text); at < endOf(text); at++) {
    if (load<u8>(at) == BACKSLASH && at + 1 < endOf(text)) at++;
    putByte(load<u8>(at));
  }
  closeText(opened);
}

/** Literal params of a row of text: blanks part words, everything else is what it looks like. */
export function putLiteralParams(text: Text): void {
  for (let at = startOf(text); at < endOf(text); at++) {
    const byte = <u32>load<u8>(at);
    if (byte == BACKSLASH || byte == NO_BREAK_SPACE) putByte(BACKSLASH);
    putByte(byte == TAB ? BLANK : byte);
  }
}

/** What the kernel writes for a value that is not there; a field, and a part of a joined word, is left out. */
export function putEmpty(): void {
  if (intoFields || isJoined()) return;
  separate();
  putByte(DASH);
}

/** A word that is not a value: an option's own, or a fixed one. */
export function putWord(word: Text): void {
  if (intoFields) return;
  separate();
  writeBytes(word);
}

/** The number of elements of a list; a list of fields has its own. */
export function putCount(count: u64): void {
  if (intoFields) return;
  separate();
  writeDecimal(count);
}

/** Whether what follows is a part of a word. */
export function isJoined(): bool {
  return separator == COLON;
}

/** What follows belongs to the word before, each part behind a colon. */
export function startJoined(): void {
  separator = COLON;
}

export function endJoined(): void {
  separator = BLANK;
}

/** Names and values up to `endWord` are one word. */
export function startWord(): void {
  if (intoFields) return;
  separate();
  separator = COMMA;
  first = true;
}

/** A word of nothing is a dot. */
export function endWord(): void {
  if (intoFields) return;
  if (first) putByte(DOT);
  first = false;
  separator = BLANK;
}

function putByte(byte: u32): void {
  const at = extend(1);
  if (at != 0) store<u8>(at, byte);
}

// A group whose words are counted in front of it: written first, then moved to make room for the count.

/** Where a group begins, and what has to be known again at its end. */
export function openOptional(): u64 {
  return ((<u64>top) << 32) | ((<u64>words) << 1) | (first ? 1 : 0);
}

/** Takes the group back when all of it is a count of 0. */
export function closeOptional(opened: u64): void {
  const start = <usize>(opened >> 32);
  if (!intoFields && !overflowed && top - start == 2 && load<u8>(top - 1) == ZERO) takeBack(opened);
}

function takeBack(opened: u64): void {
  const start = <usize>(opened >> 32);
  memory.fill(start, 0, top - start);
  setTop(start);
  first = (opened & 1) != 0;
  words = <u32>opened >> 1;
}

export function openCounted(): u64 {
  if (intoFields) return 0;
  const opened = openOptional();
  separate();
  first = true;
  words = 0;
  return opened;
}

/** `always`: a group without words is counted too; otherwise nothing is written for it. */
export function closeCounted(opened: u64, always: bool): void {
  if (intoFields || overflowed) return;
  const counted = words;
  if (counted == 0 && !always) {
    takeBack(opened);
    return;
  }
  first = false;
  words = (<u32>opened >> 1) + counted + 1;
  const body = <usize>(opened >> 32) + 1 - (<usize>opened & 1);
  const length = top - body;
  if (extend(COUNT_ROOM) == 0) return;
  setTop(body);
  memory.copy(body + COUNT_ROOM, body, length);
  writeDecimal(counted);
  if (counted != 0) putByte(BLANK);
  const at = top;
  memory.copy(at, body + COUNT_ROOM, length);
  memory.fill(at + length, 0, body + COUNT_ROOM - at);
  setTop(at + length);
}

// Maps and lists of fields.

export function openFields(): u64 {
  if (!intoFields) return 0;
  const opened = ((<u64>openHead()) << 32) | ((<u64>fields) << 1) | (bare ? 1 : 0);
  fields = 0;
  bare = false;
  return opened;
}

export function closeFields(opened: u64): void {
  if (!intoFields) return;
  closeMap(<usize>(opened >> 32), fields);
  fields = <u32>opened >> 1;
  bare = (opened & 1) != 0;
}

/** Values up to `endBare` are elements of a list, without names. */
export function startBare(): bool {
  const before = bare;
  bare = true;
  return before;
}

export function endBare(before: bool): void {
  bare = before;
}

/** A field that is true or false. */
export function putBool(node: usize, value: bool): void {
  key(node);
  writeBool(value);
}
