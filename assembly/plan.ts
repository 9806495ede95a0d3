/** A request becomes a plan: `{ v: 1, steps: [[command, payload], …] }`. */
import {
  DEV_OFFSET,
  EVENT_NR_OFFSET,
  FLAG_PERSISTENT_DEV,
  FLAG_READONLY,
  FLAG_SECURE_DATA,
  FLAGS_OFFSET,
  HEADER_SIZE,
} from './abi';
import { commandNameOf, findCommand, sinceOfCommand } from './commands';
import { enterField, fail, failText, setVersion } from './failure';
import * as E from './generated/errors';
import {
  IDENTITY_NEW,
  PAYLOAD_GEOMETRY,
  PAYLOAD_MESSAGE,
  PAYLOAD_NEW_NAME,
  PAYLOAD_NEW_UUID,
  PAYLOAD_ROOM,
  PAYLOAD_TABLE,
  TEXT_ACTION,
  TEXT_BUFFER_SIZE,
  TEXT_INTERFACE,
  TEXT_STEPS,
  TEXT_V,
} from './generated/tables';
import { hasSecret } from './grammar/secrets';
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
import { putGeometry } from './payload/geometry';
import { putData, putHeader } from './payload/header';
import { putMessage } from './payload/message';
import { putString } from './payload/strings';
import {
  action,
  eventNr,
  geometryAt,
  hasMinor,
  messageAt,
  minor,
  name,
  newText,
  noTable,
  readRequest,
  roomSize,
  sector,
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
import { versionOf } from './versions';

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
  const command = <u32>load<u8>(record);
  if (!checkInterface(command)) return false;
  writeArray(2);
  writeNumber(command);
  const opened = openHead();
  const payload = extend(HEADER_SIZE);
  if (payload == 0) return fail(E.REQUEST_TOO_LARGE, 0);
  const flags = load<u32>(record, 4) | (switches & load<u32>(record, 8));
  putHeader(payload, flags, name, isFirst || !isNew() ? uuid : 0);
  if (isFirst && hasMinor) putMinor(payload);
  store<u32>(payload, eventNr, EVENT_NR_OFFSET);
  if (!putPayload(payload, load<u8>(record, 1))) return false;
  if (hasSecret && carriesKeys(load<u8>(record, 1)))
    store<u32>(payload, load<u32>(payload, FLAGS_OFFSET) | FLAG_SECURE_DATA, FLAGS_OFFSET);
  closeBinary(opened);
  return true;
}

/** The kernel takes the minor of `dev` alone, in its own encoding (include/linux/kdev_t.h new_encode_dev). */
function putMinor(payload: usize): void {
  store<u32>(payload, load<u32>(payload, FLAGS_OFFSET) | FLAG_PERSISTENT_DEV, FLAGS_OFFSET);
  store<u32>(payload, (minor & 0xff) | ((minor & ~0xff) << 12), DEV_OFFSET);
}

/** Whether such a payload is where a key stands; the other steps of the plan hold none. */
function carriesKeys(kind: u32): bool {
  return kind == PAYLOAD_TABLE || kind == PAYLOAD_MESSAGE;
}

/** A command that is newer than the kernel that the request is for. */
function checkInterface(command: u32): bool {
  const version = versionOf(named(TEXT_INTERFACE));
  const record = findCommand(command);
  if (version == 0 || sinceOfCommand(record) <= version) return true;
  enterField(named(TEXT_ACTION));
  setVersion(1, sinceOfCommand(record));
  setVersion(2, version);
  return failText(E.COMMAND_TOO_NEW, 0, commandNameOf(record));
}

/** A new device takes name and uuid; from then on its name alone says which it is. */
function isNew(): bool {
  return load<u8>(action, 4) == IDENTITY_NEW;
}

function putPayload(payload: usize, kind: u32): bool {
  if (kind == PAYLOAD_TABLE) return putTable(payload);
  if (kind == PAYLOAD_ROOM) return putRoom(payload);
  if (kind == PAYLOAD_NEW_NAME || kind == PAYLOAD_NEW_UUID) return putString(payload, newText);
  if (kind == PAYLOAD_MESSAGE) return putMessage(payload, sector, messageAt, <usize>roomSize);
  return kind != PAYLOAD_GEOMETRY || putGeometry(payload, geometryAt);
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
