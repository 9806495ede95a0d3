/** Payloads at random that the executor's byte rules may accept, most of them about devices and tables that there are. */
import type { Random } from '../../fuzz/random.ts';
import {
  type Bytes,
  bare,
  CLEAR,
  CREATE,
  carrying,
  DEPS,
  F_DEFERRED,
  F_READONLY,
  F_SECURE,
  F_SUSPEND,
  type HeaderFields,
  LIST_DEVICES,
  LIST_VERSIONS,
  LOAD,
  MESSAGE,
  query,
  REMOVE,
  RENAME,
  SET_GEOMETRY,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  TARGET_VERSION,
  type Target,
  table,
  VERSION,
} from '../../unit/executor/payloads.ts';
import { kernelWords, specsOf } from '../../unit/executor/reading.ts';

const NAMES = ['n0', 'n1', 'n2', 'n3', 'a.b', 'N+x=1', 'tab\\x09', 'n'.repeat(127)];
const UUIDS = ['U-0', 'U-1', 'LVM-2', 'x'.repeat(128)];
/** With blanks, backslashes and another script, as nodes of the test are called. */
export const ODD_NODES: readonly string[] = ['/dev/odd blank', '/dev/odd\\back', '/dev/日本'];

const latin = (text: string): string => Buffer.from(text).toString('latin1');
const escaped = (path: string): string => latin(path).replaceAll(/[ \\\xa0]/g, '\\$&');

const DEVICE_WORDS = [
  ...['7:0', '7:1', '7:0', '7:1', '7:2', '0:0', '8:0', '9999:9999999', '/dev/loop0', '/dev/loop1', '/dev/link'],
  ...['/dev/nothing', '/dev/odd', ...ODD_NODES.map(escaped)],
];

interface Grammar {
  type: string;
  /** Its words; D is a device, N a small number. */
  params: string;
  /** Which words are devices. */
  devices: number[];
  readOnly?: true;
}

const DIGEST = 'ab'.repeat(32);

/** Targets that write to no device when they are loaded. */
const GRAMMARS: Grammar[] = [
  { type: 'linear', params: 'D N', devices: [0] },
  { type: 'striped', params: '2 8 D N D N', devices: [2, 4] },
  { type: 'striped', params: '3 4 D N D N D N', devices: [2, 4, 6] },
  { type: 'zero', params: '', devices: [] },
  { type: 'error', params: '', devices: [] },
  { type: 'delay', params: 'D N 0', devices: [0] },
  { type: 'delay', params: 'D N 1 D N 0', devices: [0, 3] },
  { type: 'flakey', params: 'D N 5 1', devices: [0] },
  { type: 'dust', params: 'D N 512', devices: [0] },
  { type: 'unstriped', params: '2 8 1 D N', devices: [3] },
  { type: 'switch', params: '2 8 0 D N D N', devices: [3, 5] },
  { type: 'snapshot-origin', params: 'D', devices: [0] },
  { type: 'verity', params: `1 D D 4096 4096 8 1 sha256 ${DIGEST} -`, devices: [1, 2], readOnly: true },
];

/** The words of an accepted table that are devices. A type that is none of these is a word itself. */
export function deviceWords(payload: Bytes): string[] {
  return specsOf(payload).flatMap(({ type, params }) => {
    const words = kernelWords(params);
    // Takes any words, and none of them for a device before 6.6 (dm-target.c io_err_ctr).
    if (type === 'error') return [];
    const grammar = GRAMMARS.find((one) => one.type === type && kernelWords(one.params).length === words.length);
    return grammar === undefined ? [`${type} ${params}`] : grammar.devices.map((index) => words[index]!);
  });
}

/** Whether the kernel may open more: what stands behind `error`. */
export function mayOpen(payload: Bytes): string[] {
  return specsOf(payload).flatMap(({ type, params }) => (type === 'error' ? kernelWords(params) : []));
}

function makeTable(random: Random): { targets: Target[]; readOnly: boolean } {
  const count = random.pick([1, 1, 1, 2, 3, 8]);
  const targets: Target[] = [];
  let start = 0;
  let readOnly = random.chance(4);
  for (let i = 0; i < count; i++) {
    const { type, params, readOnly: always } = random.pick(GRAMMARS);
    if (always !== undefined && count > 1) continue;
    readOnly ||= always === true;
    const length = random.pick([8, 16, 64, 64]);
    const filled = params
      .split(' ')
      .map((word) => (word === 'D' ? random.pick(DEVICE_WORDS) : word === 'N' ? String(8 * random.below(64)) : word));
    targets.push([random.chance(50) ? start + 1 : start, length, type, filled.join(' ')]);
    start += length;
  }
  return { targets: targets.length > 0 ? targets : [[0, 8, 'zero', '']], readOnly };
}

