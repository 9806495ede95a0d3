/** What each kind of layout is asked with, and what it answers: for the page and the schema of the interface. */

export interface LayoutField {
  name: string;
  /** `sectors` may carry a unit; `power` is a number that is a power of two. */
  value:
    | 'sectors'
    | 'sectors, a power of two'
    | 'number'
    | 'number, a power of two'
    | 'text'
    | 'true or false'
    | 'areas';
  required?: boolean;
  min?: bigint;
  max?: bigint;
  /** Of a text: what it can be. */
  words?: readonly string[];
  note?: string;
}

export interface LayoutPage {
  about: string;
  fields: readonly LayoutField[];
  /** Keys of the answer in their order; with `?` where they are not always there. */
  answer: readonly string[];
  /** What they mean, where the name does not tell. */
  meaning: string;
}

const LAST_SECTOR = (1n << 54n) - 1n;
const U32_MAX = (1n << 32n) - 1n;

const sectors = (name: string, more: Partial<LayoutField> = {}): LayoutField => ({
  name,
  value: 'sectors',
  min: 1n,
  max: LAST_SECTOR,
  ...more,
});
const bytes = (name: string, max: number, note: string): LayoutField => ({
  name,
  value: 'number, a power of two',
  min: 512n,
  max: BigInt(max),
  note,
});
const number = (name: string, min: number, max: number, more: Partial<LayoutField> = {}): LayoutField => ({
  name,
  value: 'number',
  min: BigInt(min),
  max: BigInt(max),
  ...more,
});
const flag = (name: string, note: string): LayoutField => ({ name, value: 'true or false', note });
const text = (name: string, note: string, words?: string[]): LayoutField => ({
  name,
  value: 'text',
  note,
  ...(words && { words }),
});

const required = true;
const areas: LayoutField = { name: 'devices', value: 'areas', required, note: 'areas: `device`, `length`, `offset?`' };
const logicalBlockSize = bytes('logicalBlockSize', 65536, 'bytes; 512 unless given');

