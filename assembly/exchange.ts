/** What `decode` and `inspect` are given: `{ command, payload, reply? }`. */
import { HEADER_SIZE } from './abi';
import { commandNameOf, findCommand, findCommandByName, replyKindOf, requestKindOf } from './commands';
import { enterField, failNumber, failNumbers, failText, failTexts } from './failure';
import * as E from './generated/errors';
import {
  TEXT_A_MAP,
  TEXT_BINARY,
  TEXT_COMMAND,
  TEXT_PAYLOAD,
  TEXT_REPLY,
  TEXT_REPLY_FIELDS,
  TEXT_SHOW_KEYS,
  TEXT_TRUE_OR_FALSE,
} from './generated/tables';
import { showKeys } from './grammar/sink';
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
  return payloadAt != 0 && readPayload(payloadAt) && readSwitches(at);
}

function checkFields(at: usize): bool {
  let key = msgpack.bodyOf(at);
  for (let left = msgpack.sizeOf(at); left > 0; left--) {
    const name = msgpack.bytesOf(key);
    if (
      !equal(name, named(TEXT_COMMAND)) &&
      !equal(name, named(TEXT_PAYLOAD)) &&
      !equal(name, named(TEXT_REPLY)) &&
      !equal(name, named(TEXT_SHOW_KEYS))
    ) {
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
  if (msgpack.kindOf(at) == msgpack.TEXT) {
    command = findCommandByName(msgpack.bytesOf(at));
    return command != 0 || failText(E.UNKNOWN_COMMAND, at, msgpack.bytesOf(at));
  }
  if (!readNumber(at)) return false;
  command = findCommand(number);
  return command != 0 || failNumber(E.UNKNOWN_COMMAND, at, number);
}

function readPayload(at: usize): bool {
  if (msgpack.kindOf(at) != msgpack.BINARY) return failText(E.WRONG_TYPE, at, named(TEXT_BINARY));
  payload = msgpack.bodyOf(at);
  const length = msgpack.sizeOf(at);
  payloadEnd = payload + length;
  return length >= <u32>HEADER_SIZE || failNumbers(E.PAYLOAD_TOO_SHORT, at, length, HEADER_SIZE);
}

function readSwitches(at: usize): bool {
  isReply = false;
  if (!readSwitch(at, TEXT_SHOW_KEYS)) return false;
  showKeys(isReply);
  return readSwitch(at, TEXT_REPLY);
}

/** Leaves the value in `isReply`. */
function readSwitch(at: usize, reference: u32): bool {
  isReply = false;
  const value = msgpack.find(at, named(reference));
  if (value == 0) return true;
  enterField(named(reference));
  if (msgpack.kindOf(value) != msgpack.BOOL) return failText(E.WRONG_TYPE, value, named(TEXT_TRUE_OR_FALSE));
  isReply = load<u8>(value) == 0xc3;
  return true;
}

export function commandName(): Text {
  return commandNameOf(command);
}

/** What follows the header of a request, and of a reply. */
export function requestKind(): u32 {
  return requestKindOf(command);
}

export function replyKind(): u32 {
  return replyKindOf(command);
}
