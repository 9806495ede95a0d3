/** What the fields of the target at hand hold, for the rules that compare them and the lists that they count. */
import { MAX_SLOTS } from '../generated/tables';
import { take } from '../memory';

export const EMPTY: u32 = 0;
export const NUMBER: u32 = 1;
export const TEXT: u32 = 2;

const SIZE: usize = 16;

let slots: usize = 0;

/** The arena keeps room for them behind every request. */
export function allocateSlots(): void {
  slots = take(SIZE * MAX_SLOTS);
}

export function clearSlots(count: u32): void {
  memory.fill(slots, 0, SIZE * count);
}

export function fill(slot: u32, kind: u32, value: u64, place: usize): void {
  const at = slots + SIZE * slot;
  store<u32>(at, kind);
  store<u32>(at, <u32>place, 4);
  store<u64>(at, value, 8);
}

export function kindIn(slot: u32): u32 {
  return load<u32>(slots + SIZE * slot);
}

export function valueIn(slot: u32): u64 {
  return load<u64>(slots + SIZE * slot, 8);
}

/** The byte of the request that gave the value, or 0. */
export function placeOf(slot: u32): usize {
  return load<u32>(slots + SIZE * slot, 4);
}
