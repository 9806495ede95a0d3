/** The records of LIST_DEVICES and TABLE_DEPS. */
import {
  DEPS_COUNT_OFFSET,
  DEPS_DEV_OFFSET,
  DEPS_DEV_SIZE,
  NAME_LIST_DEV_OFFSET,
  NAME_LIST_EVENT_NR_MINOR,
  NAME_LIST_HAS_UUID,
  NAME_LIST_NAME_OFFSET,
  NAME_LIST_NEXT_OFFSET,
} from '../abi';
import {
  TEXT_COUNT,
  TEXT_DEPS,
  TEXT_DEVICES,
  TEXT_FLAGS,
  TEXT_KERNEL_EVENT_NR,
  TEXT_NAME,
  TEXT_NEXT,
  TEXT_NOTE_SHOULD_BE_ZERO,
  TEXT_NOTE_TO_NEXT_RECORD,
  TEXT_PADDING,
  TEXT_UUID,
} from '../generated/tables';
import { overflowed } from '../msgpack/write';
import { align8, isTerminated, terminated } from '../reply/fields';
import { lengthOf } from '../text';
import { areZero, bytesEntry, enterGroup, numberEntry, textEntry } from './entries';
import { inspectDev } from './header';

/** The address behind the last byte that was explained. */
export function inspectDeps(at: usize, end: usize): usize {
  const first = at + DEPS_DEV_OFFSET;
  if (first > end) return at;
  const count = load<u32>(at, DEPS_COUNT_OFFSET);
  numberEntry(at + DEPS_COUNT_OFFSET, 4, TEXT_COUNT, count, 0);
  inspectPadding(at + 4, first);
  let dev = first;
  for (let i: u32 = 0; i < count && dev + DEPS_DEV_SIZE <= end && !overflowed; i++) {
    enterGroup(TEXT_DEPS, i);
    inspectDev(dev);
    dev += DEPS_DEV_SIZE;
  }
  enterGroup(0, 0);
  return dev;
}

export function inspectDevices(header: usize, first: usize, end: usize): usize {
  const minor = load<u32>(header, 4);
  let at = first;
  for (let i: u32 = 0; at + NAME_LIST_NAME_OFFSET < end && !overflowed; i++) {
    const next = load<u32>(at, NAME_LIST_NEXT_OFFSET);
    const recordEnd = next == 0 ? end : at + next;
    if (recordEnd > end || recordEnd <= at + NAME_LIST_NAME_OFFSET) break;
    if (!isTerminated(at + NAME_LIST_NAME_OFFSET, recordEnd)) break;
    enterGroup(TEXT_DEVICES, i);
    inspectDevice(at, recordEnd, first, minor);
    at = recordEnd;
    if (next == 0) break;
  }
  enterGroup(0, 0);
  return at;
}

function inspectDevice(at: usize, end: usize, base: usize, minor: u32): void {
  inspectDev(at + NAME_LIST_DEV_OFFSET);
  numberEntry(at + NAME_LIST_NEXT_OFFSET, 4, TEXT_NEXT, load<u32>(at, NAME_LIST_NEXT_OFFSET), TEXT_NOTE_TO_NEXT_RECORD);
  const nameAt = at + NAME_LIST_NAME_OFFSET;
  const name = terminated(nameAt, end);
  textEntry(nameAt, lengthOf(name) + 1, TEXT_NAME, name, 0);
  let done = nameAt + lengthOf(name) + 1;
  const trailer = align8(done, base);
  if (minor >= <u32>NAME_LIST_EVENT_NR_MINOR && trailer + 8 <= end) {
    inspectPadding(done, trailer);
    numberEntry(trailer, 4, TEXT_KERNEL_EVENT_NR, load<u32>(trailer), 0);
    numberEntry(trailer + 4, 4, TEXT_FLAGS, load<u32>(trailer, 4), 0);
    done = trailer + 8;
    if ((load<u32>(trailer, 4) & NAME_LIST_HAS_UUID) != 0 && isTerminated(done, end)) {
      const uuid = terminated(done, end);
      textEntry(done, lengthOf(uuid) + 1, TEXT_UUID, uuid, 0);
      done += lengthOf(uuid) + 1;
    }
  }
  inspectPadding(done, end);
}

function inspectPadding(at: usize, end: usize): void {
  if (at < end) bytesEntry(at, end - at, TEXT_PADDING, areZero(at, end) ? 0 : TEXT_NOTE_SHOULD_BE_ZERO);
}
