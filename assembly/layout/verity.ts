/**
 * Where the hash tree of a verity device stands, and how large it is.
 *
 * A hash block holds the largest power of two of digests that fits; a level has a digest for every block below it, and
 * levels are added until one block is left. The highest stands first (drivers/md/dm-verity-target.c verity_ctr; cryptsetup
 * lib/verity/verity_hash.c hash_levels). The tree begins at the hash block behind the superblock, which has 512 bytes
 * (cryptsetup lib/verity/verity.c VERITY_hash_offset_block).
 */
import { SECTOR_SHIFT, SECTOR_SIZE } from '../abi';
import { failNumbers, failText } from '../failure';
import * as E from '../generated/errors';
import {
  TEXT_ALGORITHM,
  TEXT_BLOCKS,
  TEXT_DATA_BLOCK_SIZE,
  TEXT_DATA_BLOCKS,
  TEXT_DATA_SIZE,
  TEXT_DIGEST_SIZE,
  TEXT_HASH_BLOCK_SIZE,
  TEXT_HASH_BLOCKS,
  TEXT_HASH_DEVICE_SIZE,
  TEXT_HASH_OFFSET,
  TEXT_HASH_SECTORS,
  TEXT_HASH_START_BLOCK,
  TEXT_LENGTH,
  TEXT_LEVELS,
  TEXT_SAME_DEVICE,
  TEXT_START,
  TEXT_SUPERBLOCK,
  TEXT_VERITY_FIELDS,
} from '../generated/tables';
import { digestSize } from '../grammar/rules';
import { writeArray, writeMap, writeNamed } from '../msgpack/write';
import { openLayout, put } from './answer';
import {
  blockSizeOr,
  count,
  enterMap,
  failed,
  isEither,
  isGiven,
  isTrue,
  LAST_SECTOR,
  multipleOf,
  placeOf,
  refuse,
  sectors,
  text,
} from './fields';
import { exponentOf } from './powers';

const DEFAULT_BLOCK: u64 = 4096;
/** What the target's table takes (tables/targets/verity.ts). */
const MAX_DATA_BLOCK: u64 = 65536;
const MAX_HASH_BLOCK: u64 = 1073741824;
/** HASH_MAX_DIGESTSIZE is below; more than half a block never fits. */
const MAX_DIGEST: u64 = 1024;
/** sizeof(struct verity_sb) (cryptsetup lib/verity/verity.c). */
const SUPERBLOCK: u64 = 512;

/** Data blocks, and the power of two of digests in a hash block. */
let dataBlocks: u64 = 0;
let digestBits: u64 = 0;
let levels: u64 = 0;

export function writeVerity(at: usize): bool {
  if (!enterMap(at, TEXT_VERITY_FIELDS)) return false;
  const dataBlock = blockSizeOr(DEFAULT_BLOCK, TEXT_DATA_BLOCK_SIZE, MAX_DATA_BLOCK);
  const hashBlock = blockSizeOr(DEFAULT_BLOCK, TEXT_HASH_BLOCK_SIZE, MAX_HASH_BLOCK);
  const digest = readDigestSize();
  if (failed()) return false;
  if (digest > hashBlock / 2) return failNumbers(E.DIGEST_TOO_LONG, placeOf(TEXT_HASH_BLOCK_SIZE), digest, hashBlock);
  dataBlocks = readDataBlocks(dataBlock / SECTOR_SIZE);
  if (failed()) return false;
  digestBits = exponentOf(hashBlock / digest);
  countLevels();
  if (levels * digestBits > 63) return refuse(E.HASH_TREE_TOO_HIGH, TEXT_HASH_BLOCK_SIZE);
  const offset = readHashOffset(dataBlocks * dataBlock, hashBlock);
  if (failed()) return false;
  const start = startBlock(offset, hashBlock);
  return writeTree(offset, start, hashBlock, dataBlocks * (dataBlock / SECTOR_SIZE));
}

function readDigestSize(): u64 {
  if (isEither(TEXT_DIGEST_SIZE, TEXT_ALGORITHM)) return count(TEXT_DIGEST_SIZE, 1, MAX_DIGEST);
  const algorithm = text(TEXT_ALGORITHM);
  if (failed()) return 0;
  const size = digestSize(algorithm);
  if (size == 0) failText(E.UNKNOWN_DIGEST, placeOf(TEXT_ALGORITHM), algorithm);
  return size;
}

function readDataBlocks(blockSectors: u64): u64 {
  if (isEither(TEXT_DATA_BLOCKS, TEXT_DATA_SIZE)) return count(TEXT_DATA_BLOCKS, 1, LAST_SECTOR / blockSectors);
  return multipleOf(blockSectors, TEXT_DATA_SIZE, sectors(TEXT_DATA_SIZE, 1, LAST_SECTOR)) / blockSectors;
}

function countLevels(): void {
  levels = 0;
  while (digestBits * levels < 64 && (dataBlocks - 1) >> (digestBits * levels) != 0) levels++;
}

/** The bytes before the superblock, or before the tree where there is none. */
function readHashOffset(dataEnd: u64, hashBlock: u64): u64 {
  const unit = isTrue(TEXT_SUPERBLOCK, true) ? SUPERBLOCK : hashBlock;
  const least: u64 = isTrue(TEXT_SAME_DEVICE, false) ? dataEnd : 0;
  if (failed()) return 0;
  if (!isGiven(TEXT_HASH_OFFSET)) return ((least + unit - 1) / unit) * unit;
  const offset = multipleOf(unit, TEXT_HASH_OFFSET, count(TEXT_HASH_OFFSET, 0, LAST_SECTOR << SECTOR_SHIFT));
  if (!failed() && offset < least) failNumbers(E.HASH_OVERLAPS_DATA, placeOf(TEXT_HASH_OFFSET), offset, least);
  return offset;
}

function startBlock(offset: u64, hashBlock: u64): u64 {
  return isTrue(TEXT_SUPERBLOCK, true) ? (offset + SUPERBLOCK + hashBlock - 1) / hashBlock : offset / hashBlock;
}

/** Blocks of a level; the lowest is 0. */
function levelBlocks(level: u64): u64 {
  const shift = (level + 1) * digestBits;
  return (dataBlocks + ((<u64>1) << shift) - 1) >> shift;
}

function writeTree(offset: u64, start: u64, hashBlock: u64, length: u64): bool {
  let blocks: u64 = 0;
  for (let level: u64 = 0; level < levels; level++) blocks += levelBlocks(level);
  const blockSectors = hashBlock / SECTOR_SIZE;
  if (start + blocks > LAST_SECTOR / blockSectors) return refuse(E.TABLE_TOO_LONG, TEXT_HASH_OFFSET);
  openLayout(8);
  put(TEXT_LENGTH, length);
  put(TEXT_DATA_BLOCKS, dataBlocks);
  put(TEXT_HASH_OFFSET, offset);
  put(TEXT_HASH_START_BLOCK, start);
  put(TEXT_HASH_BLOCKS, blocks);
  put(TEXT_HASH_SECTORS, blocks * blockSectors);
  put(TEXT_HASH_DEVICE_SIZE, (start + blocks) * blockSectors);
  return writeLevels(start);
}

function writeLevels(start: u64): bool {
  writeNamed(TEXT_LEVELS);
  writeArray(<u32>levels);
  let position = start;
  for (let level = levels; level > 0; level--) {
    const blocks = levelBlocks(level - 1);
    writeMap(2);
    put(TEXT_START, position);
    put(TEXT_BLOCKS, blocks);
    position += blocks;
  }
  return true;
}
