/** Table and status lines of kernel documentation and other people's programs and tests. */
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { readCanonical } from '../unit/planner/canonical.ts';
import { encoded, Host, payloadOf, specsOf } from '../unit/planner/harness.ts';
import { pack } from '../unit/planner/pack.ts';
import { reply, statusSpecs } from '../unit/planner/replies.ts';
import { filled, REFUSED, type Refusal } from './lines.ts';
import { readVector } from './vectors.ts';

const host = new Host();
const TABLE_LOAD = 9;
const STATUS_TABLE = 0x10;
const TYPES = new Set(TARGETS.map(({ type }) => type));

interface Line {
  source: string;
  line: string;
  readOnly: boolean;
}

const tsv = (file: string): { source: string; line: string }[] =>
  readVector(file)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => ({ source: row.slice(0, row.indexOf('\t')), line: row.slice(row.indexOf('\t') + 1) }));

/** dm-mod.create's form: `name,uuid,minor,flags,table[,table…][;…]` (dm-init.rst). */
function concise(line: string): { line: string; readOnly: boolean }[] {
  return line.split(';').flatMap((device) => {
    const [, , , flags, ...rows] = device.split(',');
    return rows.map((row) => ({ line: row.trim(), readOnly: flags === 'ro' }));
  });
}

const LINES: Line[] = tsv('tables.tsv').flatMap(({ source, line }) =>
  source.startsWith('CONCISE') ? concise(line).map((row) => ({ source, ...row })) : [{ source, line, readOnly: false }],
);

const needsReadOnly = (type: string): boolean => TARGETS.some((target) => target.type === type && target.readOnly);

/** The line as the last row of a table: what it leaves in front is zeros. */
function request(text: string, readOnly: boolean): object {
  const [start, , type] = text.split(/\s+/);
  const table = start === '0' ? text : `0 ${start} zero\n${text}`;
  return { v: 1, action: 'create', name: 'x', readOnly: readOnly || needsReadOnly(type!), table };
}

const refusalOf = (text: string): Refusal | undefined => REFUSED.find(([part]) => part.test(text))?.[1];

describe('every line of tables.tsv', () => {
  it('is there', () => {
    expect(LINES).toHaveLength(80);
  });

  it.each(LINES)('$source: $line', ({ line, readOnly }) => {
    const text = filled(line);
    const refusal = refusalOf(text);
    if (refusal) {
      expect(host.failure('plan', request(text, readOnly)).name).toBe(refusal.name);
      return;
    }
    const [start, length, type, ...words] = text.split(/\s+/);
    const row = specsOf(payloadOf(host.steps(request(text, readOnly)), TABLE_LOAD)).at(-1)!;
    expect(row).toMatchObject({ start: BigInt(start!), length: BigInt(length!), type });
    expect(row.params.toLowerCase()).toBe(words.join(' ').toLowerCase());
    expect(TYPES).toContain(type);
    expect(decoded(type!, row.params, STATUS_TABLE).fields).toBeDefined();
  });

  it.each(REFUSED)('uses what is said about %s', (part) => {
    expect(LINES.some(({ line }) => part.test(filled(line)))).toBe(true);
  });
});

/** What decode makes of one row. */
function decoded(type: string, params: string, flags: number): { fields?: object; status?: object; params: string } {
  const payload = reply({ targetCount: 1, flags }, statusSpecs([{ start: 0n, length: 8n, type, params }]));
  const { code, bytes } = host.call('decode', pack({ command: 12, payload, showKeys: true }));
  expect(code).toBe(0);
  return (readCanonical(bytes) as unknown as { targets: [{ params: string }] }).targets[0];
}

