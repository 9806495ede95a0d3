/** The fields of a request, read and checked against its action; the table is left for `table/`. */
import { DM_DEV_WAIT } from './abi';
import { enterField, fail, failNumber, failTexts } from './failure';
import * as E from './generated/errors';
import {
  ACTION_NAMES,
  ACTIONS,
  ACTIONS_COUNT,
  IDENTITY_NAME,
  IDENTITY_NEW,
  IDENTITY_NONE,
  IDENTITY_ONE,
  IDENTITY_PREFIXES,
  IDENTITY_TYPE,
  PAYLOAD_GEOMETRY,
  PAYLOAD_MESSAGE,
  PAYLOAD_NEW_NAME,
  PAYLOAD_NEW_UUID,
  PAYLOAD_ROOM,
  PAYLOAD_TABLE,
  SIZE_ACTION,
  SIZE_STEP,
  SIZE_SWITCH,
  SWITCHES,
  SWITCHES_COUNT,
  TABLES,
  TEXT_A_MESSAGE,
  TEXT_ACTION,
  TEXT_BUFFER_SIZE,
  TEXT_EVENT_NR,
  TEXT_GEOMETRY,
  TEXT_MESSAGE,
  TEXT_MINOR,
  TEXT_NAME,
  TEXT_NEW_NAME,
  TEXT_NEW_UUID,
  TEXT_NO_TABLE,
  TEXT_READ_ONLY,
  TEXT_REQUEST_FIELDS,
  TEXT_SECTOR,
  TEXT_TABLE,
  TEXT_TARGETS,
  TEXT_TYPE,
  TEXT_UUID,
  TEXT_V,
  TEXT_VERSIONS,
} from './generated/tables';
import { noteKeyOf } from './grammar/message';
import { checkParams } from './grammar/words';
import { checkName, checkUuid } from './identifiers';
import {
  boolOf,
  expectArray,
  expectBool,
  expectBytes,
  expectMap,
  expectText,
  refuseKind,
  required,
} from './msgpack/fields';
import * as msgpack from './msgpack/read';
import { number, readNumber, readSectors, readWithin } from './numbers';
import { checkType } from './table/type';
import { endOf, equal, named, startOf, Text } from './text';
import { forgetVersions, readVersions } from './versions';

const REQUEST_VERSION: u64 = 1;
/** MINORBITS of include/linux/kdev_t.h. */
const MAX_MINOR: u64 = 1048575;
/** libdm's size for the same commands (libdm/ioctl/libdm-iface.c). */
const DEFAULT_ROOM: u64 = 16384;
/** The header and the smallest record. */
const MIN_ROOM: u64 = 320;
/** Enough for the names of 200,000 devices; more would only cost memory. */
const MAX_ROOM: u64 = 33554432;

/** The action's record. */
export let action: usize = 0;
export let name: Text = 0;
export let uuid: Text = 0;
/** Flags of `struct dm_ioctl` that the request's switches ask for. */
export let switches: u32 = 0;
/** The MessagePack of `targets` or of `table`, or 0. */
export let targetsAt: usize = 0;
export let tableAt: usize = 0;
/** Bytes of a payload that makes room for an answer. */
export let roomSize: u64 = 0;
/** The new name or uuid, the message, and where the geometry is. */
export let newText: Text = 0;
export let messageAt: usize = 0;
export let sector: u64 = 0;
export let geometryAt: usize = 0;
export let eventNr: u32 = 0;
/** Whether a new device is to have a certain minor number, and which. */
export let hasMinor: bool = false;
export let minor: u32 = 0;

let at: usize = 0;

/** Reads the request at `start`. */
export function readRequest(start: usize): bool {
  at = start;
  name = 0;
  uuid = 0;
  switches = 0;
  noTable = false;
  targetsAt = 0;
  tableAt = 0;
  roomSize = DEFAULT_ROOM;
  newText = 0;
  messageAt = 0;
  sector = 0;
  geometryAt = 0;
  eventNr = 0;
  hasMinor = false;
  forgetVersions();
  if (!expectMap(at)) return false;
  return readVersion() && readAction() && readFields() && checkIdentity() && checkTable() && checkPayload();
}

function readVersion(): bool {
  const value = required(at, TEXT_V);
  if (value == 0 || !readNumber(value)) return false;
  return number == REQUEST_VERSION || failNumber(E.UNSUPPORTED_VERSION, value, number);
}

function readAction(): bool {
  const value = required(at, TEXT_ACTION);
  const wanted = value == 0 ? 0 : expectText(value);
  if (wanted == 0) return false;
  for (let i: usize = 0; i < ACTIONS_COUNT; i++) {
    action = TABLES + ACTIONS + i * SIZE_ACTION;
    if (equal(actionName(), wanted)) return true;
  }
  return failTexts(E.UNKNOWN_ACTION, value, wanted, named(ACTION_NAMES));
}

