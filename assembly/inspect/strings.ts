/** Payloads that are text, and the records of LIST_VERSIONS. */
import {
  MESSAGE_TEXT_OFFSET,
  TARGET_VERSIONS_NAME_OFFSET,
  TARGET_VERSIONS_NEXT_OFFSET,
  TARGET_VERSIONS_VERSION_OFFSET,
} from '../abi';
import {
  TEXT_MESSAGE,
  TEXT_NAME,
  TEXT_NEXT,
  TEXT_NOTE_NOT_TERMINATED,
  TEXT_NOTE_SECTORS,
  TEXT_NOTE_SHOULD_BE_ZERO,
  TEXT_NOTE_TO_NEXT_RECORD,
  TEXT_PADDING,
  TEXT_SECTOR,
  TEXT_VERSIONS,
} from '../generated/tables';
import { noteKeyOf } from '../grammar/message';
import { keysAreShown } from '../grammar/sink';
import { wordPlace } from '../grammar/words';
import { overflowed } from '../msgpack/write';
import { isTerminated, terminated } from '../reply/fields';
import { lengthOf } from '../text';
import { areZero, bytesEntry, enterGroup, hiddenEntry, numberEntry, textEntry } from './entries';
import { inspectVersion } from './header';
import { inspectRoom } from './specs';

/** A text up to the end; the address behind the last byte that was explained. */
export function inspectString(at: usize, end: usize, field: u32): usize {
  const text = terminated(at, end);
  const ends = isTerminated(at, end);
  const length = lengthOf(text) + (ends ? 1 : 0);
  if (length == 0) return at;
  textEntry(at, length, field, text, ends ? 0 : TEXT_NOTE_NOT_TERMINATED);
  return at + length;
}

/** A text that fills the payload up to 8 bytes. */
export function inspectOnlyString(at: usize, end: usize, field: u32): usize {
  return inspectPadding(inspectString(at, end, field), end);
}

/** `struct dm_target_msg`, and the room behind it. */
export function inspectMessage(at: usize, end: usize): usize {
  if (at + MESSAGE_TEXT_OFFSET > end) return at;
  numberEntry(at, MESSAGE_TEXT_OFFSET, TEXT_SECTOR, load<u64>(at), TEXT_NOTE_SECTORS);
  return inspectRoom(inspectMessageText(at + MESSAGE_TEXT_OFFSET, end), end);
}

/** A message may carry a key. */
function inspectMessageText(at: usize, end: usize): usize {
  const text = terminated(at, end);
  if (keysAreShown() || !noteKeyOf(text)) return inspectString(at, end, TEXT_MESSAGE);
  const ends = isTerminated(at, end);
  const length = lengthOf(text) + (ends ? 1 : 0);
  hiddenEntry(at, length, TEXT_MESSAGE, text, ends ? 0 : TEXT_NOTE_NOT_TERMINATED, wordPlace());
  return at + length;
}

export function inspectVersions(first: usize, end: usize): usize {
  let at = first;
  for (let i: u32 = 0; at + TARGET_VERSIONS_NAME_OFFSET < end && !overflowed; i++) {
    const next = load<u32>(at, TARGET_VERSIONS_NEXT_OFFSET);
    const recordEnd = next == 0 ? end : at + next;
    const name = at + TARGET_VERSIONS_NAME_OFFSET;
    if (recordEnd > end || recordEnd <= name) break;
    enterGroup(TEXT_VERSIONS, i);
    numberEntry(at + TARGET_VERSIONS_NEXT_OFFSET, 4, TEXT_NEXT, next, TEXT_NOTE_TO_NEXT_RECORD);
    inspectVersion(at + TARGET_VERSIONS_VERSION_OFFSET);
    inspectPadding(inspectString(name, recordEnd, TEXT_NAME), recordEnd);
    at = recordEnd;
    if (next == 0) break;
  }
  enterGroup(0, 0);
  return at;
}

function inspectPadding(at: usize, end: usize): usize {
  if (at < end) bytesEntry(at, end - at, TEXT_PADDING, areZero(at, end) ? 0 : TEXT_NOTE_SHOULD_BE_ZERO);
  return end;
}
