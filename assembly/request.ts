/** The fields of a request, read and checked against its action; the table is left for `table/`. */
import { DM_DEV_WAIT, NAME_SIZE, UUID_SIZE } from './abi';
import { byteAt, enterField, fail, failNumber, failNumbers, failText, failTexts, setNumber, setText } from './failure';
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
  TEXT_A_MAP,
  TEXT_A_MESSAGE,
  TEXT_ACTION,
  TEXT_AN_ARRAY,
  TEXT_BUFFER_SIZE,
  TEXT_CONTROL,
  TEXT_DOT,
  TEXT_DOT_DOT,
  TEXT_EVENT_NR,
  TEXT_GEOMETRY,
  TEXT_MESSAGE,
  TEXT_NAME,
  TEXT_NEW_NAME,
  TEXT_NEW_UUID,
  TEXT_NO_TABLE,
  TEXT_READ_ONLY,
  TEXT_REQUEST_FIELDS,
  TEXT_SECTOR,
  TEXT_SOME_TEXT,
  TEXT_TABLE,
  TEXT_TARGETS,
  TEXT_TEXT_OR_BINARY,
  TEXT_THREE_NUMBERS,
  TEXT_TRUE_OR_FALSE,
  TEXT_TYPE,
  TEXT_UUID,
  TEXT_V,
  TEXT_VERSIONS,
} from './generated/tables';
import { noteKeyOf } from './grammar/message';
import { checkParams } from './grammar/words';
import * as msgpack from './msgpack/read';
import { number, readNumber, readSectors } from './numbers';
import { checkType } from './table/type';
import { endOf, equal, isDigit, isHexDigit, lengthOf, named, startOf, Text } from './text';

const REQUEST_VERSION: u64 = 1;
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
/** The versions of targets, as the request says them. */
export let versionsAt: usize = 0;

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
  versionsAt = 0;
  if (msgpack.kindOf(at) != msgpack.MAP) return failText(E.WRONG_TYPE, at, named(TEXT_A_MAP));
  return readVersion() && readAction() && readFields() && checkIdentity() && checkTable() && checkPayload();
}

function readVersion(): bool {
  const value = required(TEXT_V);
  if (value == 0 || !readNumber(value)) return false;
  return number == REQUEST_VERSION || failNumber(E.UNSUPPORTED_VERSION, value, number);
}

function readAction(): bool {
  const value = required(TEXT_ACTION);
  if (value == 0) return false;
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  const wanted = msgpack.bytesOf(value);
  for (let i: usize = 0; i < ACTIONS_COUNT; i++) {
    action = TABLES + ACTIONS + i * SIZE_ACTION;
    if (equal(actionName(), wanted)) return true;
  }
  return failTexts(E.UNKNOWN_ACTION, value, wanted, named(ACTION_NAMES));
}

function required(reference: u32): usize {
  enterField(named(reference));
  const value = msgpack.find(at, named(reference));
  if (value == 0) failText(E.MISSING_FIELD, at, named(reference));
  return value;
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
    if (!allowed((allowedSwitches() & flag) != 0, field, key) || !readBool(value)) return false;
    if (isTrue(value)) switches |= flag;
    return true;
  }
  return failTexts(E.UNKNOWN_FIELD, key, field, named(TEXT_REQUEST_FIELDS));
}

function readBool(value: usize): bool {
  return msgpack.kindOf(value) == msgpack.BOOL || failText(E.WRONG_TYPE, value, named(TEXT_TRUE_OR_FALSE));
}

function isTrue(value: usize): bool {
  return load<u8>(value) == 0xc3;
}

function readTargets(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.ARRAY) return failText(E.WRONG_TYPE, value, named(TEXT_AN_ARRAY));
  targetsAt = value;
  return true;
}

function readTable(value: usize): bool {
  const kind = msgpack.kindOf(value);
  if (kind != msgpack.TEXT && kind != msgpack.BINARY) return failText(E.WRONG_TYPE, value, named(TEXT_TEXT_OR_BINARY));
  tableAt = value;
  return true;
}