function actionName(): Text {
  return named(load<u32>(action));
}

function identity(): u32 {
  return load<u8>(action, 4);
}

export function stepCount(): u32 {
  return load<u8>(action, 5);
}

/** The record of a step. */
export function step(index: u32): usize {
  return TABLES + load<u16>(action, 6) + index * SIZE_STEP;
}

function allowedSwitches(): u32 {
  return load<u32>(action, 8);
}

function hasPayload(kind: u32): bool {
  return ((<u32>load<u8>(action, 12) >> kind) & 1) != 0;
}

function readFields(): bool {
  let key = msgpack.bodyOf(at);
  for (let left = msgpack.sizeOf(at); left > 0; left--) {
    const value = msgpack.skip(key);
    const field = msgpack.bytesOf(key);
    enterField(field);
    if (!readField(field, key, value)) return false;
    key = msgpack.skip(value);
  }
  return true;
}

function is(field: Text, reference: u32): bool {
  return equal(field, named(reference));
}

function readField(field: Text, key: usize, value: usize): bool {
  if (is(field, TEXT_V) || is(field, TEXT_ACTION)) return true;
  if (is(field, TEXT_NAME)) return allowed(hasName(), field, key) && readName(value);
  if (is(field, TEXT_UUID)) return allowed(hasUuid(), field, key) && readUuid(value);
  if (is(field, TEXT_TYPE)) return allowed(identity() == IDENTITY_TYPE, field, key) && readType(value);
  if (is(field, TEXT_NEW_NAME)) return allowed(hasPayload(PAYLOAD_NEW_NAME), field, key) && readNewName(value);
  if (is(field, TEXT_NEW_UUID)) return allowed(hasPayload(PAYLOAD_NEW_UUID), field, key) && readNewUuid(value);
  if (is(field, TEXT_MESSAGE)) return allowed(hasPayload(PAYLOAD_MESSAGE), field, key) && readMessage(value);
  if (is(field, TEXT_SECTOR)) return allowed(hasPayload(PAYLOAD_MESSAGE), field, key) && readSector(value);
  if (is(field, TEXT_GEOMETRY)) return allowed(hasPayload(PAYLOAD_GEOMETRY), field, key) && readGeometry(value);
  if (is(field, TEXT_EVENT_NR)) return allowed(isWait(), field, key) && readEventNr(value);
  if (is(field, TEXT_VERSIONS)) return readVersions(value);
  if (is(field, TEXT_TARGETS)) return allowed(hasPayload(PAYLOAD_TABLE), field, key) && readTargets(value);
  if (is(field, TEXT_TABLE)) return allowed(hasPayload(PAYLOAD_TABLE), field, key) && readTable(value);
  if (is(field, TEXT_MINOR)) return allowed(identity() == IDENTITY_NEW, field, key) && readMinor(value);
  if (is(field, TEXT_NO_TABLE)) return allowed(identity() == IDENTITY_NEW, field, key) && readNoTable(value);
  if (is(field, TEXT_BUFFER_SIZE))
    return allowed(hasPayload(PAYLOAD_ROOM) || hasPayload(PAYLOAD_MESSAGE), field, key) && readRoom(value);
  return readSwitch(field, key, value);
}

function hasName(): bool {
  return identity() != IDENTITY_NONE && identity() != IDENTITY_TYPE;
}

function hasUuid(): bool {
  return hasName() && identity() != IDENTITY_NAME;
}

/** Only DEV_WAIT reads an event number; elsewhere the field is a udev cookie (dm-ioctl.c dev_wait). */
function isWait(): bool {
  return load<u8>(step(0)) == DM_DEV_WAIT;
}

function allowed(meant: bool, field: Text, key: usize): bool {
  return meant || failTexts(E.NOT_FOR_ACTION, key, field, actionName());
}

function readSwitch(field: Text, key: usize, value: usize): bool {
  for (let i: usize = 0; i < SWITCHES_COUNT; i++) {
    const record = TABLES + SWITCHES + i * SIZE_SWITCH;
    if (!is(field, load<u32>(record))) continue;
    const flag = load<u32>(record, 4);
    if (!allowed((allowedSwitches() & flag) != 0, field, key) || !expectBool(value)) return false;
    if (boolOf(value)) switches |= flag;
    return true;
  }
  return failTexts(E.UNKNOWN_FIELD, key, field, named(TEXT_REQUEST_FIELDS));
}

function readTargets(value: usize): bool {
  if (!expectArray(value)) return false;
  targetsAt = value;
  return true;
}

