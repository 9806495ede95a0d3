/** The versions of targets and of the interface that a request is for: what is newer is refused. */
import { TEXT_THREE_NUMBERS } from './generated/tables';
import { expectMap, refuseKind } from './msgpack/fields';
import * as msgpack from './msgpack/read';
import { number, readNumber, readWithin } from './numbers';
import { Text } from './text';

const PARTS: u32 = 3;
const LARGEST_PART: u64 = 255;

/** The MessagePack of the map, or 0. */
let versions: usize = 0;

/** Forgets those of the last request. */
export function forgetVersions(): void {
  versions = 0;
}

/** `{ verity: [1, 9, 0], interface: [4, 47, 0] }`. */
export function readVersions(map: usize): bool {
  if (!expectMap(map)) return false;
  versions = map;
  let key = msgpack.bodyOf(map);
  for (let left = msgpack.sizeOf(map); left > 0; left--) {
    const version = msgpack.skip(key);
    if (!checkVersion(version)) return false;
    key = msgpack.skip(version);
  }
  return true;
}

function checkVersion(at: usize): bool {
  if (msgpack.kindOf(at) != msgpack.ARRAY || msgpack.sizeOf(at) != PARTS) return refuseKind(at, TEXT_THREE_NUMBERS);
  let part = msgpack.bodyOf(at);
  for (let i: u32 = 0; i < PARTS; i++) {
    if (!readWithin(part, 0, LARGEST_PART)) return false;
    part = msgpack.skip(part);
  }
  return true;
}

/** What the request gives for a target or for the interface, as `major << 16 | minor << 8 | patch`; 0 when nothing. */
export function versionOf(name: Text): u32 {
  return versions == 0 ? 0 : findVersion(name);
}

function findVersion(name: Text): u32 {
  const version = msgpack.find(versions, name);
  if (version == 0) return 0;
  let value: u32 = 0;
  let part = msgpack.bodyOf(version);
  for (let i: u32 = 0; i < PARTS; i++) {
    readNumber(part);
    value = (value << 8) | <u32>number;
    part = msgpack.skip(part);
  }
  return value;
}