/** Set when the device is created without a table. */
export let noTable: bool = false;

function readNoTable(value: usize): bool {
  if (!readBool(value)) return false;
  noTable = isTrue(value);
  return true;
}

function readRoom(value: usize): bool {
  if (!readNumber(value)) return false;
  roomSize = number;
  if (number >= MIN_ROOM && number <= MAX_ROOM) return true;
  setNumber(2, MAX_ROOM);
  return failNumbers(E.OUT_OF_RANGE, value, number, MIN_ROOM);
}

function readType(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  name = msgpack.bytesOf(value);
  return checkType(name);
}

function readNewName(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  newText = msgpack.bytesOf(value);
  return checkIdentifier(newText, TEXT_NAME, NAME_SIZE - 1) && checkReserved(newText);
}

function readNewUuid(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  newText = msgpack.bytesOf(value);
  return checkIdentifier(newText, TEXT_UUID, UUID_SIZE - 1);
}

/** Words parted by blanks, which the kernel splits as it splits params (dm-ioctl.c target_message), or typed fields. */
function readMessage(value: usize): bool {
  const kind = msgpack.kindOf(value);
  messageAt = value;
  if (kind == msgpack.MAP) return true;
  if (kind != msgpack.TEXT && kind != msgpack.BINARY) return failText(E.WRONG_TYPE, value, named(TEXT_A_MESSAGE));
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

function readGeometry(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.MAP) return failText(E.WRONG_TYPE, value, named(TEXT_A_MAP));
  geometryAt = value;
  return true;
}

function readEventNr(value: usize): bool {
  if (!readNumber(value)) return false;
  eventNr = <u32>number;
  if (number <= u32.MAX_VALUE) return true;
  setNumber(2, u32.MAX_VALUE);
  return failNumbers(E.OUT_OF_RANGE, value, number, 0);
}

/** `{ verity: [1, 9, 0], interface: [4, 47, 0] }`: what is newer is refused. */
function readVersions(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.MAP) return failText(E.WRONG_TYPE, value, named(TEXT_A_MAP));
  versionsAt = value;
  let key = msgpack.bodyOf(value);
  for (let left = msgpack.sizeOf(value); left > 0; left--) {
    const version = msgpack.skip(key);
    if (!checkVersion(version)) return false;
    key = msgpack.skip(version);
  }
  return true;
}

function checkVersion(at: usize): bool {
  if (msgpack.kindOf(at) != msgpack.ARRAY || msgpack.sizeOf(at) != 3) {
    return failText(E.WRONG_TYPE, at, named(TEXT_THREE_NUMBERS));
  }
  let part = msgpack.bodyOf(at);
  for (let i = 0; i < 3; i++) {
    if (!readNumber(part)) return false;
    if (number > 255) {
      setNumber(2, 255);
      return failNumbers(E.OUT_OF_RANGE, part, number, 0);
    }
    part = msgpack.skip(part);
  }
  return true;
}

/** The version that the request gives for a target or for the interface; 0 when it gives none. */
export function versionOf(name: Text): u32 {
  if (versionsAt == 0) return 0;
  const version = msgpack.find(versionsAt, name);
  if (version == 0) return 0;
  let value: u32 = 0;
  let part = msgpack.bodyOf(version);
  for (let i = 0; i < 3; i++) {
    readNumber(part);
    value = (value << 8) | <u32>number;
    part = msgpack.skip(part);
  }
  return value;
}

function readName(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  name = msgpack.bytesOf(value);
  return checkIdentifier(name, TEXT_NAME, NAME_SIZE - 1) && checkReserved(name);
}

function readUuid(value: usize): bool {
  if (msgpack.kindOf(value) != msgpack.TEXT) return failText(E.WRONG_TYPE, value, named(TEXT_SOME_TEXT));
  uuid = msgpack.bytesOf(value);
  return checkIdentifier(uuid, TEXT_UUID, UUID_SIZE - 1);
}

