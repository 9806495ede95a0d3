/** The specs and texts of TABLE_STATUS. Here `next` counts from the first spec (dm-ioctl.c retrieve_status). */
import {
  SPEC_LENGTH_OFFSET,
  SPEC_NEXT_OFFSET,
  SPEC_SIZE,
  SPEC_START_OFFSET,
  SPEC_TYPE_OFFSET,
  SPEC_TYPE_SIZE,
} from '../abi';
import { TEXT_LENGTH, TEXT_PARAMS, TEXT_START, TEXT_TARGETS, TEXT_TYPE } from '../generated/tables';
import { mayHoldKey } from '../grammar/keys';
import { findTarget } from '../grammar/nodes';
import { keysAreShown } from '../grammar/sink';
import { closeMap, openHead, overflowed, writeArray, writeNamed, writeNumber, writeText } from '../msgpack/write';
import { isTerminated, terminated } from './fields';
import { writeHidden } from './hidden';
import { readTo, writeTyped } from './typed';

/** What the words of a reply are: what a constructor takes, what a target has to say, or something else. */
export const FORM_TABLE: u32 = 0;
export const FORM_STATUS: u32 = 1;
export const FORM_OTHER: u32 = 2;

/** Writes `count` targets between `first` and `end`; the address at fault, or 0. */
export function writeTargets(first: usize, end: usize, count: u32, form: u32): usize {
  writeNamed(TEXT_TARGETS);
  // a spec takes 40 bytes, so a count that lies is found before it is counted out
  if (<u64>count * SPEC_SIZE > end - min(first, end)) return first;
  writeArray(count);
  let at = first;
  for (let i: u32 = 0; i < count; i++) {
    const params = at + SPEC_SIZE;
    if (params >= end) return at;
    const next = i + 1 == count ? end : first + load<u32>(at, SPEC_NEXT_OFFSET);
    if (next <= params || next > end || !isTerminated(params, next)) return at;
    writeTarget(at, params, next, form);
    if (overflowed) return 0;
    at = next;
  }
  return 0;
}

function writeTarget(at: usize, params: usize, end: usize, form: u32): void {
  const opened = openHead();
  writeNamed(TEXT_START);
  writeNumber(load<u64>(at, SPEC_START_OFFSET));
  writeNamed(TEXT_LENGTH);
  writeNumber(load<u64>(at, SPEC_LENGTH_OFFSET));
  const type = terminated(at + SPEC_TYPE_OFFSET, at + SPEC_TYPE_OFFSET + SPEC_TYPE_SIZE);
  const words = terminated(params, end);
  writeNamed(TEXT_TYPE);
  writeText(type);
  const typed = form != FORM_OTHER && writeTyped(type, words, form == FORM_TABLE);
  writeNamed(TEXT_PARAMS);
  if (form == FORM_TABLE && !keysAreShown() && mayHoldKey(findTarget(type), type)) writeHidden(words, readTo);
  else writeText(words);
  closeMap(opened, typed ? 5 : 4);
}
