/** One entry of the list for every field, with what a person would want to know of it. */
import { TEXT_FIELD, TEXT_LENGTH, TEXT_NOTE, TEXT_OFFSET, TEXT_VALUE } from '../generated/tables';
import {
  closeArray,
  closeText,
  openHead,
  writeByte,
  writeBytes,
  writeDecimal,
  writeMap,
  writeNamed,
  writeNil,
  writeNumber,
  writeSigned,
  writeText,
  writeTextHead,
} from '../msgpack/write';
import { writeHidden } from '../reply/hidden';
import { endOf, lengthOf, named, slice, startOf, Text } from '../text';

const DOT: u32 = 0x2e;
const OPEN: u32 = 0x5b;
const CLOSE: u32 = 0x5d;
/** Bytes of a value that is shown in hex; the rest is told by its length. */
const SHOWN: usize = 32;

let base: usize = 0;
let list: usize = 0;
let count: u32 = 0;
let group: u32 = 0;
let index: u32 = 0;

/** Begins the list; offsets count from `payload`. */
export function startList(payload: usize): void {
  base = payload;
  list = openHead();
  count = 0;
  group = 0;
}

export function closeList(): void {
  closeArray(list, count);
}

/** Fields that follow are named `name[element].…`; 0 for none. */
export function enterGroup(name: u32, element: u32): void {
  group = name;
  index = element;
}

function entry(at: usize, length: usize, field: u32): void {
  count++;
  writeMap(5);
  writeNamed(TEXT_OFFSET);
  writeNumber(at - base);
  writeNamed(TEXT_LENGTH);
  writeNumber(length);
  writeNamed(TEXT_FIELD);
  const opened = openHead();
  if (group != 0) {
    writeBytes(named(group));
    writeByte(OPEN);
    writeDecimal(index);
    writeByte(CLOSE);
    writeByte(DOT);
  }
  writeBytes(named(field));
  closeText(opened);
  writeNamed(TEXT_VALUE);
}

function writeNote(note: u32): void {
  writeNamed(TEXT_NOTE);
  if (note == 0) writeTextHead(0);
  else writeNamed(note);
}

export function numberEntry(at: usize, length: usize, field: u32, value: u64, note: u32): void {
  entry(at, length, field);
  writeNumber(value);
  writeNote(note);
}

/** A text in which keys are shown as zeros; up to `readTo` it is known where they are. */
export function hiddenEntry(at: usize, length: usize, field: u32, value: Text, note: u32, readTo: usize): void {
  entry(at, length, field);
  writeHidden(value, readTo);
  writeNote(note);
}

export function signedEntry(at: usize, field: u32, value: i32): void {
  entry(at, 4, field);
  writeSigned(value);
  writeNote(0);
}

export function textEntry(at: usize, length: usize, field: u32, value: Text, note: u32): void {
  entry(at, length, field);
  writeText(value);
  writeNote(note);
}

export function emptyEntry(at: usize, length: usize, field: u32, note: u32): void {
  entry(at, length, field);
  writeNil();
  writeNote(note);
}

/** An entry whose note the caller writes as text, with `openHead` and `closeText`. */
export function openNote(at: usize, length: usize, field: u32, value: u64): usize {
  entry(at, length, field);
  writeNumber(value);
  writeNamed(TEXT_NOTE);
  return openHead();
}

export function closeNote(opened: usize): void {
  closeText(opened);
}

/** Bytes in hex. */
export function bytesEntry(at: usize, length: usize, field: u32, note: u32): void {
  entry(at, length, field);
  const bytes = slice(at, min<usize>(length, SHOWN));
  writeTextHead(lengthOf(bytes) * 2);
  for (let byte = startOf(bytes); byte < endOf(bytes); byte++) {
    writeByte(hexDigit(load<u8>(byte) >> 4));
    writeByte(hexDigit(load<u8>(byte) & 15));
  }
  writeNote(note);
}

function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** Whether all bytes up to `end` are zero. */
export function areZero(at: usize, end: usize): bool {
  while (at + 8 <= end) {
    if (load<u64>(at) != 0) return false;
    at += 8;
  }
  while (at < end) {
    if (load<u8>(at) != 0) return false;
    at++;
  }
  return true;
}