function checkIdentifier(text: Text, kind: u32, longest: usize): bool {
  const place = startOf(text);
  if (lengthOf(text) == 0) return failText(E.EMPTY_NAME, place, named(kind));
  if (lengthOf(text) > longest) {
    setText(0, named(kind));
    setNumber(1, longest);
    setNumber(2, lengthOf(text));
    return fail(E.NAME_TOO_LONG, place);
  }
  for (let byte = place; byte < endOf(text); byte++) {
    if (isNameByte(load<u8>(byte))) continue;
    if (!isMangled(byte, endOf(text))) return failTexts(E.NAME_CHARACTER, byte, named(kind), byteAt(byte));
    byte += 3;
  }
  return true;
}

/** `\\x20`: how libdm writes any other byte into a name (libdm/libdm-common.c mangle_string). */
function isMangled(at: usize, end: usize): bool {
  if (at + 4 > end || load<u8>(at) != 0x5c || load<u8>(at, 1) != 0x78) return false;
  return isHexDigit(load<u8>(at, 2)) && isHexDigit(load<u8>(at, 3));
}

/** What udev and libdm leave as it is: `0-9 A-Z a-z # + - . : = @ _` (libdm/libdm-common.c). */
function isNameByte(byte: u32): bool {
  if ((byte | 0x20) - 0x61 < 26 || isDigit(byte)) return true;
  return (
    byte == 0x23 ||
    byte == 0x2b ||
    byte == 0x2d ||
    byte == 0x2e ||
    byte == 0x3a ||
    byte == 0x3d ||
    byte == 0x40 ||
    byte == 0x5f
  );
}

/** dm-ioctl.c check_name, which kernels before 6.5 do not do. */
function checkReserved(text: Text): bool {
  if (is(text, TEXT_CONTROL) || is(text, TEXT_DOT) || is(text, TEXT_DOT_DOT)) {
    return failText(E.RESERVED_NAME, startOf(text), text);
  }
  return true;
}

function checkIdentity(): bool {
  if (identity() == IDENTITY_NONE || identity() == IDENTITY_PREFIXES) return true;
  if (identity() == IDENTITY_TYPE) return name != 0 || required(TEXT_TYPE) != 0;
  if (identity() != IDENTITY_ONE) return name != 0 || required(TEXT_NAME) != 0;
  if (name != 0 && uuid != 0) {
    enterField(named(TEXT_UUID));
    return failTexts(E.CONFLICTING_FIELDS, startOf(uuid), named(TEXT_NAME), named(TEXT_UUID));
  }
  return name != 0 || uuid != 0 || required(TEXT_NAME) != 0;
}

function checkPayload(): bool {
  if (hasPayload(PAYLOAD_NEW_NAME)) return newText != 0 || required(TEXT_NEW_NAME) != 0;
  if (hasPayload(PAYLOAD_NEW_UUID)) return newText != 0 || required(TEXT_NEW_UUID) != 0;
  if (hasPayload(PAYLOAD_MESSAGE)) return messageAt != 0 || required(TEXT_MESSAGE) != 0;
  return !hasPayload(PAYLOAD_GEOMETRY) || geometryAt != 0 || required(TEXT_GEOMETRY) != 0;
}

function checkTable(): bool {
  if (!hasPayload(PAYLOAD_TABLE)) return true;
  if (targetsAt != 0 && tableAt != 0) {
    enterField(named(TEXT_TABLE));
    return failTexts(E.CONFLICTING_FIELDS, tableAt, named(TEXT_TARGETS), named(TEXT_TABLE));
  }
  const table = targetsAt != 0 ? targetsAt : tableAt;
  if (!noTable) return table != 0 || required(TEXT_TARGETS) != 0;
  enterField(named(TEXT_NO_TABLE));
  if (switches != 0)
    return failTexts(E.CONFLICTING_FIELDS, required(TEXT_READ_ONLY), named(TEXT_NO_TABLE), named(TEXT_READ_ONLY));
  return (
    table == 0 ||
    failTexts(E.CONFLICTING_FIELDS, table, named(TEXT_NO_TABLE), named(targetsAt != 0 ? TEXT_TARGETS : TEXT_TABLE))
  );
}
