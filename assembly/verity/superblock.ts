/** Typed fields into the 512 bytes of a superblock, and back. */
import { enterField, fail, failNumber, failNumbers, failText } from '../failure';
import { checkVersion, enterMap, failed, isGiven, placeOf, text, whole, wholeOr } from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_ALGORITHM,
  TEXT_DATA_BLOCK_SIZE,
  TEXT_DATA_BLOCKS,
  TEXT_HASH_BLOCK_SIZE,
  TEXT_HASH_TYPE,
  TEXT_SALT,
  TEXT_SUPERBLOCK,
  TEXT_SUPERBLOCK_FIELDS,
  TEXT_SUPERBLOCK_VERSION,
  TEXT_UUID,
  TEXT_V,
} from '../generated/tables';
import { expectBinary } from '../msgpack/fields';
import * as msgpack from '../msgpack/read';
import {
  extend,
  overflowed,
  writeBinaryHead,
  writeMap,
  writeNamed,
  writeNamedText,
  writeNumber,
} from '../msgpack/write';
import { lengthOf, named, slice, startOf, Text } from '../text';
import { checkAlgorithm, checkBlockSize, checkDataBlocks, checkHashType } from './checks';
import * as format from './format';
import { byteOf, firstNotHex, writeHex } from './hex';
import { isUuid, putUuid, writeUuid } from './uuid';

let hashType: u64 = 0;
let uuid: Text = 0;
let algorithm: Text = 0;
let dataBlockSize: u64 = 0;
let hashBlockSize: u64 = 0;
let dataBlocks: u64 = 0;
let salt: Text = 0;

/** `{ v: 1, superblock }` for the fields of the request. */
export function writeSuperblock(map: usize): bool {
  if (!checkVersion(map) || !enterMap(map, TEXT_SUPERBLOCK_FIELDS) || !readFields()) return false;
  writeMap(2);
  writeNamed(TEXT_V);
  writeNumber(1);
  writeNamed(TEXT_SUPERBLOCK);
  writeBinaryHead(format.SUPERBLOCK_SIZE);
  const at = extend(format.SUPERBLOCK_SIZE);
  if (at != 0) put(at);
  return !overflowed || fail(E.REQUEST_TOO_LARGE, map);
}

function readFields(): bool {
  const version = wholeOr(format.SUPERBLOCK_VERSION, TEXT_SUPERBLOCK_VERSION);
  if (version != format.SUPERBLOCK_VERSION) {
    return failNumber(E.VERITY_SUPERBLOCK_VERSION, placeOf(TEXT_SUPERBLOCK_VERSION), version);
  }
  hashType = whole(TEXT_HASH_TYPE);
  checkHashType(placeOf(TEXT_HASH_TYPE), hashType);
  uuid = text(TEXT_UUID);
  if (!isUuid(uuid)) failText(E.VERITY_UUID, placeOf(TEXT_UUID), uuid);
  algorithm = text(TEXT_ALGORITHM);
  checkAlgorithm(placeOf(TEXT_ALGORITHM), algorithm);
  dataBlockSize = blockSize(TEXT_DATA_BLOCK_SIZE);
  hashBlockSize = blockSize(TEXT_HASH_BLOCK_SIZE);
  dataBlocks = whole(TEXT_DATA_BLOCKS);
  return !failed() && checkDataBlocks(placeOf(TEXT_DATA_BLOCKS), dataBlocks, dataBlockSize) && readSalt();
}

function blockSize(reference: u32): u64 {
  const size = whole(reference);
  checkBlockSize(placeOf(reference), size, format.MAX_BLOCK);
  return size;
}

function readSalt(): bool {
  salt = isGiven(TEXT_SALT) ? text(TEXT_SALT) : 0;
  if (failed() || lengthOf(salt) == 0) return !failed();
  const at = placeOf(TEXT_SALT);
  const wrong = firstNotHex(salt);
  if (wrong != 0) return failText(E.BAD_HEX, wrong, salt);
  if (lengthOf(salt) % 2 != 0) return failNumber(E.ODD_HEX, at, lengthOf(salt));
  const size = lengthOf(salt) / 2;
  return size <= format.MAX_SALT || failNumbers(E.VERITY_SALT_SIZE, at, size, format.MAX_SALT);
}

function put(at: usize): void {
  store<u64>(at, format.SIGNATURE);
  store<u32>(at, <u32>format.SUPERBLOCK_VERSION, format.VERSION_OFFSET);
  store<u32>(at, <u32>hashType, format.HASH_TYPE_OFFSET);
  putUuid(at + format.UUID_OFFSET, uuid);
  memory.copy(at + format.ALGORITHM_OFFSET, startOf(algorithm), lengthOf(algorithm));
  store<u32>(at, <u32>dataBlockSize, format.DATA_BLOCK_SIZE_OFFSET);
  store<u32>(at, <u32>hashBlockSize, format.HASH_BLOCK_SIZE_OFFSET);
  store<u64>(at, dataBlocks, format.DATA_BLOCKS_OFFSET);
  const size = lengthOf(salt) / 2;
  store<u16>(at, <u16>size, format.SALT_SIZE_OFFSET);
  for (let i: usize = 0; i < size; i++) store<u8>(at + format.SALT_OFFSET + i, byteOf(startOf(salt) + i * 2));
}

