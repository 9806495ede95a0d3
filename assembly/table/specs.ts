/** One row of the table: a `struct dm_target_spec` and its params, checked by itself and against the row before. */
import {
  MAX_DATA_SIZE,
  MAX_SECTOR_BITS,
  MAX_TARGETS,
  SPEC_ALIGNMENT,
  SPEC_LENGTH_OFFSET,
  SPEC_NEXT_OFFSET,
  SPEC_SIZE,
  SPEC_START_OFFSET,
  SPEC_TYPE_OFFSET,
} from '../abi';
import { enterField, enterRow, fail, failNumber, failNumbers, failText, leaveRows, ROOT_TARGETS } from '../failure';
import * as E from '../generated/errors';
import {
  TARGET_READ_ONLY,
  TARGET_SINGLETON,
  TARGET_WRITEABLE,
  TEXT_LENGTH,
  TEXT_READ_ONLY,
  TEXT_START,
  TEXT_TABLE,
  TEXT_TARGETS,
  TEXT_TYPE,
} from '../generated/tables';
import { isTarget, typeOf } from '../grammar/nodes';
import { checkRules } from '../grammar/rules';
import { top } from '../memory';
import { extend, overflowed } from '../msgpack/write';
import { copyBytes, lengthOf, named, startOf, Text } from '../text';

/** Targets so far, and the sector where the next one starts. */
export let rows: u32 = 0;
let sector: u64 = 0;

/** Where the row at hand begins in the payload, its length, and where the request gives the length. */
let spec: usize = 0;
let length: u64 = 0;
let lengthPlace: usize = 0;

/** The table's only-target row, if it has one. */
let singleton: usize = 0;
let singletonRow: u32 = 0;
let singletonPlace: usize = 0;
let rootOfRows: u32 = 0;
let readOnly: bool = false;

export function startTable(root: u32, isReadOnly: bool): void {
  rows = 0;
  sector = 0;
  singleton = 0;
  rootOfRows = root;
  readOnly = isReadOnly;
}

export function nextRow(place: usize): bool {
  enterRow(rootOfRows, rows);
  if (rows == MAX_TARGETS) return failNumber(E.TOO_MANY_TARGETS, place, MAX_TARGETS);
  return true;
}

/** The start, where the request gives one: it has to be where the row before ends. */
export function checkStart(start: u64, place: usize): bool {
  enterField(named(TEXT_START));
  if (start == sector) return true;
  if (rows == 0) return failNumber(E.FIRST_START, place, start);
  return failNumbers(start > sector ? E.GAP : E.OVERLAP, place, start, sector);
}

/** Begins the row's spec in the payload; its params follow. */
export function openSpec(type: Text, sectors: u64, place: usize): bool {
  enterField(named(TEXT_LENGTH));
  if (sectors == 0) return fail(E.ZERO_LENGTH, place);
  if (sectors > ((<u64>1) << MAX_SECTOR_BITS) - 1 - sector) return fail(E.TABLE_TOO_LONG, place);
  length = sectors;
  lengthPlace = place;
  spec = extend(SPEC_SIZE);
  if (spec == 0) return fail(E.REQUEST_TOO_LARGE, place);
  store<u64>(spec + SPEC_START_OFFSET, sector);
  store<u64>(spec + SPEC_LENGTH_OFFSET, sectors);
  copyBytes(spec + SPEC_TYPE_OFFSET, startOf(type), lengthOf(type));
  return true;
}

/** Ends the row: terminates its params, points to the next spec, and checks the rules of its target (0: not known). */
export function closeSpec(target: usize, place: usize): bool {
  const unaligned = top - spec + 1;
  const size = (unaligned + SPEC_ALIGNMENT - 1) & ~(<usize>(SPEC_ALIGNMENT - 1));
  extend(size - unaligned + 1);
  if (overflowed) return fail(E.REQUEST_TOO_LARGE, place);
  store<u32>(spec + SPEC_NEXT_OFFSET, <u32>size);
  if (target != 0 && !checkTarget(target, place)) return false;
  sector += length;
  rows++;
  return true;
}

function checkTarget(target: usize, place: usize): bool {
  if (isTarget(target, TARGET_SINGLETON) && singleton == 0) {
    singleton = target;
    singletonRow = rows;
    singletonPlace = place;
  }
  if (isTarget(target, TARGET_READ_ONLY) && !readOnly) {
    leaveRows();
    enterField(named(TEXT_READ_ONLY));
    return failText(E.READ_ONLY_REQUIRED, place, typeOf(target));
  }
  if (isTarget(target, TARGET_WRITEABLE) && readOnly) {
    leaveRows();
    enterField(named(TEXT_READ_ONLY));
    return failText(E.READ_ONLY_REFUSED, place, typeOf(target));
  }
  return checkRules(target, length, lengthPlace);
}

/** What holds for the table as a whole. `size` is that of the whole payload. */
export function closeTable(place: usize, size: usize): bool {
  if (rows == 0) {
    enterTable();
    return fail(E.EMPTY_TABLE, place);
  }
  if (singleton != 0 && rows > 1) {
    enterRow(rootOfRows, singletonRow);
    enterField(named(TEXT_TYPE));
    return failText(E.SINGLETON, singletonPlace, typeOf(singleton));
  }
  enterTable();
  return size <= <usize>MAX_DATA_SIZE || failNumber(E.PAYLOAD_TOO_LARGE, place, MAX_DATA_SIZE);
}

function enterTable(): void {
  leaveRows();
  enterField(named(rootOfRows == ROOT_TARGETS ? TEXT_TARGETS : TEXT_TABLE));
}
