/**
 * Where a hash tree lies: drivers/md/dm-verity-target.c verity_ctr and cryptsetup's lib/verity/verity_hash.c
 * hash_levels, which agree. Level 0 holds the digests of the data; the last is one block, whose digest is the root. They
 * stand on the device from the last to the first. One data block has no level: its own digest is the root.
 */
import { fail, failNumber, failNumbers } from '../failure';
import * as E from '../generated/errors';
import {
  TEXT_ALGORITHM,
  TEXT_BLOCKS,
  TEXT_DATA_BLOCK_SIZE,
  TEXT_DATA_BLOCKS,
  TEXT_DATA_SIZE,
  TEXT_DIGEST_SIZE,
  TEXT_DIGESTS_PER_BLOCK,
  TEXT_END,
  TEXT_FIRST_BLOCK,
  TEXT_HASH_BLOCK_SIZE,
  TEXT_HASH_BLOCKS,
  TEXT_HASH_OFFSET,
  TEXT_HASH_START_BLOCK,
  TEXT_HASH_TYPE,
  TEXT_LAYOUT_FIELDS,
  TEXT_LEVELS,
  TEXT_SAME_DEVICE,
  TEXT_SLOT_SIZE,
  TEXT_SUPERBLOCK,
  TEXT_V,
} from '../generated/tables';
import { checkKnown } from '../msgpack/fields';
import { overflowed, writeArray, writeMap, writeNamed, writeNumber } from '../msgpack/write';
import { number } from '../numbers';
import { checkAlgorithm, checkBlockSize, checkDataBlocks, checkHashType, digestSize } from './checks';
import * as fields from './fields';
import { MAX_BYTES, SUPERBLOCK_SIZE } from './format';

/** As many as 2^54 data blocks need with the fewest digests a block, 8. */
const MAX_LEVELS: usize = 18;
const COUNTS: usize = memory.data(144, 8);

let hashType: u64 = 0;
let dataBlockSize: u64 = 0;
let hashBlockSize: u64 = 0;
let dataBlocks: u64 = 0;
let hashOffset: u64 = 0;
let hasSuperblock: bool = false;
let sameDevice: bool = false;

let digestsPerBlock: u64 = 0;
let slotSize: u64 = 0;
let startBlock: u64 = 0;
let hashBlocks: u64 = 0;
let levels: u32 = 0;

/** Writes the layout for the fields of the request. */
export function writeLayout(map: usize): bool {
  if (!checkKnown(map, TEXT_LAYOUT_FIELDS) || !readFields(map)) return false;
  measureBlock();
  countLevels();
  if (!place(map)) return false;
  writeAnswer();
  return !overflowed || fail(E.REQUEST_TOO_LARGE, map);
}

function readFields(map: usize): bool {
  if (!fields.readWhole(map, TEXT_HASH_TYPE) || !checkHashType(fields.valueAt, number)) return false;
  hashType = number;
  if (!fields.readText(map, TEXT_ALGORITHM) || !checkAlgorithm(fields.valueAt, fields.text)) return false;
  if (!fields.readWhole(map, TEXT_DATA_BLOCK_SIZE) || !checkBlockSize(fields.valueAt, number)) return false;
  dataBlockSize = number;
  if (!fields.readWhole(map, TEXT_DATA_BLOCKS) || !checkDataBlocks(fields.valueAt, number, dataBlockSize)) return false;
  dataBlocks = number;
  if (!fields.readWhole(map, TEXT_HASH_BLOCK_SIZE) || !checkBlockSize(fields.valueAt, number)) return false;
  hashBlockSize = number;
  if (!fields.readBoolOr(map, TEXT_SUPERBLOCK, true)) return false;
  hasSuperblock = fields.isTrue;
  if (!fields.readBoolOr(map, TEXT_SAME_DEVICE, false)) return false;
  sameDevice = fields.isTrue;
  if (!fields.readWholeOr(map, TEXT_HASH_OFFSET, 0)) return false;
  hashOffset = fields.wholeOr;
  return true;
}

/** Digests a block: a power of two, 8 at least. Slots of type 1 fill the block; those of type 0 leave its end free. */
function measureBlock(): void {
  let perBlock: u64 = 1;
  while (perBlock * 2 * digestSize <= hashBlockSize) perBlock *= 2;
  digestsPerBlock = perBlock;
  slotSize = hashType == 0 ? digestSize : hashBlockSize / perBlock;
}

function countLevels(): void {
  levels = 0;
  hashBlocks = 0;
  for (let blocks = dataBlocks; blocks > 1 && levels < <u32>MAX_LEVELS; levels++) {
    blocks = (blocks - 1) / digestsPerBlock + 1;
    store<u64>(COUNTS + <usize>levels * 8, blocks);
    hashBlocks += blocks;
  }
}

/** cryptsetup's VERITY_hash_offset_block, which rounds an offset without a superblock down; here it is refused. */
function place(map: usize): bool {
  fields.has(map, TEXT_HASH_OFFSET);
  const at = fields.valueAt != 0 ? fields.valueAt : map;
  const unit = hasSuperblock ? <u64>SUPERBLOCK_SIZE : hashBlockSize;
  if (hashOffset % unit != 0) return failNumbers(E.VERITY_HASH_OFFSET, at, hashOffset, unit);
  if (hashOffset > MAX_BYTES) return failNumber(E.VERITY_HASH_TOO_FAR, at, hashOffset);
  const head: u64 = hasSuperblock ? SUPERBLOCK_SIZE : 0;
  startBlock = (hashOffset + head + hashBlockSize - 1) / hashBlockSize;
  if (startBlock + hashBlocks > MAX_BYTES / hashBlockSize) return failNumber(E.VERITY_HASH_TOO_FAR, at, hashOffset);
  if (!sameDevice || hashOffset >= dataBlocks * dataBlockSize) return true;
  return failNumbers(E.VERITY_TREE_IN_DATA, at, hashOffset, dataBlocks * dataBlockSize);
}

function writeField(name: u32, value: u64): void {
  writeNamed(name);
  writeNumber(value);
}

function writeAnswer(): void {
  writeMap(9);
  writeField(TEXT_V, 1);
  writeField(TEXT_DIGEST_SIZE, digestSize);
  writeField(TEXT_DIGESTS_PER_BLOCK, digestsPerBlock);
  writeField(TEXT_SLOT_SIZE, slotSize);
  writeField(TEXT_DATA_SIZE, dataBlocks * dataBlockSize);
  writeField(TEXT_HASH_START_BLOCK, startBlock);
  writeField(TEXT_HASH_BLOCKS, hashBlocks);
  writeNamed(TEXT_LEVELS);
  writeArray(levels);
  let end = startBlock + hashBlocks;
  for (let i: u32 = 0; i < levels; i++) {
    const blocks = load<u64>(COUNTS + <usize>i * 8);
    end -= blocks;
    writeMap(2);
    writeField(TEXT_FIRST_BLOCK, end);
    writeField(TEXT_BLOCKS, blocks);
  }
  writeField(TEXT_END, hashBlocks == 0 && !hasSuperblock ? hashOffset : (startBlock + hashBlocks) * hashBlockSize);
}
