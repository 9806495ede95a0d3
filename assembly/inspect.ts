/** A payload becomes a list of its fields, `[{ offset, length, field, value, note }]`, that covers every byte of it. */
import { HEADER_SIZE } from './abi';
import { isReply, payload, payloadEnd, readExchange, replyKind, requestKind } from './exchange';
import { fail } from './failure';
import * as E from './generated/errors';
import { PAYLOAD_ROOM, PAYLOAD_TABLE, REPLY_DEPS, REPLY_DEVICES, REPLY_TARGETS } from './generated/tables';
import { inspectDeps, inspectDevices } from './inspect/answers';
import { closeList, startList } from './inspect/entries';
import { inspectHeader } from './inspect/header';
import { inspectRest, inspectRoom, inspectSpecs } from './inspect/specs';
import { overflowed } from './msgpack/write';

export function writeInspected(at: usize): bool {
  if (!readExchange(at)) return false;
  startList(payload);
  inspectHeader(payload, payloadEnd - payload);
  const data = payload + HEADER_SIZE;
  const next = isReply ? inspectAnswer(data) : inspectQuestion(data);
  inspectRest(next, payloadEnd);
  closeList();
  return !overflowed || fail(E.REQUEST_TOO_LARGE, payload);
}

function inspectQuestion(data: usize): usize {
  if (requestKind() == PAYLOAD_TABLE) return inspectSpecs(payload, data, payloadEnd, false);
  return requestKind() == PAYLOAD_ROOM ? inspectRoom(data, payloadEnd) : data;
}

function inspectAnswer(data: usize): usize {
  if (replyKind() == REPLY_DEVICES) return inspectDevices(payload, data, payloadEnd);
  if (replyKind() == REPLY_DEPS) return inspectDeps(data, payloadEnd);
  return replyKind() == REPLY_TARGETS ? inspectSpecs(payload, data, payloadEnd, true) : data;
}
