/** `struct dm_ioctl` as the kernel wrote it, as `header` of the answer. */
import {
  DATA_SIZE_OFFSET,
  DATA_START_OFFSET,
  DEV_OFFSET,
  EVENT_NR_OFFSET,
  FLAGS_OFFSET,
  NAME_OFFSET,
  NAME_SIZE,
  OPEN_COUNT_OFFSET,
  TARGET_COUNT_OFFSET,
  UUID_OFFSET,
  UUID_SIZE,
} from '../abi';
import {
  TEXT_DATA_SIZE,
  TEXT_DATA_START,
  TEXT_DEV,
  TEXT_EVENT_NR,
  TEXT_FLAGS,
  TEXT_MAJOR,
  TEXT_MINOR,
  TEXT_NAME,
  TEXT_OPEN_COUNT,
  TEXT_TARGET_COUNT,
  TEXT_UUID,
  TEXT_VERSION,
} from '../generated/tables';
import { writeArray, writeMap, writeNamed, writeNumber, writeSigned, writeText } from '../msgpack/write';
import { majorOf, minorOf, terminated } from './fields';

export function writeHeader(at: usize): void {
  writeMap(10);
  writeNamed(TEXT_VERSION);
  writeArray(3);
  writeNumber(load<u32>(at));
  writeNumber(load<u32>(at, 4));
  writeNumber(load<u32>(at, 8));
  writeNamed(TEXT_DATA_SIZE);
  writeNumber(load<u32>(at, DATA_SIZE_OFFSET));
  writeNamed(TEXT_DATA_START);
  writeNumber(load<u32>(at, DATA_START_OFFSET));
  writeNamed(TEXT_TARGET_COUNT);
  writeNumber(load<u32>(at, TARGET_COUNT_OFFSET));
  writeNamed(TEXT_OPEN_COUNT);
  writeSigned(load<i32>(at, OPEN_COUNT_OFFSET));
  writeNamed(TEXT_FLAGS);
  writeNumber(load<u32>(at, FLAGS_OFFSET));
  writeNamed(TEXT_EVENT_NR);
  writeNumber(load<u32>(at, EVENT_NR_OFFSET));
  writeNamed(TEXT_DEV);
  writeDev(load<u64>(at, DEV_OFFSET));
  writeNamed(TEXT_NAME);
  writeText(terminated(at + NAME_OFFSET, at + NAME_OFFSET + NAME_SIZE));
  writeNamed(TEXT_UUID);
  writeText(terminated(at + UUID_OFFSET, at + UUID_OFFSET + UUID_SIZE));
}

export function writeDev(dev: u64): void {
  writeMap(2);
  writeNamed(TEXT_MAJOR);
  writeNumber(majorOf(dev));
  writeNamed(TEXT_MINOR);
  writeNumber(minorOf(dev));
}
