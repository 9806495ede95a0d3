/** The answer of a failed call: `{ code, name, message, path, offset }`. */
import * as failure from './failure';
import {
  ERRORS,
  ERRORS_COUNT,
  MARK_ARGUMENT,
  MARK_LENGTH,
  SIZE_ERROR,
  TABLES,
  TEXT_CODE,
  TEXT_DEVICES,
  TEXT_MESSAGE,
  TEXT_NAME,
  TEXT_OFFSET,
  TEXT_PATH,
  TEXT_TABLE,
  TEXT_TARGETS,
} from './generated/tables';
import { targetLength } from './grammar/rules';
import * as slots from './grammar/slots';
import { requestEnd, requestStart } from './memory';
import { bodyOf, bytesOf } from './msgpack/read';
import {
  closeText,
  openHead,
  writeByte,
  writeDecimal,
  writeMap,
  writeNamed,
  writeNumber,
  writeShown,
} from './msgpack/write';
import { tableAt } from './request';
import { endOf, lengthOf, named, startOf, Text } from './text';

/** Messages name slots and arguments by a byte above this. */
const MARK_BASE: u32 = 0x80;
const DOT: u32 = 0x2e;
const OPEN: u32 = 0x5b;
const CLOSE: u32 = 0x5d;

export function writeFailure(): void {
  const record = findError();
  writeMap(5);
  writeNamed(TEXT_CODE);
  writeNumber(failure.code);
  writeNamed(TEXT_NAME);
  writeNamed(load<u32>(record, 4));
  writeNamed(TEXT_MESSAGE);
  writeMessage(named(load<u32>(record, 8)));
  writeNamed(TEXT_PATH);
  writePath();
  writeNamed(TEXT_OFFSET);
  writeNumber(offset());
}

function findError(): usize {
  let record: usize = 0;
  for (let i: usize = 0; i < ERRORS_COUNT; i++) {
    record = TABLES + ERRORS + i * SIZE_ERROR;
    if (load<u16>(record) == failure.code) break;
  }
  return record;
}

function writeMessage(template: Text): void {
  const opened = openHead();
  for (let at = startOf(template); at < endOf(template); at++) {
    const byte = <u32>load<u8>(at);
    if (byte == MARK_LENGTH) writeDecimal(targetLength);
    else if (byte < MARK_LENGTH) writeValue(byte, load<u8>(++at) - MARK_BASE);
    else writeByte(byte);
  }
  closeText(opened);
}

function writeValue(mark: u32, index: u32): void {
  if (mark == MARK_ARGUMENT) writeArgument(index);
  else if (slots.kindIn(index) == slots.NUMBER) writeDecimal(slots.valueIn(index));
  else writeShown(slots.valueIn(index));
}

function writeArgument(index: u32): void {
  const value = failure.argumentValue(index);
  if (failure.argumentKind(index) == failure.ARGUMENT_VERSION) writeVersion(<u32>value);
  else if (failure.argumentKind(index) == failure.ARGUMENT_NUMBER) writeDecimal(value);
  else if (isOurs(value)) writeAll(value);
  else writeShown(value);
}

function writeVersion(version: u32): void {
  writeDecimal(version >> 16);
  writeByte(DOT);
  writeDecimal((version >> 8) & 255);
  writeByte(DOT);
  writeDecimal(version & 255);
}

function isOurs(text: Text): bool {
  return startOf(text) < requestStart();
}

function writeAll(text: Text): void {
  for (let at = startOf(text); at < endOf(text); at++) writeByte(load<u8>(at));
}

/** `targets[2].stripes[1].offset`; rows of a text are `table[2]`. */
function writePath(): void {
  const opened = openHead();
  if (failure.root != failure.ROOT_NONE) {
    writeShown(rootName());
    writeIndex(failure.row);
    for (let i: u32 = 0; i < failure.depth; i++) {
      writeByte(DOT);
      writeShown(failure.listAt(i));
      if (failure.isElement(i)) writeIndex(failure.elementAt(i));
    }
    if (failure.field != 0) writeByte(DOT);
  }
  if (failure.field != 0) writeShown(failure.field);
  closeText(opened);
}

function rootName(): Text {
  if (failure.root == failure.ROOT_DEVICES) return named(TEXT_DEVICES);
  return named(failure.root == failure.ROOT_TARGETS ? TEXT_TARGETS : TEXT_TABLE);
}

function writeIndex(index: u32): void {
  writeByte(OPEN);
  writeDecimal(index);
  writeByte(CLOSE);
}

/** The byte of the request, or, inside a table's text, the byte of that text. */
function offset(): u64 {
  if (failure.place < requestStart() || failure.place > requestEnd()) return 0;
  if (failure.root == failure.ROOT_TABLE && tableAt != 0) {
    const body = bodyOf(tableAt);
    if (failure.place >= body && failure.place <= body + lengthOf(bytesOf(tableAt))) return failure.place - body;
  }
  return failure.place - requestStart();
}