const STATUS: Record<string, object> = {
  'mirror INFO: 2 253:1 253:2 80/81 1 AD 3 disk 253:0 A': MIRROR(),
  '0 8388608 snapshot-merge 281688/2097152 1104': {
    allocatedSectors: 281688,
    totalSectors: 2097152,
    metadataSectors: 1104,
  },
  '0 33552384 dust 252:17 fail_read_on_bad_block': { device: '252:17', mode: 'fail_read_on_bad_block' },
  '0 33552384 dust 252:17 fail_read_on_bad_block verbose': {
    device: '252:17',
    mode: 'fail_read_on_bad_block',
    messages: 'verbose',
  },
  '0 33552384 dust 252:17 bypass': { device: '252:17', mode: 'bypass' },
  '0 1960893648 raid raid4 5 AAAAA 2/490221568 init 0': {
    raidType: 'raid4',
    devices: 5,
    health: 'AAAAA',
    syncedSectors: 2,
    totalSectors: 490221568,
    action: 'init',
    mismatches: 0,
  },
  'raid INFO: raid6_zr 5 AAAAA 48/68 idle 10 20 -': {
    raidType: 'raid6_zr',
    devices: 5,
    health: 'AAAAA',
    syncedSectors: 48,
    totalSectors: 68,
    action: 'idle',
    mismatches: 10,
    dataOffset: 20,
    journal: '-',
  },
  '0 10 multipath 2 0 0 0 1 1 E 0 2 2 8:0 A 0 0 1 8:16 A 0 0 4': {
    queueIo: 0,
    pgInitRunning: 0,
    hardwareHandler: [],
    currentGroup: 1,
    groups: [
      {
        state: 'enabled',
        selectorStatus: [],
        pathArguments: 2,
        paths: [
          { device: '8:0', state: 'active', failCount: 0, arguments: ['0', '1'] },
          { device: '8:16', state: 'active', failCount: 0, arguments: ['0', '4'] },
        ],
      },
    ],
  },
};

function MIRROR(): object {
  return {
    devices: ['253:1', '253:2'],
    syncedRegions: 80,
    totalRegions: 81,
    health: ['AD'],
    logStatus: ['disk', '253:0', 'A'],
  };
}

/** Lines that are no status, and why. */
const NO_STATUS: Record<string, string> = {
  '0 283115520 cache 254:12 254:13 254:14 512 1 writeback basic 0':
    "cache-status.rb keeps a table line here; `basic` is a policy that no kernel's own tree has, so it is no table of ours either",
};

describe('every line of status-lines.tsv', () => {
  it.each(tsv('status-lines.tsv'))('$source: $line', ({ line }) => {
    const bare = /^(\w+) INFO: (.*)$/.exec(line);
    const [type, params] = bare ? [bare[1]!, bare[2]!] : [line.split(' ')[2]!, line.split(' ').slice(3).join(' ')];
    if (NO_STATUS[line] !== undefined) {
      expect(decoded(type, params, 0)).not.toHaveProperty('status');
      expect(decoded(type, params, STATUS_TABLE)).not.toHaveProperty('fields');
      return;
    }
    expect(STATUS[line]).toBeDefined();
    expect(decoded(type, params, 0).status).toEqual(STATUS[line]);
  });
});

interface Vectors {
  table_strings: { id: string; target: string; sector_start: number; sectors: number; params: string }[];
  table_parse: { line: string; features: string[] }[];
  status_parse: { target: string; text: string; ok: boolean }[];
}

const { table_strings, table_parse, status_parse } = JSON.parse(readVector('peer-vectors.json')) as Vectors;

/** Tables of other libraries' tests that no kernel takes, or that we refuse. */
const BUILDERS: Record<string, Refusal> = {
  'dmgo-verity-opt': { name: 'verity_digest_length', kernel: 'refuses', why: 'a digest of three bytes for sha256' },
  'dmgo-mirror-disk': {
    name: 'bad_device',
    kernel: 'refuses',
    why: 'the words of the log are in the wrong order: its device is called 1',
  },
  'dmgo-striped-3': {
    name: 'striped_length_not_divisible',
    kernel: 'refuses',
    why: '2000 sectors do not divide by three',
  },
  'dmgo-unstriped': {
    name: 'unstriped_length_not_chunks',
    kernel: 'refuses',
    why: '5000 sectors are no whole number of chunks of 128',
  },
  'aosp-stripe': {
    name: 'zero_length',
    kernel: 'refuses',
    why: 'the vector gives no length: the builder is shown without one',
  },
  'aosp-snap-po': {
    name: 'bad_device',
    kernel: 'refuses',
    why: '`base` and `cow` stand for paths; a relative path is none',
  },
  'dmgo-raid0': {
    name: 'raid_length_not_divisible',
    kernel: 'refuses',
    why: 'the words alone are tested: 10000 sectors over 3 devices (dm-raid.c rs_set_dev_and_array_sectors)',
  },
  'aosp-snap-merge': {
    name: 'bad_device',
    kernel: 'refuses',
    why: '`base` and `cow` stand for paths; a relative path is none',
  },
};

