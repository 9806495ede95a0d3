/**
 * Where the hash tree of a verity device stands, and how large it is.
 *
 * A hash block holds the largest power of two of digests that fits; a level has a digest for every block below it, and
 * levels are added until one block is left. The highest stands first (drivers/md/dm-verity-target.c verity_ctr; cryptsetup
 * lib/verity/verity_hash.c hash_levels). The tree begins at the hash block behind the superblock, which has 512 bytes
 * (cryptsetup lib/verity/verity.c VERITY_hash_offset_block).
 */
import { SECTOR_SIZE } from '../abi';
import { failNumber, failNumbers } from '../failure';
import {
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
  whole,
  wholeOr,
} from '../fields';
import * as E from '../generated/errors';
import {
  TEXT_ALGORITHM,
  TEXT_BLOCKS,
  TEXT_DATA_BLOCK_SIZE,
  TEXT_DATA_BLOCKS,
  TEXT_DATA_SIZE,
  TEXT_DIGEST_SIZE,
  TEXT_DIGESTS_PER_BLOCK,
  TEXT_HASH_BLOCK_SIZE,
  TEXT_HASH_BLOCKS,
  TEXT_HASH_DEVICE_SIZE,
  TEXT_HASH_OFFSET,
  TEXT_HASH_SECTORS,
  TEXT_HASH_START_BLOCK,
  TEXT_HASH_TYPE,
  TEXT_LENGTH,
  TEXT_LEVELS,
  TEXT_SAME_DEVICE,
  TEXT_SLOT_SIZE,
  TEXT_START,
  TEXT_SUPERBLOCK,
  TEXT_VERITY_FIELDS,
} from '../generated/tables';
import { digestSize } from '../grammar/rules';
import { writeArray, writeMap, writeNamed } from '../msgpack/write';
import { checkAlgorithm, checkBlockSize, checkDataBlocks, checkHashType } from '../verity/checks';
import { MAX_BYTES, MAX_HASH_TYPE, SUPERBLOCK_SIZE } from '../verity/format';
import { openLayout, put } from './answer';
import { exponentOf } from './powers';

const DEFAULT_BLOCK: u64 = 4096;
/** What the target's table takes (tables/targets/verity.ts). */
const MAX_DATA_BLOCK: u64 = 65536;
const MAX_HASH_BLOCK: u64 = 1073741824;
/** HASH_MAX_DIGESTSIZE is below; more than half a block never fits. */
const MAX_DIGEST: u64 = 1024;

/** Data blocks, and the power of two of digests in a hash block. */
let dataBlocks: u64 = 0;
let digestBits: u64 = 0;
let levels: u64 = 0;

export function writeVerity(at: usize): bool {
  if (!enterMap(at, TEXT_VERITY_FIELDS)) return false;
  const hashType = wholeOr(MAX_HASH_TYPE, TEXT_HASH_TYPE);
  checkHashType(placeOf(TEXT_HASH_TYPE), hashType);
  const dataBlock = blockSize(TEXT_DATA_BLOCK_SIZE, MAX_DATA_BLOCK);
  const hashBlock = blockSize(TEXT_HASH_BLOCK_SIZE, MAX_HASH_BLOCK);
  const digest = readDigestSize();
  if (failed()) return false;
  if (digest > hashBlock / 2) return failNumbers(E.DIGEST_TOO_LONG, placeOf(TEXT_HASH_BLOCK_SIZE), digest, hashBlock);
  readDataBlocks(dataBlock);
  if (failed()) return false;
  digestBits = exponentOf(hashBlock / digest);
  countLevels();
  if (levels * digestBits > 63) return refuse(E.HASH_TREE_TOO_HIGH, TEXT_HASH_BLOCK_SIZE);
  const offset = readHashOffset(dataBlocks * dataBlock, hashBlock);
  const start = startBlock(offset, hashBlock);
  const end = start + treeBlocks();
  if (end > MAX_BYTES / hashBlock) failNumber(E.VERITY_HASH_TOO_FAR, placeOf(TEXT_HASH_OFFSET), offset);
  if (failed()) return false;
  const blockSectors = hashBlock / SECTOR_SIZE;
  openLayout(11);
  put(TEXT_LENGTH, dataBlocks * (dataBlock / SECTOR_SIZE));
  put(TEXT_DATA_BLOCKS, dataBlocks);
  put(TEXT_DIGEST_SIZE, digest);
  put(TEXT_DIGESTS_PER_BLOCK, (<u64>1) << digestBits);
  put(TEXT_SLOT_SIZE, hashType == 0 ? digest : hashBlock >> digestBits);
  put(TEXT_HASH_OFFSET, offset);
  put(TEXT_HASH_START_BLOCK, start);
  put(TEXT_HASH_BLOCKS, end - start);
  put(TEXT_HASH_SECTORS, (end - start) * blockSectors);
  put(TEXT_HASH_DEVICE_SIZE, end * blockSectors);
  return writeLevels(start);
}

