/** `struct dm_target_deps`: the devices that a table has open. */
import { DEPS_COUNT_OFFSET, DEPS_DEV_OFFSET, DEPS_DEV_SIZE } from '../abi';
import { TEXT_DEPS } from '../generated/tables';
import { writeArray, writeNamed } from '../msgpack/write';
import { writeDev } from './header';

/** Writes the list between `at` and `end`; the address at fault, or 0. A device without a table has nothing there. */
export function writeDeps(at: usize, end: usize): usize {
  writeNamed(TEXT_DEPS);
  if (at + DEPS_DEV_OFFSET > end) {
    writeArray(0);
    return 0;
  }
  const count = load<u32>(at, DEPS_COUNT_OFFSET);
  const first = at + DEPS_DEV_OFFSET;
  if (<u64>count * DEPS_DEV_SIZE > end - first) return at;
  writeArray(count);
  for (let i: usize = 0; i < count; i++) writeDev(load<u64>(first + i * DEPS_DEV_SIZE));
  return 0;
}
