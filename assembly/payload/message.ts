/** `struct dm_target_msg`, and behind it room for the target's answer, which begins where the message does. */
import { fail, failTexts } from '../failure';
import * as E from '../generated/errors';
import { MESSAGES, MESSAGES_COUNT, SIZE_MESSAGE, TABLES, TEXT_TARGET, TEXT_VERB } from '../generated/tables';
import { putMessageFields } from '../grammar/from-fields';
import { nodes } from '../grammar/nodes';
import { putWord, startParams } from '../grammar/sink';
import { top } from '../memory';
import { expectText, required } from '../msgpack/fields';
import * as msgpack from '../msgpack/read';
import { extend, overflowed } from '../msgpack/write';
import { equal, named, Text } from '../text';
import { putData } from './header';
import { endString, putString } from './strings';

/** `at`: the MessagePack of the message, as text or as a map of fields. */
export function putMessage(payload: usize, sector: u64, at: usize, room: usize): bool {
  const body = extend(8);
  if (body == 0) return fail(E.REQUEST_TOO_LARGE, at);
  store<u64>(body, sector);
  const put = msgpack.kindOf(at) == msgpack.MAP ? putTyped(payload, at) : putString(payload, msgpack.bytesOf(at));
  if (!put) return false;
  const size = top - payload;
  if (size >= room) return true;
  extend(room - size);
  putData(payload, room, 0);
  return !overflowed || fail(E.REQUEST_TOO_LARGE, at);
}

/** `{ target: 'thin-pool', verb: 'create_thin', deviceId: 0 }`. */
function putTyped(payload: usize, at: usize): bool {
  const target = textField(at, TEXT_TARGET);
  const verb = target == 0 ? 0 : textField(at, TEXT_VERB);
  if (verb == 0) return false;
  const record = findMessage(target, verb);
  if (record == 0) return failTexts(E.UNKNOWN_MESSAGE, at, target, verb);
  startParams();
  putWord(verb);
  const list = nodes(load<u16>(record, 8), load<u8>(record, 10));
  return putMessageFields(list, at, load<u8>(record, 11), named(load<u32>(record, 12))) && endString(payload);
}

function textField(at: usize, reference: u32): Text {
  const value = required(at, reference);
  return value == 0 ? 0 : expectText(value);
}

function findMessage(target: Text, verb: Text): usize {
  for (let i: usize = 0; i < MESSAGES_COUNT; i++) {
    const record = TABLES + MESSAGES + i * SIZE_MESSAGE;
    if (equal(named(load<u32>(record)), target) && equal(named(load<u32>(record, 4)), verb)) return record;
  }
  return 0;
}
