/** What `decode` and `inspect` are given: `{ command, payload, reply? }`. */
import { HEADER_SIZE } from './abi';
import { enterField, failNumber, failNumbers, failText, failTexts } from './failure';
import * as E from './generated/errors';
import {
  COMMANDS,
  COMMANDS_COUNT,
  SIZE_COMMAND,
  TABLES,
  TEXT_A_MAP,
  TEXT_BINARY,
  TEXT_COMMAND,
  TEXT_PAYLOAD,
  TEXT_REPLY,
  TEXT_REPLY_FIELDS,
  TEXT_TRUE_OR_FALSE,
} from './generated/tables';
import * as msgpack from './msgpack/read';
import { number, readNumber } from './numbers';
import { equal, named, Text } from './text';

/** The command's record. */
export let command: usize = 0;
/** Where the payload begins and ends. */
export let payload: usize = 0;
export let payloadEnd: usize = 0;
/** Whether the kernel wrote it. */
export let isReply: bool = false;

export function readExchange(at: usize): bool {
  isReply = false;
  if (msgpack.kindOf(at) != msgpack.MAP) return failText(E.WRONG_TYPE, at, named(TEXT_A_MAP));
  if (!checkFields(at)) return false;
  const commandAt = required(at, TEXT_COMMAND);
  if (commandAt == 0 || !readCommand(commandAt)) return false;
  const payloadAt = required(at, TEXT_PAYLOAD);
  return payloadAt != 0 && readPayload(payloadAt) && readReply(at);
}

function checkFields(at: usize): bool {
  let key = msgpack.bodyOf(at);
  for (let left = msgpack.sizeOf(at); left > 0; left--) {
    const name = msgpack.bytesOf(key);
    if (!equal(name, named(TEXT_COMMAND)) && !equal(name, named(TEXT_PAYLOAD)) && !equal(name, named(TEXT_REPLY))) {
      enterField(name);
      return failTexts(E.UNKNOWN_FIELD, key, name, named(TEXT_REPLY_FIELDS));
    }
    key = msgpack.skip(msgpack.skip(key));
  }
  return true;
}

function required(at: usize, reference: u32): usize {
  enterField(named(reference));
  const value = msgpack.find(at, named(reference));
  if (value == 0) failText(E.MISSING_FIELD, at, named(reference));
  return value;
}

/** By number, or by the kernel's name without its `DM_`. */
function readCommand(at: usize): bool {
  const byName = msgpack.kindOf(at) == msgpack.TEXT;
  if (!byName && !readNumber(at)) return false;
  for (let i: usize = 0; i < COMMANDS_COUNT; i++) {
    command = TABLES + COMMANDS + i * SIZE_COMMAND;
    if (byName ? equal(commandName(), msgpack.bytesOf(at)) : number == load<u8>(command, 4)) return true;
  }
  return byName ? failText(E.UNKNOWN_COMMAND, at, msgpack.bytesOf(at)) : failNumber(E.UNKNOWN_COMMAND, at, number);
}

function readPayload(at: usize): bool {
  if (msgpack.kindOf(at) != msgpack.BINARY) return failText(E.WRONG_TYPE, at, named(TEXT_BINARY));
  payload = msgpack.bodyOf(at);
  const length = msgpack.sizeOf(at);
  payloadEnd = payload + length;
  return length >= <u32>HEADER_SIZE || failNumbers(E.PAYLOAD_TOO_SHORT, at, length, HEADER_SIZE);
}

function readReply(at: usize): bool {
  const value = msgpack.find(at, named(TEXT_REPLY));
  if (value == 0) return true;
  enterField(named(TEXT_REPLY));
  if (msgpack.kindOf(value) != msgpack.BOOL) return failText(E.WRONG_TYPE, value, named(TEXT_TRUE_OR_FALSE));
  isReply = load<u8>(value) == 0xc3;
  return true;
}

export function commandName(): Text {
  return named(load<u32>(command));
}

/** What follows the header of a request, and of a reply. */
export function requestKind(): u32 {
  return load<u8>(command, 5);
}

export function replyKind(): u32 {
  return load<u8>(command, 6);
}
