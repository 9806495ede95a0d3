/**
 * What the kernel and cryptsetup compute, in bigint and line by line after their sources, so that it can be held beside
 * them; the planner's own code is written otherwise.
 */

export const LAST_SECTOR = 2n ** 54n - 1n;
const UINT_MAX = 2n ** 32n - 1n;

const roundUp = (value: bigint, unit: bigint): bigint => ((value + unit - 1n) / unit) * unit;
const fls = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export interface VerityTree {
  levels: { start: bigint; blocks: bigint }[];
  end: bigint;
}

/** cryptsetup lib/verity/verity_hash.c hash_levels; undefined where it answers -EINVAL. */
export function verityTree(hashBlock: bigint, digest: bigint, blocks: bigint, start: bigint): VerityTree | undefined {
  const bits = BigInt(fls(hashBlock / digest) - 1);
  if (bits === 0n) return undefined;
  let levels = 0n;
  while (bits * levels < 64n && (blocks - 1n) >> (bits * levels) !== 0n) levels++;
  const tree: VerityTree = { levels: [], end: start };
  for (let i = levels - 1n; i >= 0n; i--) {
    const shift = (i + 1n) * bits;
    if (shift > 63n) return undefined;
    const size = (blocks + (1n << shift) - 1n) >> shift;
    tree.levels.push({ start: tree.end, blocks: size });
    tree.end += size;
  }
  return tree;
}

/** cryptsetup lib/verity/verity.c VERITY_hash_offset_block. */
export function verityStart(offset: bigint, hashBlock: bigint, superblock: boolean): bigint {
  return superblock ? (offset + 512n + hashBlock - 1n) / hashBlock : offset / hashBlock;
}

/** A snapshot filled exception by exception: dm-snap-persistent.c persistent_prepare_exception, skip_metadata. */
export function filledSnapshot(origin: bigint, chunk: bigint): bigint {
  const perArea = (chunk * 512n) / 16n;
  let nextFree = 2n;
  let needed = 2n;
  let committed = 0n;
  let area = 0n;
  for (let left = (origin + chunk - 1n) / chunk; left > 0n; left--) {
    needed = max(needed, nextFree + 1n);
    nextFree++;
    if (nextFree % (perArea + 1n) === 1n) nextFree++;
    if (++committed === perArea) {
      committed = 0n;
      area++;
      needed = max(needed, 1n + (perArea + 1n) * area + 1n);
    }
  }
  return needed * chunk;
}

export interface IntegrityDevice {
  size: bigint;
  metaSize?: bigint;
  start: bigint;
  tag: bigint;
  spb: bigint;
  journalSectors?: bigint;
  interleave?: bigint;
  buffer?: bigint;
  mac: boolean;
  fixPadding: boolean;
}

export interface IntegrityResult {
  provided: bigint;
  journalSections: bigint;
  initialSectors: bigint;
  log2Interleave: number;
  log2Buffer: number;
}

