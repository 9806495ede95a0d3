/** A request becomes a plan: `{ v: 1, steps: [[command, payload], …] }`. */
import { FLAG_READONLY, FLAGS_OFFSET, HEADER_SIZE } from './abi';
import { enterField, fail } from './failure';
import * as E from './generated/errors';
import { IDENTITY_NEW, PAYLOAD_ROOM, PAYLOAD_TABLE, TEXT_BUFFER_SIZE, TEXT_STEPS, TEXT_V } from './generated/tables';
import { top } from './memory';
import { bytesOf } from './msgpack/read';
import {
  closeBinary,
  extend,
  openHead,
  overflowed,
  writeArray,
  writeMap,
  writeNamed,
  writeNumber,
} from './msgpack/write';
import { putData, putHeader } from './payload/header';
import {
  action,
  name,
  noTable,
  readRequest,
  roomSize,
  step,
  stepCount,
  switches,
  tableAt,
  targetsAt,
  uuid,
} from './request';
import { closeTable, rows } from './table/specs';
import { putLines } from './table/text';
import { putTargets } from './table/typed';
import { named } from './text';

const PLAN_VERSION: u64 = 1;

/** Compiles the request at `at`; the plan stands from the arena's top on. */
export function writePlan(at: usize): bool {
  if (!readRequest(at)) return false;
  const steps: u32 = noTable ? 1 : stepCount();
  writeMap(2);
  writeNamed(TEXT_V);
  writeNumber(PLAN_VERSION);
  writeNamed(TEXT_STEPS);
  writeArray(steps);
  for (let i: u32 = 0; i < steps; i++) {
    if (!writeStep(step(i), i == 0)) return false;
  }
  return !overflowed || fail(E.REQUEST_TOO_LARGE, at);
}

function writeStep(record: usize, isFirst: bool): bool {
  writeArray(2);
  writeNumber(load<u8>(record));
  const payloadKind = <u32>load<u8>(record, 1);
  const flags = load<u32>(record, 4) | (switches & load<u32>(record, 8));
  const opened = openHead();
  const payload = extend(HEADER_SIZE);
  if (payload == 0) return fail(E.REQUEST_TOO_LARGE, 0);
  putHeader(payload, flags, name, isFirst || !isNew() ? uuid : 0);
  if (payloadKind == PAYLOAD_TABLE && !putTable(payload)) return false;
  if (payloadKind == PAYLOAD_ROOM && !putRoom(payload)) return false;
  closeBinary(opened);
  return true;
}

/** A new device takes name and uuid; from then on its name alone says which it is. */
function isNew(): bool {
  return load<u8>(action, 4) == IDENTITY_NEW;
}

function putTable(payload: usize): bool {
  const readOnly = (load<u32>(payload, FLAGS_OFFSET) & FLAG_READONLY) != 0;
  const written = targetsAt != 0 ? putTargets(targetsAt, readOnly) : putLines(bytesOf(tableAt), readOnly);
  if (!written) return false;
  const size = top - payload;
  if (!closeTable(targetsAt != 0 ? targetsAt : tableAt, size)) return false;
  putData(payload, size, rows);
  return true;
}

function putRoom(payload: usize): bool {
  enterField(named(TEXT_BUFFER_SIZE));
  if (extend(<usize>roomSize - HEADER_SIZE) == 0) return fail(E.REQUEST_TOO_LARGE, 0);
  putData(payload, <usize>roomSize, 0);
  return true;
}