const MOST_SWITCHED = 1n << 20n;

/**
 * Whether the table takes as much of the kernel's memory as its length says: dm-switch.c alloc_region_table, which warns of
 * an allocation that fails as vmalloc does, with a call trace.
 */
export function takesMuchMemory(payload: Bytes): boolean {
  return specsOf(payload).some(({ type, length }) => type === 'switch' && length > MOST_SWITCHED);
}

const MESSAGES = [
  'addbadblock 1',
  'countbadblocks',
  'enable',
  'disable',
  '@stats_list',
  '@stats_create - 8',
  'help me',
];
const bitsOf = (random: Random, ...flags: number[]): number =>
  flags.reduce((sum, flag) => (random.chance(3) ? sum | flag : sum), 0);

/** A payload of the command as a client may well send it. */
function decent(random: Random, command: number): Bytes {
  const name = random.pick(NAMES);
  const one: HeaderFields = random.chance(5) ? { uuid: random.pick(UUIDS) } : { name };
  const room = random.pick([0, 8, 100, 512, 4096, 16384]);
  switch (command) {
    case VERSION:
      return bare(random.chance(2) ? {} : one);
    case LIST_DEVICES:
      return query({ ...(random.chance(2) ? {} : one), flags: bitsOf(random, 0x4000) }, room);
    case CREATE:
      return bare({ name, uuid: random.pick(['', ...UUIDS]) });
    case REMOVE:
      return bare({ ...one, flags: bitsOf(random, F_DEFERRED) });
    case RENAME:
      return random.chance(2)
        ? carrying({ name, flags: 0x4000 }, random.pick(UUIDS))
        : carrying({ name }, random.pick(NAMES));
    case SUSPEND:
      return bare({ ...one, flags: bitsOf(random, F_SUSPEND, 0x400, 0x800) });
    case STATUS:
      return bare({ ...one, flags: bitsOf(random, 0x1000) });
    case LOAD: {
      const { targets, readOnly } = makeTable(random);
      return table({ ...one, flags: (readOnly ? F_READONLY : 0) | bitsOf(random, F_SECURE) }, targets);
    }
    case CLEAR:
      return bare(one);
    case DEPS:
      return query({ ...one, flags: bitsOf(random, 0x1000) }, room);
    case TABLE_STATUS:
      return query({ ...one, flags: bitsOf(random, 0x10, 0x800, 0x1000, 0x80000) }, room);
    case MESSAGE:
      return carrying({ ...one, flags: bitsOf(random, F_SECURE) }, random.pick(MESSAGES), 8);
    case SET_GEOMETRY:
      return carrying(one, `${random.below(9)} 1 8 0`);
    case TARGET_VERSION:
      return query({ name: random.pick(['linear', 'verity', 'nothing']) }, room);
    default:
      return query({}, room);
  }
}

/** As often as they are picked. */
const COMMANDS = [
  ...[
    LOAD,
    LOAD,
    LOAD,
    LOAD,
    LOAD,
    CREATE,
    CREATE,
    CREATE,
    SUSPEND,
    SUSPEND,
    REMOVE,
    CLEAR,
    TABLE_STATUS,
    DEPS,
    STATUS,
  ],
  ...[RENAME, MESSAGE, SET_GEOMETRY, TARGET_VERSION, VERSION, LIST_DEVICES, LIST_VERSIONS],
];

/** Any payload, with some of its bytes changed half of the time. */
export function randomPayload(random: Random): [command: number, payload: Bytes] {
  const command = random.pick(COMMANDS);
  const payload = decent(random, command);
  if (random.chance(2)) return [command, payload];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.chance(2)
      ? random.below(payload.length)
      : random.pick([28, 48, 50, 176, 312, 324, 336, 352, 356]);
    if (at >= payload.length) continue;
    if (random.chance(2)) payload[at]! ^= 1 << random.below(8);
    else payload[at] = random.chance(2) ? random.pick([0, 0x20, 0x2f, 0x30, 0x31, 0x5c, 0x61, 0xff]) : random.bits();
  }
  return [command, payload];
}