/** dm-integrity.c dm_integrity_ctr, initialize_superblock, calculate_device_limits; undefined where they refuse. */
export function integrity(ic: IntegrityDevice): IntegrityResult | undefined {
  const metaDeviceSectors = ic.metaSize ?? ic.size;
  const log2SectorsPerBlock = BigInt(fls(ic.spb) - 1);
  const journalSectors = ic.journalSectors === undefined ? min(131072n, ic.size >> 7n) : max(ic.journalSectors, 1n);
  let log2Buffer = Math.min(fls(max(ic.buffer ?? 128n, 1n)) - 1, 22);
  const entrySize = roundUp(8n + 8n * ic.spb + ic.tag, 8n);
  const entriesPerSector = (504n - (ic.mac ? 8n : 0n)) / entrySize;
  const sectionSectors = ((entriesPerSector * 8n) << log2SectorsPerBlock) + 8n;
  let sections = 0n;
  let provided = 0n;
  let log2Interleave = 0;
  let run = 0n;

  const limitsFit = (): boolean => {
    const initial = 8n + sectionSectors * sections;
    if (initial + 8n >= metaDeviceSectors || initial > UINT_MAX) return false;
    if (ic.metaSize === undefined) {
      const padding = ic.fixPadding ? 8n << 9n : (1n << 9n) << 8n;
      run = roundUp(ic.tag << (BigInt(log2Interleave) - log2SectorsPerBlock), padding) >> 9n;
      const area = (provided - 1n) >> BigInt(log2Interleave);
      const offset = (provided - 1n) & ((1n << BigInt(log2Interleave)) - 1n);
      const last = (area << BigInt(log2Interleave)) + (area + 1n) * run + initial + offset + ic.start;
      return last >= ic.start && last < metaDeviceSectors;
    }
    const buffer = BigInt(log2Buffer);
    const tags = (provided >> log2SectorsPerBlock) * ic.tag;
    const metaSize = ((tags + (1n << (buffer + 9n)) - 1n) >> (buffer + 9n)) << buffer;
    return initial + metaSize <= metaDeviceSectors;
  };

  const wanted = max(journalSectors / sectionSectors, 1n);
  if (ic.metaSize === undefined) {
    sections = wanted;
    const interleave = ic.interleave === undefined || ic.interleave === 0n ? 32768n : ic.interleave;
    log2Interleave = Math.min(31, Math.max(3, fls(interleave) - 1));
    for (let bit = fls(metaDeviceSectors) - 1; bit >= 3; bit--) {
      const before = provided;
      provided |= 1n << BigInt(bit);
      if (!limitsFit()) provided = before;
    }
    if (provided === 0n) return undefined;
    limitsFit();
    log2Buffer = Math.min(log2Buffer, fls(run & -run) - 1);
  } else {
    provided = ic.size & ~(ic.spb - 1n);
    if (provided === 0n) return undefined;
    for (;;) {
      sections = 0n;
      for (let bit = fls(wanted) - 1; bit >= 0; bit--) {
        const before = sections;
        const tried = before | (1n << BigInt(bit));
        if (tried > wanted) continue;
        sections = tried;
        if (!limitsFit()) sections = before;
      }
      if (sections !== 0n) break;
      if (log2Buffer <= 3) return undefined;
      log2Buffer--;
    }
  }
  return {
    provided,
    journalSections: sections,
    initialSectors: 8n + sectionSectors * sections,
    log2Interleave,
    log2Buffer,
  };
}

export interface RaidGeometry {
  level: number;
  devices: bigint;
  chunk: bigint;
  copies: bigint;
  far: boolean;
}

/**
 * What the array holds with so much of each device, in MD's own steps (md/raid0.c, raid1.c, raid5.c raid5_size, raid10.c
 * raid10_size); a mapped device must not be longer.
 */
export function raidSize({ level, devices, chunk, copies, far }: RaidGeometry, device: bigint): bigint {
  const chunks = device / chunk;
  if (level === 1) return device;
  if (level === 0) return chunks * chunk * devices;
  if (level !== 10) return chunks * chunk * (devices - (level === 6 ? 2n : 1n));
  return far ? (chunks / copies) * devices * chunk : ((chunks * devices) / copies) * chunk;
}

/** What dm-raid takes of each device (dm-raid.c rs_set_dev_and_array_sectors); undefined where it does not divide. */
export function raidShare({ level, devices, copies }: RaidGeometry, length: bigint): bigint | undefined {
  if (level === 1) return length;
  const stripes = level === 6 ? devices - 2n : level === 4 || level === 5 ? devices - 1n : devices;
  const total = level === 10 ? length * copies : length;
  return total % stripes === 0n ? total / stripes : undefined;
}

/** dm-raid.c validate_region_size, for a size that is given. */
export function raidTakesRegion(region: bigint, length: bigint, chunk: bigint): boolean {
  if (region > length || region < length / (1n << 21n)) return false;
  return (region & (region - 1n)) === 0n && region >= chunk && region < 1n << 31n;
}

/** dm-log.c create_log_context: whether it takes the region, and the sectors of a disk log. */
export function mirrorLog(region: bigint, length: bigint, block: bigint): bigint | undefined {
  if (region < 2n || region > length || (region & (region - 1n)) !== 0n || region > UINT_MAX) return undefined;
  const regions = (length + region - 1n) / region;
  if (regions > UINT_MAX) return undefined;
  const bitset = roundUp(regions, 64n) >> 3n;
  return roundUp(1024n + bitset, block) >> 9n;
}
