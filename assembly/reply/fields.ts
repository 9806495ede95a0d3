/** Single fields of what the kernel writes. */
import { slice, Text } from '../text';

/** The bytes at `at` up to their terminator, or up to `end` when there is none. */
export function terminated(at: usize, end: usize): Text {
  let stop = at;
  while (stop < end && load<u8>(stop) != 0) stop++;
  return slice(at, stop - at);
}

/** Whether a terminator stands in front of `end`. */
export function isTerminated(at: usize, end: usize): bool {
  while (at < end && load<u8>(at) != 0) at++;
  return at < end;
}

/** huge_encode_dev (include/linux/kdev_t.h): the minor's low byte, the major, the minor's rest. */
export function majorOf(dev: u64): u32 {
  return (<u32>dev >> 8) & 0xfff;
}

export function minorOf(dev: u64): u32 {
  return (<u32>dev & 0xff) | ((<u32>dev >> 12) & 0xfff00);
}

export function align8(at: usize, base: usize): usize {
  return base + ((at - base + 7) & ~7);
}
