/** A payload becomes a list of its fields, `[{ offset, length, field, value, note }]`, that covers every byte of it. */
import { HEADER_SIZE } from './abi';
import { isReply, payload, payloadEnd, readExchange, replyKind, requestKind } from './exchange';
import { fail } from './failure';
import * as E from './generated/errors';
import {
  PAYLOAD_GEOMETRY,
  PAYLOAD_MESSAGE,
  PAYLOAD_NEW_NAME,
  PAYLOAD_ROOM,
  PAYLOAD_TABLE,
  REPLY_DEPS,
  REPLY_DEVICES,
  REPLY_MESSAGE,
  REPLY_TARGETS,
  REPLY_VERSIONS,
  TEXT_GEOMETRY,
  TEXT_MESSAGE,
  TEXT_NEW_NAME,
} from './generated/tables';
import { inspectDeps, inspectDevices } from './inspect/answers';
import { closeList, startList } from './inspect/entries';
import { inspectHeader } from './inspect/header';
import { inspectRest, inspectRoom, inspectSpecs } from './inspect/specs';
import { inspectMessage, inspectOnlyString, inspectVersions } from './inspect/strings';
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
  const kind = requestKind();
  if (kind == PAYLOAD_TABLE) return inspectSpecs(payload, data, payloadEnd, false);
  if (kind == PAYLOAD_ROOM) return inspectRoom(data, payloadEnd);
  if (kind == PAYLOAD_MESSAGE) return inspectMessage(data, payloadEnd);
  if (kind == PAYLOAD_GEOMETRY) return inspectOnlyString(data, payloadEnd, TEXT_GEOMETRY);
  return kind == PAYLOAD_NEW_NAME ? inspectOnlyString(data, payloadEnd, TEXT_NEW_NAME) : data;
}

function inspectAnswer(data: usize): usize {
  const kind = replyKind();
  if (kind == REPLY_DEVICES) return inspectDevices(payload, data, payloadEnd);
  if (kind == REPLY_DEPS) return inspectDeps(data, payloadEnd);
  if (kind == REPLY_VERSIONS) return inspectVersions(data, payloadEnd);
  if (kind == REPLY_MESSAGE) return inspectOnlyString(data, payloadEnd, TEXT_MESSAGE);
  return kind == REPLY_TARGETS ? inspectSpecs(payload, data, payloadEnd, true) : data;
}
