/**
 * The areas of an integrity device: superblock, journal, and tags either interleaved with the data or on a device of their
 * own. Names and order of steps are those of drivers/md/dm-integrity.c.
 */
import { SECTOR_SHIFT } from '../abi';
import { exponentOf } from './powers';

const SB_SECTORS: u64 = 8;
const JOURNAL_BLOCK_SECTORS: u64 = 8;
/** A sector less its commit id, and less the mac where the journal has one. */
const JOURNAL_SECTOR_DATA: u64 = 504;
const JOURNAL_MAC_PER_SECTOR: u64 = 8;
const JOURNAL_ENTRY_ROUNDUP: u64 = 8;
const METADATA_PADDING_SECTORS: u64 = 8;
const MIN_LOG2_INTERLEAVE: u64 = 3;
const MAX_LOG2_INTERLEAVE: u64 = 31;
/** 31 - SECTOR_SHIFT, and how far initialize_superblock goes down (try_smaller_buffer). */
const MAX_LOG2_BUFFER: u64 = 22;
const MIN_LOG2_BUFFER: u64 = 3;

export let journalSections: u64 = 0;
export let log2Interleave: u64 = 0;
export let log2Buffer: u64 = 0;

/** Of the device that holds the metadata. */
let metaDeviceSectors: u64 = 0;
let start: u64 = 0;
let tagSize: u64 = 0;
let sectorsPerBlock: u64 = 0;
let sectionSectors: u64 = 0;
/** Sectors of tags before every run of data, 0 on a device of their own. */
let metadataRun: u64 = 0;

export function describe(size: u64, offset: u64, tag: u64, block: u64): void {
  metaDeviceSectors = size;
  start = offset;
  tagSize = tag;
  sectorsPerBlock = block;
}

/** calculate_journal_section_size; at least one section, however few sectors are wanted. */
export function planJournal(wanted: u64, mac: bool): void {
  const entry = roundUp(8 + 8 * sectorsPerBlock + tagSize, JOURNAL_ENTRY_ROUNDUP);
  const space = JOURNAL_SECTOR_DATA - (mac ? JOURNAL_MAC_PER_SECTOR : 0);
  sectionSectors = (space / entry) * JOURNAL_BLOCK_SECTORS * sectorsPerBlock + JOURNAL_BLOCK_SECTORS;
  journalSections = max(wanted / sectionSectors, 1);
}

export function planBuffer(wanted: u64): void {
  log2Buffer = min(exponentOf(max(wanted, 1)), MAX_LOG2_BUFFER);
}

export function journalSectors(): u64 {
  return sectionSectors * journalSections;
}

/** The sectors of data between which tags are interleaved, or 0: get_provided_data_sectors tries every bit in turn. */
export function withMetadata(interleave: u64, fixPadding: bool): u64 {
  log2Interleave = min(max(exponentOf(interleave), MIN_LOG2_INTERLEAVE), MAX_LOG2_INTERLEAVE);
  // without fix_padding a run is 2^METADATA_PADDING_SECTORS sectors, as volumes of old have it
  const padding = fixPadding
    ? METADATA_PADDING_SECTORS << SECTOR_SHIFT
    : 1 << (SECTOR_SHIFT + METADATA_PADDING_SECTORS);
  const tags = (tagSize << log2Interleave) / sectorsPerBlock;
  metadataRun = roundUp(tags, padding) >> SECTOR_SHIFT;
  let provided: u64 = 0;
  for (let bit = exponentOf(metaDeviceSectors) + 1; bit > 3; bit--) {
    const tried = provided | (1 << (bit - 1));
    if (fitsInterleaved(tried)) provided = tried;
  }
  log2Buffer = min(log2Buffer, ctz(metadataRun));
  return provided;
}

/** All of the data device; the journal is made as small as the metadata device needs it, then the buffer, or 0. */
export function besideMetadata(dataSectors: u64): u64 {
  log2Interleave = 0;
  metadataRun = 0;
  const provided = dataSectors - (dataSectors % sectorsPerBlock);
  if (provided == 0) return 0;
  const wanted = journalSections;
  while (true) {
    planSections(wanted, provided);
    if (journalSections != 0) return provided;
    if (log2Buffer <= MIN_LOG2_BUFFER) return 0;
    log2Buffer--;
  }
}

function planSections(wanted: u64, provided: u64): void {
  journalSections = 0;
  for (let bit = exponentOf(wanted) + 1; bit > 0; bit--) {
    const before = journalSections;
    journalSections |= 1 << (bit - 1);
    if (journalSections > wanted || !fitsBeside(provided)) journalSections = before;
  }
}

/** Sectors that superblock, journal and tags take. */
export function metadataSectors(provided: u64): u64 {
  const tags = metadataRun == 0 ? separateTags(provided) : (((provided - 1) >> log2Interleave) + 1) * metadataRun;
  return initialSectors() + tags;
}

function initialSectors(): u64 {
  return SB_SECTORS + journalSectors();
}

/** The first check of calculate_device_limits. */
function fitsJournal(): bool {
  const initial = initialSectors();
  return initial + METADATA_PADDING_SECTORS < metaDeviceSectors && initial <= u32.MAX_VALUE;
}

function fitsInterleaved(provided: u64): bool {
  const last = provided - 1;
  const run = (last >> log2Interleave) + 1;
  return fitsJournal() && start + initialSectors() + run * metadataRun + last < metaDeviceSectors;
}

function fitsBeside(provided: u64): bool {
  return fitsJournal() && initialSectors() + separateTags(provided) <= metaDeviceSectors;
}

function separateTags(provided: u64): u64 {
  return roundUp((provided / sectorsPerBlock) * tagSize, (<u64>1) << (log2Buffer + SECTOR_SHIFT)) >> SECTOR_SHIFT;
}

/** `unit` is a power of two. */
function roundUp(value: u64, unit: u64): u64 {
  return (value + unit - 1) & ~(unit - 1);
}
