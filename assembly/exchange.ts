/** What `decode` and `inspect` are given: `{ command, payload, reply? }`. */
import { HEADER_SIZE } from './abi';
import { commandNameOf, findCommand, findCommandByName, replyKindOf, requestKindOf } from './commands';
import { enterField, failNumber, failNumbers, failText } from './failure';
import * as E from './generated/errors';
import { TEXT_COMMAND, TEXT_PAYLOAD, TEXT_REPLY, TEXT_REPLY_FIELDS, TEXT_SHOW_KEYS } from './generated/tables';
import { showKeys } from './grammar/sink';
import { boolOf, checkKnown, expectBinary, expectBool, expectMap, required } from './msgpack/fields';
import * as msgpack from './msgpack/read';
import { number, readNumber } from './numbers';
import { named, Text } from './text';

/** The command's record. */
export let command: usize = 0;
/** Where the payload begins and ends. */
export let payload: usize = 0;
export let payloadEnd: usize = 0;
/** Whether the kernel wrote it. */
export let isReply: bool = false;

export function readExchange(at: usize): bool {
  isReply = false;
  if (!expectMap(at) || !checkKnown(at, TEXT_REPLY_FIELDS)) return false;
  const commandAt = required(at, TEXT_COMMAND);
  if (commandAt == 0 || !readCommand(commandAt)) return false;
  const payloadAt = required(at, TEXT_PAYLOAD);
  return payloadAt != 0 && readPayload(payloadAt) && readSwitches(at);
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
  if (!expectBinary(at)) return false;
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
  if (!expectBool(value)) return false;
  isReply = boolOf(value);
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
