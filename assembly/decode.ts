/** A reply becomes `{ header, bufferFull, devices | deps | targets | versions | message }`. */
import {
  DATA_SIZE_OFFSET,
  DATA_START_OFFSET,
  FLAG_BUFFER_FULL,
  FLAG_DATA_OUT,
  FLAG_IMA_MEASUREMENT,
  FLAG_STATUS_TABLE,
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
  REPLY_MESSAGE,
  REPLY_VERSIONS,
  TEXT_BUFFER_FULL,
  TEXT_HEADER,
  TEXT_MESSAGE,
  TEXT_PAYLOAD,
} from './generated/tables';
import { overflowed, writeBool, writeMap, writeNamed, writeText } from './msgpack/write';
import { writeDeps } from './reply/deps';
import { writeDevices } from './reply/devices';
import { isTerminated, terminated } from './reply/fields';
import { writeHeader } from './reply/header';
import { FORM_OTHER, FORM_STATUS, FORM_TABLE, writeTargets } from './reply/targets';
import { writeVersions } from './reply/versions';
import { named } from './text';
import { isSuperblock, writeSuperblockFields } from './verity/superblock';

export function writeDecoded(at: usize): bool {
  if (isSuperblock(at)) return writeSuperblockFields(at);
  if (!readExchange(at)) return false;
  const full = has(FLAG_BUFFER_FULL);
  const hasData = replyKind() != REPLY_HEADER && !full && !(replyKind() == REPLY_MESSAGE && !has(FLAG_DATA_OUT));
  writeMap(hasData ? 3 : 2);
  writeNamed(TEXT_HEADER);
  writeHeader(payload);
  writeNamed(TEXT_BUFFER_FULL);
  writeBool(full);
  if (hasData && !writeData()) return false;
  return !overflowed || fail(E.REQUEST_TOO_LARGE, payload);
}

function has(flag: u32): bool {
  return (load<u32>(payload, FLAGS_OFFSET) & flag) != 0;
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
  if (replyKind() == REPLY_VERSIONS) return writeVersions(data, end);
  if (replyKind() == REPLY_MESSAGE) return writeMessage(data, end);
  return writeTargets(data, end, load<u32>(payload, TARGET_COUNT_OFFSET), form());
}

/** The kernel leaves in the flags what was asked for (dm-ioctl.c table_status). */
function form(): u32 {
  if (has(FLAG_STATUS_TABLE)) return FORM_TABLE;
  return has(FLAG_IMA_MEASUREMENT) ? FORM_OTHER : FORM_STATUS;
}

/** What a target answered to a message (dm-ioctl.c target_message, DM_DATA_OUT_FLAG). */
function writeMessage(data: usize, end: usize): usize {
  if (!isTerminated(data, end)) return data;
  writeNamed(TEXT_MESSAGE);
  writeText(terminated(data, end));
  return 0;
}

function refuse(at: usize): bool {
  enterField(named(TEXT_PAYLOAD));
  setText(0, commandName());
  setNumber(1, at - payload);
  return fail(E.REPLY_MALFORMED, at);
}