function blockSize(reference: u32, most: u64): u64 {
  const size = wholeOr(DEFAULT_BLOCK, reference);
  checkBlockSize(placeOf(reference), size, most);
  return size;
}

function readDigestSize(): u64 {
  if (isEither(TEXT_DIGEST_SIZE, TEXT_ALGORITHM)) return count(TEXT_DIGEST_SIZE, 1, MAX_DIGEST);
  const algorithm = text(TEXT_ALGORITHM);
  checkAlgorithm(placeOf(TEXT_ALGORITHM), algorithm);
  return digestSize(algorithm);
}

function readDataBlocks(dataBlock: u64): void {
  if (isEither(TEXT_DATA_BLOCKS, TEXT_DATA_SIZE)) {
    dataBlocks = whole(TEXT_DATA_BLOCKS);
    checkDataBlocks(placeOf(TEXT_DATA_BLOCKS), dataBlocks, dataBlock);
    return;
  }
  const unit = dataBlock / SECTOR_SIZE;
  dataBlocks = multipleOf(unit, TEXT_DATA_SIZE, sectors(TEXT_DATA_SIZE, 1, LAST_SECTOR)) / unit;
}

function countLevels(): void {
  levels = 0;
  while (digestBits * levels < 64 && (dataBlocks - 1) >> (digestBits * levels) != 0) levels++;
}

/** The bytes before the superblock, or before the tree where there is none; cryptsetup rounds the latter down. */
function readHashOffset(dataEnd: u64, hashBlock: u64): u64 {
  const unit: u64 = isTrue(TEXT_SUPERBLOCK, true) ? SUPERBLOCK_SIZE : hashBlock;
  const least: u64 = isTrue(TEXT_SAME_DEVICE, false) ? dataEnd : 0;
  if (!isGiven(TEXT_HASH_OFFSET)) return ((least + unit - 1) / unit) * unit;
  const offset = whole(TEXT_HASH_OFFSET);
  const at = placeOf(TEXT_HASH_OFFSET);
  if (offset % unit != 0) failNumbers(E.VERITY_HASH_OFFSET, at, offset, unit);
  if (offset > MAX_BYTES) failNumber(E.VERITY_HASH_TOO_FAR, at, offset);
  if (offset < least) failNumbers(E.VERITY_TREE_IN_DATA, at, offset, least);
  return offset;
}

function startBlock(offset: u64, hashBlock: u64): u64 {
  return isTrue(TEXT_SUPERBLOCK, true) ? (offset + SUPERBLOCK_SIZE + hashBlock - 1) / hashBlock : offset / hashBlock;
}

/** Blocks of a level; the lowest is 0. */
function levelBlocks(level: u64): u64 {
  const shift = (level + 1) * digestBits;
  return (dataBlocks + ((<u64>1) << shift) - 1) >> shift;
}

function treeBlocks(): u64 {
  let blocks: u64 = 0;
  for (let level: u64 = 0; level < levels; level++) blocks += levelBlocks(level);
  return blocks;
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
