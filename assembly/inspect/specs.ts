/** The specs of a table, of a request (`next` counts from the spec itself) or of a reply (from the first one). */
import {
  SPEC_LENGTH_OFFSET,
  SPEC_NEXT_OFFSET,
  SPEC_SIZE,
  SPEC_START_OFFSET,
  SPEC_STATUS_OFFSET,
  SPEC_TYPE_OFFSET,
  SPEC_TYPE_SIZE,
  TARGET_COUNT_OFFSET,
} from '../abi';
import {
  TEXT_LENGTH,
  TEXT_NEXT,
  TEXT_NOTE_FROM_FIRST,
  TEXT_NOTE_NOT_TERMINATED,
  TEXT_NOTE_REST,
  TEXT_NOTE_ROOM,
  TEXT_NOTE_SECTORS,
  TEXT_NOTE_SHOULD_BE_ZERO,
  TEXT_NOTE_TO_NEXT,
  TEXT_PADDING,
  TEXT_PARAMS,
  TEXT_REST,
  TEXT_ROOM,
  TEXT_SECTOR_START,
  TEXT_STATUS,
  TEXT_TARGET_TYPE,
  TEXT_TARGETS,
} from '../generated/tables';
import { mayHoldKey } from '../grammar/keys';
import { findTarget } from '../grammar/nodes';
import { keysAreShown } from '../grammar/sink';
import { overflowed } from '../msgpack/write';
import { isTerminated, terminated } from '../reply/fields';
import { findSecrets, readTo } from '../reply/typed';
import { lengthOf, Text } from '../text';
import { areZero, bytesEntry, emptyEntry, enterGroup, hiddenEntry, numberEntry, textEntry } from './entries';
import { inspectText } from './header';

/** The address behind the last byte that was explained. */
export function inspectSpecs(header: usize, first: usize, end: usize, fromFirst: bool): usize {
  const count = load<u32>(header, TARGET_COUNT_OFFSET);
  let at = first;
  for (let i: u32 = 0; i < count && at + SPEC_SIZE < end && !overflowed; i++) {
    enterGroup(TEXT_TARGETS, i);
    const next = (fromFirst ? first : at) + load<u32>(at, SPEC_NEXT_OFFSET);
    inspectSpec(at, fromFirst ? TEXT_NOTE_FROM_FIRST : TEXT_NOTE_TO_NEXT);
    const params = at + SPEC_SIZE;
    const type = terminated(at + SPEC_TYPE_OFFSET, at + SPEC_TYPE_OFFSET + SPEC_TYPE_SIZE);
    const fits = next > params && next <= end && isTerminated(params, next);
    at = inspectParams(type, params, fits ? next : end, !fromFirst);
    if (!fits) break;
  }
  enterGroup(0, 0);
  return at;
}

function inspectSpec(at: usize, nextNote: u32): void {
  numberEntry(at + SPEC_START_OFFSET, 8, TEXT_SECTOR_START, load<u64>(at, SPEC_START_OFFSET), TEXT_NOTE_SECTORS);
  numberEntry(at + SPEC_LENGTH_OFFSET, 8, TEXT_LENGTH, load<u64>(at, SPEC_LENGTH_OFFSET), TEXT_NOTE_SECTORS);
  const status = load<u32>(at, SPEC_STATUS_OFFSET);
  numberEntry(at + SPEC_STATUS_OFFSET, 4, TEXT_STATUS, status, status == 0 ? 0 : TEXT_NOTE_SHOULD_BE_ZERO);
  numberEntry(at + SPEC_NEXT_OFFSET, 4, TEXT_NEXT, load<u32>(at, SPEC_NEXT_OFFSET), nextNote);
  inspectText(at + SPEC_TYPE_OFFSET, SPEC_TYPE_SIZE, TEXT_TARGET_TYPE);
}

/** `quoted`: written for the kernel to read, not by it. */
function inspectParams(type: Text, at: usize, end: usize, quoted: bool): usize {
  const params = terminated(at, end);
  const ends = isTerminated(at, end);
  const length = lengthOf(params) + (ends ? 1 : 0);
  const note: u32 = ends ? 0 : TEXT_NOTE_NOT_TERMINATED;
  const target = findTarget(type);
  const hides = mayHoldKey(target, type) && !keysAreShown();
  if (hides) {
    findSecrets(target, params, quoted);
    hiddenEntry(at, length, TEXT_PARAMS, params, note, readTo);
  } else {
    textEntry(at, length, TEXT_PARAMS, params, note);
  }
  const padding = at + length;
  if (padding == end) return end;
  const clean = areZero(padding, end);
  const wrong: u32 = clean ? 0 : TEXT_NOTE_SHOULD_BE_ZERO;
  if (hides && !clean) emptyEntry(padding, end - padding, TEXT_PADDING, wrong);
  else bytesEntry(padding, end - padding, TEXT_PADDING, wrong);
  return end;
}

/** What a query leaves free for its answer. */
export function inspectRoom(at: usize, end: usize): usize {
  if (at == end) return end;
  emptyEntry(at, end - at, TEXT_ROOM, areZero(at, end) ? TEXT_NOTE_ROOM : TEXT_NOTE_SHOULD_BE_ZERO);
  return end;
}

/** Bytes that nothing explains. */
export function inspectRest(at: usize, end: usize): void {
  if (at < end) bytesEntry(at, end - at, TEXT_REST, TEXT_NOTE_REST);
}
