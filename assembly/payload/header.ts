/** `struct dm_ioctl` of a request. Everything that is not set here stays zero. */
import {
  DATA_SIZE_OFFSET,
  DATA_START_OFFSET,
  FLAGS_OFFSET,
  HEADER_SIZE,
  NAME_OFFSET,
  TARGET_COUNT_OFFSET,
  UUID_OFFSET,
  VERSION_MAJOR,
  VERSION_MINOR,
  VERSION_OFFSET,
  VERSION_PATCH,
} from '../abi';
import { lengthOf, startOf, Text } from '../text';

export function putHeader(at: usize, flags: u32, name: Text, uuid: Text): void {
  store<u32>(at + VERSION_OFFSET, VERSION_MAJOR);
  store<u32>(at + VERSION_OFFSET, VERSION_MINOR, 4);
  store<u32>(at + VERSION_OFFSET, VERSION_PATCH, 8);
  store<u32>(at + DATA_SIZE_OFFSET, HEADER_SIZE);
  store<u32>(at + FLAGS_OFFSET, flags);
  memory.copy(at + NAME_OFFSET, startOf(name), lengthOf(name));
  memory.copy(at + UUID_OFFSET, startOf(uuid), lengthOf(uuid));
}

/** Says that `size - 312` bytes follow the header. */
export function putData(at: usize, size: usize, targetCount: u32): void {
  store<u32>(at + DATA_SIZE_OFFSET, <u32>size);
  store<u32>(at + DATA_START_OFFSET, HEADER_SIZE);
  store<u32>(at + TARGET_COUNT_OFFSET, targetCount);
}