export const LAYOUT_PAGES: Readonly<Record<string, LayoutPage>> = {
  concat: {
    about: 'Areas one behind the other.',
    fields: [areas],
    answer: ['length', 'targets'],
    meaning: '`targets`: linear ones.',
  },
  stripe: {
    about: 'Areas side by side.',
    fields: [areas, sectors('chunkSize', { required, max: U32_MAX })],
    answer: ['length', 'targets', 'unused'],
    meaning:
      '`targets`: striped ones, one for each number of devices that go on; `unused`: sectors at the end of each device that no chunk fills.',
  },
  verity: {
    about: 'The hash tree of a verity device. One of `dataSize` and `dataBlocks`, one of `algorithm` and `digestSize`.',
    fields: [
      sectors('dataSize'),
      { name: 'dataBlocks', value: 'number', min: 1n, max: LAST_SECTOR },
      bytes('dataBlockSize', 65536, 'bytes; 4096 unless given'),
      bytes('hashBlockSize', 1073741824, 'bytes; 4096 unless given'),
      number('hashType', 0, 1, { note: 'how digests lie in a hash block; 1 unless given' }),
      text('algorithm', "the kernel's name of a hash"),
      number('digestSize', 1, 1024, { note: 'bytes' }),
      flag('superblock', "whether veritysetup's superblock stands before the tree; true unless given"),
      {
        name: 'hashOffset',
        value: 'number',
        min: 0n,
        max: LAST_SECTOR << 9n,
        note: 'bytes; 0, or behind the data where both are on one device, unless given',
      },
      flag('sameDevice', 'whether data and tree are on one device; false unless given'),
    ],
    answer: [
      'length',
      'dataBlocks',
      'digestSize',
      'digestsPerBlock',
      'slotSize',
      'hashOffset',
      'hashStartBlock',
      'hashBlocks',
      'hashSectors',
      'hashDeviceSize',
      'levels',
    ],
    meaning:
      '`hashOffset` is in bytes; `hashStartBlock` (what the table takes), `hashBlocks` and `levels`, `{ start, blocks }` from the highest on, are in hash blocks; `hashDeviceSize`: what the hash device has at least.',
  },
  thinPool: {
    about: 'The metadata of a thin pool, and a size for its blocks.',
    fields: [
      sectors('dataSize', { required }),
      sectors('dataBlockSize', { min: 128n, max: 2097152n, note: 'a multiple of 128; chosen unless given' }),
    ],
    answer: ['metadataSize', 'dataBlockSize', 'dataBlocks', 'unused', 'capped'],
    meaning:
      '`unused`: sectors behind the last whole block; `capped`: the rule asks for more metadata than a pool can use, larger blocks are needed.',
  },
  snapshot: {
    about: 'The store of a snapshot that cannot overflow.',
    fields: [
      sectors('originSize', { required }),
      sectors('chunkSize', { required, value: 'sectors, a power of two', max: 2097152n }),
      flag('persistent', 'true unless given'),
    ],
    answer: ['cowSize', 'chunks', 'areas'],
    meaning: '`cowSize`: of the store; `chunks`: of the origin; `areas`: chunks of metadata beside the header.',
  },
  integrity: {
    about: 'What an integrity device provides.',
    fields: [
      sectors('deviceSize', { required }),
      sectors('metadataDeviceSize', { note: 'where tags and journal are on a device of their own' }),
      sectors('offset', { min: 0n, note: '0 unless given' }),
      number('tagSize', 1, 255, { required, note: 'bytes' }),
      bytes('blockSize', 4096, 'bytes; 512 unless given'),
      text('mode', 'all alike', ['journal', 'bitmap', 'direct', 'recovery']),
      sectors('journalSectors', { min: 0n, max: U32_MAX, note: "the kernel's default unless given" }),
      sectors('interleaveSectors', { min: 0n, max: U32_MAX, note: '32768 unless given' }),
      sectors('bufferSectors', { min: 0n, max: U32_MAX, note: '128 unless given' }),
      flag('journalMac', 'false unless given'),
      flag('fixPadding', 'false unless given'),
    ],
    answer: ['length', 'journalSections', 'journalSectors', 'interleaveSectors', 'bufferSectors', 'metadataSectors'],
    meaning:
      "`length`: what the table's can be at most; `journalSectors`: rounded to whole sections, as the kernel's table shows it; `metadataSectors`: what superblock, journal and tags take.",
  },
  raid: {
    about: 'What an array holds and takes of each device. One of `length` and `deviceSize`.',
    fields: [
      number('level', 0, 10, { required, note: '0, 1, 4, 5, 6 or 10' }),
      number('devices', 2, 253, { required, note: 'how many; at least 4 for level 6' }),
      sectors('chunkSize', {
        value: 'sectors, a power of two',
        min: 8n,
        max: 1073741824n,
        note: 'required but for level 1, which has none',
      }),
      number('raid10Copies', 2, 253, { note: 'level 10; 2 unless given' }),
      text('raid10Format', 'level 10; near unless given', ['near', 'far', 'offset']),
      sectors('length'),
      sectors('deviceSize'),
    ],
    answer: ['length', 'deviceLength', 'regionSize?', 'smallestRegionSize?'],
    meaning: '`deviceLength`: what the array takes of each device; the region sizes are not there for level 0.',
  },
  mirror: {
    about: 'The regions of a mirror, and its log.',
    fields: [sectors('length', { required, min: 2n }), logicalBlockSize],
    answer: ['regionSize', 'smallestRegionSize', 'regions', 'logSize'],
    meaning: '`logSize`: what a disk log takes.',
  },
  usable: {
    about: 'The largest target on a device.',
    fields: [
      sectors('deviceSize', { required }),
      sectors('offset', { min: 0n, note: '0 unless given' }),
      logicalBlockSize,
    ],
    answer: ['length', 'unused'],
    meaning: '`unused`: sectors behind it that no logical block fills.',
  },
};
