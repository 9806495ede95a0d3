/** The fields of `struct dm_ioctl`, by the kernel's names. */
import {
  DATA_OFFSET,
  DATA_SIZE_OFFSET,
  DATA_START_OFFSET,
  DEV_OFFSET,
  EVENT_NR_OFFSET,
  FLAGS_OFFSET,
  HEADER_SIZE,
  NAME_OFFSET,
  NAME_SIZE,
  OPEN_COUNT_OFFSET,
  PADDING_OFFSET,
  TARGET_COUNT_OFFSET,
  UUID_OFFSET,
  UUID_SIZE,
} from '../abi';
import {
  FLAGS,
  FLAGS_COUNT,
  SIZE_FLAG,
  TABLES,
  TEXT_DATA,
  TEXT_DEV,
  TEXT_FLAGS,
  TEXT_KERNEL_DATA_SIZE,
  TEXT_KERNEL_DATA_START,
  TEXT_KERNEL_EVENT_NR,
  TEXT_KERNEL_OPEN_COUNT,
  TEXT_KERNEL_TARGET_COUNT,
  TEXT_NAME,
  TEXT_NOTE_NOT_LENGTH,
  TEXT_NOTE_NOT_TERMINATED,
  TEXT_NOTE_SHOULD_BE_ZERO,
  TEXT_PADDING,
  TEXT_UUID,
  TEXT_VERSION,
} from '../generated/tables';
import { writeByte, writeBytes, writeDecimal } from '../msgpack/write';
import { isTerminated, majorOf, minorOf, terminated } from '../reply/fields';
import { named } from '../text';
import { areZero, bytesEntry, closeNote, numberEntry, openNote, signedEntry, textEntry } from './entries';

const DOT: u32 = 0x2e;
const BLANK: u32 = 0x20;
const BAR: u32 = 0x7c;
const COLON: u32 = 0x3a;

export function inspectHeader(at: usize, length: usize): void {
  inspectVersion(at);
  const size = load<u32>(at, DATA_SIZE_OFFSET);
  numberEntry(at + DATA_SIZE_OFFSET, 4, TEXT_KERNEL_DATA_SIZE, size, <usize>size == length ? 0 : TEXT_NOTE_NOT_LENGTH);
  number32(at, DATA_START_OFFSET, TEXT_KERNEL_DATA_START);
  number32(at, TARGET_COUNT_OFFSET, TEXT_KERNEL_TARGET_COUNT);
  signedEntry(at + OPEN_COUNT_OFFSET, TEXT_KERNEL_OPEN_COUNT, load<i32>(at, OPEN_COUNT_OFFSET));
  inspectFlags(at + FLAGS_OFFSET);
  number32(at, EVENT_NR_OFFSET, TEXT_KERNEL_EVENT_NR);
  number32(at, PADDING_OFFSET, TEXT_PADDING);
  inspectDev(at + DEV_OFFSET);
  inspectText(at + NAME_OFFSET, NAME_SIZE, TEXT_NAME);
  inspectText(at + UUID_OFFSET, UUID_SIZE, TEXT_UUID);
  const zero = areZero(at + DATA_OFFSET, at + HEADER_SIZE);
  bytesEntry(at + DATA_OFFSET, HEADER_SIZE - DATA_OFFSET, TEXT_DATA, zero ? 0 : TEXT_NOTE_SHOULD_BE_ZERO);
}

function number32(at: usize, offset: usize, field: u32): void {
  numberEntry(at + offset, 4, field, load<u32>(at + offset), 0);
}

/** Three numbers as `4.0.0`. */
export function inspectVersion(at: usize): void {
  const note = openNote(at, 12, TEXT_VERSION, load<u32>(at));
  writeDecimal(load<u32>(at));
  writeByte(DOT);
  writeDecimal(load<u32>(at, 4));
  writeByte(DOT);
  writeDecimal(load<u32>(at, 8));
  closeNote(note);
}

/** The names of the bits that are set. */
function inspectFlags(at: usize): void {
  const flags = load<u32>(at);
  const note = openNote(at, 4, TEXT_FLAGS, flags);
  let first = true;
  for (let i: usize = 0; i < FLAGS_COUNT; i++) {
    const record = TABLES + FLAGS + i * SIZE_FLAG;
    if ((flags & load<u32>(record, 4)) == 0) continue;
    if (!first) {
      writeByte(BLANK);
      writeByte(BAR);
      writeByte(BLANK);
    }
    first = false;
    writeBytes(named(load<u32>(record)));
  }
  closeNote(note);
}

/** A device number as `major:minor`. */
export function inspectDev(at: usize): void {
  const dev = load<u64>(at);
  const note = openNote(at, 8, TEXT_DEV, dev);
  if (dev != 0) {
    writeDecimal(majorOf(dev));
    writeByte(COLON);
    writeDecimal(minorOf(dev));
  }
  closeNote(note);
}

/** A text in a field of a fixed size. */
export function inspectText(at: usize, size: usize, field: u32): void {
  const text = terminated(at, at + size);
  const end = at + size;
  let note: u32 = 0;
  if (!isTerminated(at, end)) note = TEXT_NOTE_NOT_TERMINATED;
  else if (!areZero(at + (<usize>text & 0xffffffff), end)) note = TEXT_NOTE_SHOULD_BE_ZERO;
  textEntry(at, size, field, text, note);
}
