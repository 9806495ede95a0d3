/** A reply becomes `{ header, bufferFull, devices | deps | targets }`. */
import {
  DATA_SIZE_OFFSET,
  DATA_START_OFFSET,
  FLAG_BUFFER_FULL,
  FLAGS_OFFSET,
  HEADER_SIZE,
  TARGET_COUNT_OFFSET,
} from './abi';
import { commandName, payload, payloadEnd, readExchange, replyKind } from './exchange';
import { enterField, fail, setNumber, setText } from './failure';
import * as E from './generated/errors';
import {
  REPLY_DEPS,
  REPLY_DEVICES,
  REPLY_HEADER,
  TEXT_BUFFER_FULL,
  TEXT_HEADER,
  TEXT_PAYLOAD,
} from './generated/tables';
import { overflowed, writeBool, writeMap, writeNamed } from './msgpack/write';
import { writeDeps } from './reply/deps';
import { writeDevices } from './reply/devices';
import { writeHeader } from './reply/header';
import { writeTargets } from './reply/targets';
import { named } from './text';

export function writeDecoded(at: usize): bool {
  if (!readExchange(at)) return false;
  const full = (load<u32>(payload, FLAGS_OFFSET) & FLAG_BUFFER_FULL) != 0;
  const hasData = replyKind() != REPLY_HEADER && !full;
  writeMap(hasData ? 3 : 2);
  writeNamed(TEXT_HEADER);
  writeHeader(payload);
  writeNamed(TEXT_BUFFER_FULL);
  writeBool(full);
  if (hasData && !writeData()) return false;
  return !overflowed || fail(E.REQUEST_TOO_LARGE, payload);
}

/** What the kernel says it wrote begins at 312, whatever the request said (dm-ioctl.c get_result_buffer). */
function writeData(): bool {
  const data = payload + HEADER_SIZE;
  const said = payload + load<u32>(payload, DATA_SIZE_OFFSET);
  const end = said >= payload && said < payloadEnd ? max(said, data) : payloadEnd;
  const start = load<u32>(payload, DATA_START_OFFSET);
  if (start != HEADER_SIZE && end > data) return refuse(payload + DATA_START_OFFSET);
  const wrong = writeRecords(data, end);
  return wrong == 0 || refuse(wrong);
}

function writeRecords(data: usize, end: usize): usize {
  if (replyKind() == REPLY_DEVICES) return writeDevices(data, end, load<u32>(payload, 4));
  if (replyKind() == REPLY_DEPS) return writeDeps(data, end);
  return writeTargets(data, end, load<u32>(payload, TARGET_COUNT_OFFSET));
}

function refuse(at: usize): bool {
  enterField(named(TEXT_PAYLOAD));
  setText(0, commandName());
  setNumber(1, at - payload);
  return fail(E.REPLY_MALFORMED, at);
}