describe("every table of other libraries' tests", () => {
  it.each(table_strings)('$id', ({ id, target: type, sector_start, sectors, params }) => {
    const text = `${sector_start} ${sectors} ${type} ${filled(params)}`;
    const refusal = BUILDERS[id];
    if (refusal) {
      expect(host.failure('plan', request(text, false)).name).toBe(refusal.name);
      return;
    }
    const row = specsOf(payloadOf(host.steps(request(text, false)), TABLE_LOAD)).at(-1)!;
    const canonical = filled(params).replace(/ 0$/, (zero) => (ENDS_IN_COUNT.has(id) ? '' : zero));
    expect([row.type, row.length, row.params]).toEqual([type, BigInt(sectors), canonical]);
  });

  it('would be taken with paths where they have names alone', () => {
    for (const id of ['aosp-snap-po', 'aosp-snap-merge']) {
      const { target, sectors, params } = table_strings.find((each) => each.id === id)!;
      const text = `0 ${sectors} ${target} ${params.replace('base cow', '/dev/base /dev/cow')}`;
      expect(host.steps(request(text, false))).toHaveLength(3);
    }
  });

  it('is 28', () => {
    expect(table_strings).toHaveLength(28);
    expect(Object.keys(BUILDERS).filter((id) => !table_strings.some((each) => each.id === id))).toEqual([]);
  });
});

/** A last 0 that says that there are no options, which the canonical form leaves out. */
const ENDS_IN_COUNT = new Set(['dmgo-crypt-0', 'dmgo-crypt-keyring', 'dmgo-thinpool-0']);

describe('every table line that devicemapper-rs parses', () => {
  it.each(table_parse)('$line', ({ line, features }) => {
    const params = line.slice('flakey '.length);
    const [, , fields] = [0, 0, decoded('flakey', params, STATUS_TABLE).fields as Record<string, unknown>];
    expect(fields).toMatchObject({ device: '8:32', offset: 0, upInterval: 16, downInterval: 2 });
    const corrupt = fields.corruptBioByte as Record<string, unknown> | undefined;
    const named = [
      ...(corrupt ? [`corrupt_bio_byte ${Object.values(corrupt).join(' ')}`] : []),
      ...(fields.writes === undefined ? [] : [`${String(fields.writes)}_writes`]),
    ];
    expect(named).toEqual(features);
    expect(host.call('plan', encoded({ v: 1, action: 'create', name: 'x', table: `0 8 ${line}` })).code).toBe(0);
  });
});

const PARSED: Record<string, object> = {
  Fail: { state: 'Fail' },
  Error: { state: 'Error' },
  '17280 204799': { mappedSectors: 17280, highestMappedSector: 204799 },
  V: { state: 'valid' },
  'raid1 2 aa 10/20 resync 0 0 -': {
    raidType: 'raid1',
    devices: 2,
    health: 'aa',
    syncedSectors: 10,
    totalSectors: 20,
    action: 'resync',
    mismatches: 0,
    dataOffset: 0,
    journal: '-',
  },
  '123/456 789': { allocatedSectors: 123, totalSectors: 456, metadataSectors: 789 },
  Overflow: { state: 'Overflow' },
  Invalid: { state: 'Invalid' },
  'Merge failed': { state: 'Merge failed' },
  '2 253:1 253:2 80/81 1 AD 3 disk 253:0 A': MIRROR(),
};

describe('every status that other libraries parse', () => {
  it.each(status_parse)('$target: $text, $ok', ({ target, text, ok }) => {
    const { status, params } = decoded(target, text, 0);
    expect(status).toEqual(ok ? PARSED[text] : undefined);
    expect(params).toBe(text);
  });
});
