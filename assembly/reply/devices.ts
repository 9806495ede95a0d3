/** `struct dm_name_list`: the records of LIST_DEVICES, each pointing to the next by its distance. */
import {
  NAME_LIST_DEV_OFFSET,
  NAME_LIST_EVENT_NR_MINOR,
  NAME_LIST_HAS_UUID,
  NAME_LIST_NAME_OFFSET,
  NAME_LIST_NEXT_OFFSET,
  NAME_LIST_NO_UUID,
} from '../abi';
import { TEXT_DEV, TEXT_DEVICES, TEXT_EVENT_NR, TEXT_NAME, TEXT_UUID } from '../generated/tables';
import { closeArray, openHead, overflowed, writeMap, writeNamed, writeNumber, writeText } from '../msgpack/write';
import { endOf, slice } from '../text';
import { align8, isTerminated, terminated } from './fields';
import { writeDev } from './header';

/** Writes the records between `first` and `end`; the address at fault, or 0. `minor`: of the kernel's interface. */
export function writeDevices(first: usize, end: usize, minor: u32): usize {
  writeNamed(TEXT_DEVICES);
  const opened = openHead();
  let count: u32 = 0;
  let at = first;
  while (hasRecord(at, end)) {
    const next = load<u32>(at, NAME_LIST_NEXT_OFFSET);
    const recordEnd = next == 0 ? end : at + next;
    if (recordEnd > end || recordEnd <= at + NAME_LIST_NAME_OFFSET) return at;
    if (!isTerminated(at + NAME_LIST_NAME_OFFSET, recordEnd)) return at;
    if (!writeDevice(at, recordEnd, first, minor)) return at;
    if (overflowed) return 0;
    count++;
    if (next == 0) break;
    at = recordEnd;
    if (!hasRecord(at, end)) return at;
  }
  closeArray(opened, count);
  return 0;
}

/** No device at all is one record without a number (dm-ioctl.c list_devices). */
function hasRecord(at: usize, end: usize): bool {
  return at + NAME_LIST_NAME_OFFSET < end && load<u64>(at, NAME_LIST_DEV_OFFSET) != 0;
}

function writeDevice(at: usize, end: usize, base: usize, minor: u32): bool {
  const name = terminated(at + NAME_LIST_NAME_OFFSET, end);
  const trailer = align8(endOf(name) + 1, base);
  const hasEvent = minor >= <u32>NAME_LIST_EVENT_NR_MINOR && trailer + 8 <= end;
  const flags = hasEvent ? load<u32>(trailer, 4) : 0;
  const uuidAt = trailer + 8;
  const hasUuid = (flags & NAME_LIST_HAS_UUID) != 0;
  if (hasUuid && !isTerminated(uuidAt, end)) return false;
  const knowsUuid = hasUuid || (flags & NAME_LIST_NO_UUID) != 0;
  writeMap(2 + (hasEvent ? 1 : 0) + (knowsUuid ? 1 : 0));
  writeNamed(TEXT_NAME);
  writeText(name);
  writeNamed(TEXT_DEV);
  writeDev(load<u64>(at, NAME_LIST_DEV_OFFSET));
  if (hasEvent) {
    writeNamed(TEXT_EVENT_NR);
    writeNumber(load<u32>(trailer));
  }
  if (knowsUuid) {
    writeNamed(TEXT_UUID);
    writeText(hasUuid ? terminated(uuidAt, end) : slice(uuidAt, 0));
  }
  return true;
}
