/** What the fields of the target at hand hold, for the rules that compare them and the lists that they count. */
import { MAX_SLOTS } from '../generated/tables';
import { take } from '../memory';

export const EMPTY: u32 = 0;
export const NUMBER: u32 = 1;
/** A number with a minus in front; the value is that of its digits. */
export const NEGATIVE: u32 = 2;
export const TEXT: u32 = 3;
/** A text with the kernel's quoting. */
export const QUOTED: u32 = 4;

const SIZE: usize = 16;
/** For every slot a bit for each of the numbers that a list of numbers below 256 holds. */
const HELD: usize = memory.data(MAX_SLOTS * 32);
const HELD_SIZE: usize = 32;

let slots: usize = 0;

/** The arena keeps room for them behind every request. */
export function allocateSlots(): void {
  slots = take(SIZE * MAX_SLOTS);
}

export function clearSlots(count: u32): void {
  const end = slots + SIZE * count;
  for (let at = slots; at < end; at += 8) store<u64>(at, 0);
}

/** What a slot holds without having been counted: the word of an option whose value is still to come. */
export function mark(slot: u32, kind: u32, value: u64, place: usize): void {
  const at = slots + SIZE * slot;
  store<u16>(at, kind);
  store<u32>(at, <u32>place, 4);
  store<u64>(at, value, 8);
}

export function fill(slot: u32, kind: u32, value: u64, place: usize): void {
  const at = slots + SIZE * slot;
  store<u16>(at, load<u16>(at, 2) + 1, 2);
  mark(slot, kind, value, place);
}

/** Of the numbers of a list the slot keeps the largest. */
export function fillNumber(slot: u32, value: u64, negative: bool, place: usize): void {
  const isLarger = kindIn(slot) != NUMBER || value > valueIn(slot);
  fill(slot, negative ? NEGATIVE : NUMBER, isLarger ? value : valueIn(slot), isLarger ? place : placeOf(slot));
}

/** Whether the list of numbers in the slot has this one. */
export function holds(slot: u32, value: u32): bool {
  return kindIn(slot) == NUMBER && (load<u8>(heldAt(slot, value)) & bitOf(value)) != 0;
}

/** Notes that it has. */
export function hold(slot: u32, value: u32): void {
  if (kindIn(slot) != NUMBER) memory.fill(heldAt(slot, 0), 0, HELD_SIZE);
  const at = heldAt(slot, value);
  store<u8>(at, load<u8>(at) | bitOf(value));
}

function heldAt(slot: u32, value: u32): usize {
  return HELD + HELD_SIZE * slot + (value >> 3);
}

function bitOf(value: u32): u32 {
  return 1 << (value & 7);
}

/** Empties a slot, but keeps how often it was filled: the next element of a list has the same fields. */
export function empty(slot: u32): void {
  store<u16>(slots + SIZE * slot, EMPTY);
}

export function kindIn(slot: u32): u32 {
  return load<u16>(slots + SIZE * slot);
}

/** How often the slot was filled. */
export function timesIn(slot: u32): u32 {
  return load<u16>(slots + SIZE * slot, 2);
}

export function valueIn(slot: u32): u64 {
  return load<u64>(slots + SIZE * slot, 8);
}

/** The byte of the request that gave the value, or 0. */
export function placeOf(slot: u32): usize {
  return load<u32>(slots + SIZE * slot, 4);
}