function readTable(value: usize): bool {
  if (!expectBytes(value)) return false;
  tableAt = value;
  return true;
}

/** Set when the device is created without a table. */
export let noTable: bool = false;

function readNoTable(value: usize): bool {
  if (!expectBool(value)) return false;
  noTable = boolOf(value);
  return true;
}

function readRoom(value: usize): bool {
  if (!readWithin(value, MIN_ROOM, MAX_ROOM)) return false;
  roomSize = number;
  return true;
}

/** Keeps the text for `name`, which is the target's type where an action is about one. */
function readType(value: usize): bool {
  name = expectText(value);
  return name != 0 && checkType(name);
}

function readName(value: usize): bool {
  name = expectText(value);
  return name != 0 && checkName(name);
}

function readUuid(value: usize): bool {
  uuid = expectText(value);
  return uuid != 0 && checkUuid(uuid);
}

function readNewName(value: usize): bool {
  newText = expectText(value);
  return newText != 0 && checkName(newText);
}

function readNewUuid(value: usize): bool {
  newText = expectText(value);
  return newText != 0 && checkUuid(newText);
}

/** Words parted by blanks, which the kernel splits as it splits params (dm-ioctl.c target_message), or typed fields. */
function readMessage(value: usize): bool {
  const kind = msgpack.kindOf(value);
  messageAt = value;
  if (kind == msgpack.MAP) return true;
  if (kind != msgpack.TEXT && kind != msgpack.BINARY) return refuseKind(value, TEXT_A_MESSAGE);
  const text = msgpack.bytesOf(value);
  noteKeyOf(text);
  return checkParams(text) && (hasWord(text) || fail(E.EMPTY_VALUE, value));
}

function hasWord(text: Text): bool {
  for (let byte = startOf(text); byte < endOf(text); byte++) {
    if (load<u8>(byte) != 0x20) return true;
  }
  return false;
}

function readSector(value: usize): bool {
  if (!readSectors(value)) return false;
  sector = number;
  return true;
}

function readMinor(value: usize): bool {
  hasMinor = readWithin(value, 0, MAX_MINOR);
  minor = <u32>number;
  return hasMinor;
}

function readGeometry(value: usize): bool {
  if (!expectMap(value)) return false;
  geometryAt = value;
  return true;
}

function readEventNr(value: usize): bool {
  if (!readWithin(value, 0, u32.MAX_VALUE)) return false;
  eventNr = <u32>number;
  return true;
}

function checkIdentity(): bool {
  if (identity() == IDENTITY_NONE || identity() == IDENTITY_PREFIXES) return true;
  if (identity() == IDENTITY_TYPE) return name != 0 || required(at, TEXT_TYPE) != 0;
  if (identity() != IDENTITY_ONE) return name != 0 || required(at, TEXT_NAME) != 0;
  if (name != 0 && uuid != 0) {
    enterField(named(TEXT_UUID));
    return failTexts(E.CONFLICTING_FIELDS, startOf(uuid), named(TEXT_NAME), named(TEXT_UUID));
  }
  return name != 0 || uuid != 0 || required(at, TEXT_NAME) != 0;
}

function checkPayload(): bool {
  if (hasPayload(PAYLOAD_NEW_NAME)) return newText != 0 || required(at, TEXT_NEW_NAME) != 0;
  if (hasPayload(PAYLOAD_NEW_UUID)) return newText != 0 || required(at, TEXT_NEW_UUID) != 0;
  if (hasPayload(PAYLOAD_MESSAGE)) return messageAt != 0 || required(at, TEXT_MESSAGE) != 0;
  return !hasPayload(PAYLOAD_GEOMETRY) || geometryAt != 0 || required(at, TEXT_GEOMETRY) != 0;
}

function checkTable(): bool {
  if (!hasPayload(PAYLOAD_TABLE)) return true;
  if (targetsAt != 0 && tableAt != 0) {
    enterField(named(TEXT_TABLE));
    return failTexts(E.CONFLICTING_FIELDS, tableAt, named(TEXT_TARGETS), named(TEXT_TABLE));
  }
  const table = targetsAt != 0 ? targetsAt : tableAt;
  if (!noTable) return table != 0 || required(at, TEXT_TARGETS) != 0;
  enterField(named(TEXT_NO_TABLE));
  if (switches != 0)
    return failTexts(E.CONFLICTING_FIELDS, required(at, TEXT_READ_ONLY), named(TEXT_NO_TABLE), named(TEXT_READ_ONLY));
  return (
    table == 0 ||
    failTexts(E.CONFLICTING_FIELDS, table, named(TEXT_NO_TABLE), named(targetsAt != 0 ? TEXT_TARGETS : TEXT_TABLE))
  );
}
