/** The actions that answer about a verity image and plan nothing: `verity_superblock` and `verity_layout`. */
import { failNumber } from '../failure';
import * as E from '../generated/errors';
import { TEXT_ACTION, TEXT_V, TEXT_VERITY_LAYOUT, TEXT_VERITY_SUPERBLOCK } from '../generated/tables';
import * as msgpack from '../msgpack/read';
import { number } from '../numbers';
import { equal, named } from '../text';
import { readWhole, valueAt } from './fields';
import { writeLayout } from './layout';
import { writeSuperblock } from './superblock';

const REQUEST_VERSION: u64 = 1;

function isAction(map: usize, name: u32): bool {
  if (msgpack.kindOf(map) != msgpack.MAP) return false;
  const action = msgpack.find(map, named(TEXT_ACTION));
  return action != 0 && msgpack.kindOf(action) == msgpack.TEXT && equal(msgpack.bytesOf(action), named(name));
}

export function isVerity(map: usize): bool {
  return isAction(map, TEXT_VERITY_SUPERBLOCK) || isAction(map, TEXT_VERITY_LAYOUT);
}

export function writeVerity(map: usize): bool {
  if (!readWhole(map, TEXT_V)) return false;
  if (number != REQUEST_VERSION) return failNumber(E.UNSUPPORTED_VERSION, valueAt, number);
  return isAction(map, TEXT_VERITY_LAYOUT) ? writeLayout(map) : writeSuperblock(map);
}
