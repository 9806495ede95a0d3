/** The error of the running call: what, where, and the values for its message. Set once; the first one stands. */
import { slice, Text } from './text';

export const ROOT_NONE: u32 = 0;
export const ROOT_TARGETS: u32 = 1;
export const ROOT_TABLE: u32 = 2;
export const ROOT_DEVICES: u32 = 3;

export const ARGUMENT_NONE: u32 = 0;
export const ARGUMENT_NUMBER: u32 = 1;
export const ARGUMENT_TEXT: u32 = 2;
export const ARGUMENT_VERSION: u32 = 3;

export let code: u32 = 0;
/** The byte at fault. */
export let place: usize = 0;

/** Where in the request the planner is: `targets[2].stripes[1].offset`. */
export let root: u32 = ROOT_NONE;
export let row: u32 = 0;
export let field: Text = 0;

/** The lists around the field, outermost first, and the element of each: `groups[1].paths[0]`. */
const MAX_DEPTH: u32 = 4;
const ENTRY: usize = 16;
const LISTS: usize = memory.data(64, 8);
export let depth: u32 = 0;

export function listAt(index: u32): Text {
  return load<u64>(LISTS + <usize>index * ENTRY);
}

export function elementAt(index: u32): u32 {
  return load<u32>(LISTS + <usize>index * ENTRY, 8);
}

/** The number of the innermost list's element. */
export function element(): u32 {
  return elementAt(depth - 1);
}

let kind0: u32 = 0;
let kind1: u32 = 0;
let kind2: u32 = 0;
let value0: u64 = 0;
let value1: u64 = 0;
let value2: u64 = 0;

export function forget(): void {
  code = 0;
  place = 0;
  root = ROOT_NONE;
  row = 0;
  depth = 0;
  field = 0;
  kind0 = kind1 = kind2 = ARGUMENT_NONE;
  value0 = value1 = value2 = 0;
}

export function enterRow(kind: u32, index: u32): void {
  root = kind;
  row = index;
  depth = 0;
  field = 0;
}

export function leaveRows(): void {
  root = ROOT_NONE;
  depth = 0;
  field = 0;
}

export function enterField(name: Text): void {
  field = name;
}

export function enterElement(name: Text, index: u32): void {
  if (depth < MAX_DEPTH) {
    store<u64>(LISTS + <usize>depth * ENTRY, name);
    store<u32>(LISTS + <usize>depth * ENTRY, index, 8);
  }
  depth++;
}

const NO_INDEX: u32 = u32.MAX_VALUE;

/** A field of fields, which has no elements. */
export function enterGroup(name: Text): void {
  enterElement(name, NO_INDEX);
}

/** Whether a list's entry of the path is one of its elements. */
export function isElement(index: u32): bool {
  return elementAt(index) != NO_INDEX;
}

export function leaveElement(): void {
  depth--;
}

/** Always false, so that a check ends with `return fail(…)`. */
export function fail(error: u32, at: usize): bool {
  if (code == 0) {
    code = error;
    place = at;
  }
  return false;
}

export function failNumber(error: u32, at: usize, first: u64): bool {
  if (code == 0) setNumber(0, first);
  return fail(error, at);
}

export function failNumbers(error: u32, at: usize, first: u64, second: u64): bool {
  if (code == 0) {
    setNumber(0, first);
    setNumber(1, second);
  }
  return fail(error, at);
}

export function failText(error: u32, at: usize, first: Text): bool {
  if (code == 0) setText(0, first);
  return fail(error, at);
}

export function failTexts(error: u32, at: usize, first: Text, second: Text): bool {
  if (code == 0) {
    setText(0, first);
    setText(1, second);
  }
  return fail(error, at);
}

/** For errors with more values than one kind: set them first, then fail; only the first error's values are kept. */
export function setNumber(index: u32, value: u64): void {
  set(index, ARGUMENT_NUMBER, value);
}

export function setText(index: u32, value: Text): void {
  set(index, ARGUMENT_TEXT, value);
}

/** A version as `major << 16 | minor << 8 | patch`. */
export function setVersion(index: u32, value: u32): void {
  set(index, ARGUMENT_VERSION, value);
}

function set(index: u32, kind: u32, value: u64): void {
  if (code != 0) return;
  if (index == 0) {
    kind0 = kind;
    value0 = value;
  } else if (index == 1) {
    kind1 = kind;
    value1 = value;
  } else {
    kind2 = kind;
    value2 = value;
  }
}

export function argumentKind(index: u32): u32 {
  return index == 0 ? kind0 : index == 1 ? kind1 : kind2;
}

export function argumentValue(index: u32): u64 {
  return index == 0 ? value0 : index == 1 ? value1 : value2;
}

/** One byte of the request as a text, for messages that show it. */
export function byteAt(at: usize): Text {
  return slice(at, 1);
}