/** Whether what `decode` was given is a superblock: a map with that field. */
export function isSuperblock(map: usize): bool {
  return msgpack.kindOf(map) == msgpack.MAP && msgpack.find(map, named(TEXT_SUPERBLOCK)) != 0;
}

/** The typed fields of `{ superblock }`; every byte is checked. */
export function writeSuperblockFields(map: usize): bool {
  if (!enterMap(map, TEXT_SUPERBLOCK)) return false;
  const value = placeOf(TEXT_SUPERBLOCK);
  if (!expectBinary(value)) return false;
  const size = msgpack.sizeOf(value);
  if (size != format.SUPERBLOCK_SIZE) {
    return failNumbers(E.VERITY_SUPERBLOCK_SIZE, value, size, format.SUPERBLOCK_SIZE);
  }
  const at = msgpack.bodyOf(value);
  if (!check(at)) return false;
  writeMap(8);
  writeNamed(TEXT_SUPERBLOCK_VERSION);
  writeNumber(load<u32>(at, format.VERSION_OFFSET));
  writeNamed(TEXT_HASH_TYPE);
  writeNumber(load<u32>(at, format.HASH_TYPE_OFFSET));
  writeNamed(TEXT_UUID);
  writeUuid(at + format.UUID_OFFSET);
  writeNamed(TEXT_ALGORITHM);
  writeNamedText(algorithmAt(at));
  writeNamed(TEXT_DATA_BLOCK_SIZE);
  writeNumber(load<u32>(at, format.DATA_BLOCK_SIZE_OFFSET));
  writeNamed(TEXT_HASH_BLOCK_SIZE);
  writeNumber(load<u32>(at, format.HASH_BLOCK_SIZE_OFFSET));
  writeNamed(TEXT_DATA_BLOCKS);
  writeNumber(load<u64>(at, format.DATA_BLOCKS_OFFSET));
  writeNamed(TEXT_SALT);
  writeHex(at + format.SALT_OFFSET, load<u16>(at, format.SALT_SIZE_OFFSET));
  enterField(named(TEXT_SUPERBLOCK));
  return !overflowed || fail(E.REQUEST_TOO_LARGE, map);
}

function algorithmAt(at: usize): Text {
  const name = at + format.ALGORITHM_OFFSET;
  let end = name;
  while (end < name + format.ALGORITHM_SIZE && load<u8>(end) != 0) end++;
  return slice(name, end - name);
}

function check(at: usize): bool {
  if (load<u64>(at) != format.SIGNATURE) return fail(E.VERITY_NO_SUPERBLOCK, at);
  const version = load<u32>(at, format.VERSION_OFFSET);
  if (version != <u32>format.SUPERBLOCK_VERSION) {
    return failNumber(E.VERITY_SUPERBLOCK_VERSION, at + format.VERSION_OFFSET, version);
  }
  const hashTypeAt = at + format.HASH_TYPE_OFFSET;
  if (!checkHashType(hashTypeAt, load<u32>(hashTypeAt))) return false;
  const name = algorithmAt(at);
  if (!checkAlgorithm(startOf(name), name)) return false;
  const sizeAt = at + format.DATA_BLOCK_SIZE_OFFSET;
  if (!checkBlockSize(sizeAt, load<u32>(sizeAt), format.MAX_BLOCK)) return false;
  if (!checkBlockSize(sizeAt + 4, load<u32>(sizeAt, 4), format.MAX_BLOCK)) return false;
  const blocksAt = at + format.DATA_BLOCKS_OFFSET;
  if (!checkDataBlocks(blocksAt, load<u64>(blocksAt), load<u32>(sizeAt))) return false;
  const saltSize = <usize>load<u16>(at, format.SALT_SIZE_OFFSET);
  if (saltSize > format.MAX_SALT) {
    return failNumbers(E.VERITY_SALT_SIZE, at + format.SALT_SIZE_OFFSET, saltSize, format.MAX_SALT);
  }
  return (
    checkZero(at, startOf(name) + lengthOf(name), at + format.DATA_BLOCK_SIZE_OFFSET) &&
    checkZero(at, at + format.SALT_SIZE_OFFSET + 2, at + format.SALT_OFFSET) &&
    checkZero(at, at + format.SALT_OFFSET + saltSize, at + format.SUPERBLOCK_SIZE)
  );
}

/** Whoever writes a superblock clears it first; other bytes are damage, or a field of a version that is not known. */
function checkZero(superblock: usize, from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    if (load<u8>(at) != 0) return failNumber(E.VERITY_SUPERBLOCK_PADDING, at, at - superblock);
  }
  return true;
}
