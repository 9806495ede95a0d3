/** `struct dm_target_versions`: the records of LIST_VERSIONS and GET_TARGET_VERSION. */
import { TARGET_VERSIONS_NAME_OFFSET, TARGET_VERSIONS_NEXT_OFFSET, TARGET_VERSIONS_VERSION_OFFSET } from '../abi';
import { TEXT_NAME, TEXT_VERSION, TEXT_VERSIONS } from '../generated/tables';
import {
  closeArray,
  openHead,
  overflowed,
  writeArray,
  writeMap,
  writeNamed,
  writeNumber,
  writeText,
} from '../msgpack/write';
import { isTerminated, terminated } from './fields';

/** Writes the records between `first` and `end`; the address at fault, or 0. */
export function writeVersions(first: usize, end: usize): usize {
  writeNamed(TEXT_VERSIONS);
  const opened = openHead();
  let count: u32 = 0;
  let at = first;
  while (at + TARGET_VERSIONS_NAME_OFFSET < end) {
    const next = load<u32>(at, TARGET_VERSIONS_NEXT_OFFSET);
    const recordEnd = next == 0 ? end : at + next;
    const name = at + TARGET_VERSIONS_NAME_OFFSET;
    if (recordEnd > end || recordEnd <= name || !isTerminated(name, recordEnd)) return at;
    writeMap(2);
    writeNamed(TEXT_NAME);
    writeText(terminated(name, recordEnd));
    writeNamed(TEXT_VERSION);
    writeArray(3);
    for (let part: usize = 0; part < 3; part++) writeNumber(load<u32>(at + TARGET_VERSIONS_VERSION_OFFSET + part * 4));
    if (overflowed) return 0;
    count++;
    if (next == 0) break;
    at = recordEnd;
  }
  closeArray(opened, count);
  return 0;
}
