import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { HEADER_SIZE } from '../../assembly/abi.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { depsText, infoText, listText, targetsText } from '../../src/cli/dmsetup-text.ts';
import { drawSteps } from '../../src/cli/draw/steps.ts';
import { styleOf } from '../../src/cli/draw/style.ts';
import { columnsOf } from '../../src/cli/draw/text.ts';
import { commandName } from '../../src/commands.ts';
import { type Decoded, isDmError, loadPlanner, type Plan } from '../../src/index.ts';
import { infoOf } from '../../src/reply.ts';
import { type Fields, wordsOf } from '../unit/planner/declared.ts';
import { Host } from '../unit/planner/harness.ts';
import { type DmsetupRun, padded, readVector } from './vectors.ts';

const planner = await loadPlanner();
const host = new Host();

interface Row {
  type: string;
  length: number;
  params: string;
  fields?: Fields;
  status?: Fields;
}

/** What the statuses of the recorded runs say. */
const STATUS: Record<string, object> = {
  'striped 2 7:0 7:1 1 AA': { devices: ['7:0', '7:1'], health: ['AA'] },
  'verity V': { state: 'valid' },
  'verity V -': { state: 'valid' },
  'thin-pool 0 419/4096 0/512 - rw discard_passdown queue_if_no_space - 1024': {
    transactionId: 0,
    usedMetadataBlocks: 419,
    totalMetadataBlocks: 4096,
    usedDataBlocks: 0,
    totalDataBlocks: 512,
    mode: 'rw',
    discards: 'discard_passdown',
    noSpace: 'queue_if_no_space',
    needsCheck: 'no',
    metadataLowWaterBlocks: 1024,
  },
  'thin 0 -': { mappedSectors: 0 },
};

const KERNELS = ['6.1.176', '6.12.101', '7.2.7'];

/** Text that dmsetup prints of what only udev or the device node knows, which no reply holds. */
const READ_AHEAD = /^Read Ahead: .*\n/gm;

/** Targets by dmsetup's name for the verbs whose text is made of one reply. */
const TEXT_OF: Record<string, (answer: Decoded) => string> = {
  table: ({ targets = [] }) => targetsText(targets, undefined),
  status: ({ targets = [] }) => targetsText(targets, undefined),
  info: ({ header }) => infoText(infoOf(header)),
  deps: ({ deps = [] }) => depsText(deps, undefined),
  ls: ({ devices = [] }) => listText(devices),
};

function tableOf({ argv, stdin }: DmsetupRun): string | undefined {
  const at = argv.indexOf('--table');
  return at >= 0 ? argv[at + 1] : (stdin ?? undefined);
}

function loadsOf(run: DmsetupRun): Buffer[] {
  return run.ioctls.filter(({ request }) => request === '0xc138fd09').map((ioctl) => padded(ioctl.in));
}

function plan(run: DmsetupRun, table: string): Plan {
  return planner.plan({ action: 'load', name: 'any', readOnly: run.argv.includes('--readonly'), table });
}

describe.each(KERNELS)('dmsetup on Linux %s', (kernel) => {
  const { runs } = JSON.parse(readVector(`dmsetup-${kernel}.json`)) as { runs: DmsetupRun[] };
  const loading = runs.filter((run) => tableOf(run) !== undefined && loadsOf(run).length > 0);
  const good = loading.filter((run) => run.rc === 0 || couldBeRight(run));
  const bad = loading.filter((run) => !good.includes(run));

  it.each(good.map((run) => [run.argv.join(' '), run] as const))(
    'loads the specs that the planner compiles: %s',
    (_title, run) => {
      const ours = Buffer.from(plan(run, tableOf(run)!).steps[0]!.payload).subarray(HEADER_SIZE);
      const theirs = loadsOf(run)[0]!.subarray(HEADER_SIZE);
      expect(theirs.subarray(0, ours.length).toString('hex')).toBe(ours.toString('hex'));
      expect(theirs.subarray(ours.length).every((byte) => byte === 0)).toBe(true);
    },
  );

  it.each(bad.map((run) => [run.argv.join(' '), run] as const))(
    'is refused by the kernel what the planner refuses: %s',
    (_title, run) => {
      expect(() => plan(run, tableOf(run)!)).toThrow(expect.toSatisfy((error) => isDmError(error)));
    },
  );

  const asking = runs.filter((run) => run.rc === 0 && TEXT_OF[run.argv[1]!] && !run.argv.includes('-c'));

  it.each(asking.map((run) => [run.argv.join(' '), run] as const))(
    'gets a reply that decodes to what it printed: %s',
    (_title, run) => {
      const ioctl = run.ioctls.at(-1)!;
      const showKeys = run.argv.includes('--showkeys');
      const answer = host.decode(Number(ioctl.request) & 0xff, padded(ioctl.out), showKeys) as unknown as Decoded;
      expect(TEXT_OF[run.argv[1]!]!(answer)).toBe(run.stdout.replace(READ_AHEAD, ''));
    },
  );

  const asked = runs.filter((run) => requestOf(run) !== undefined);

  it.each(asked.map((run) => [run.argv.join(' '), run] as const))(
    'hands the kernel what the planner does, apart from what is its own: %s',
    (_title, run) => {
      const [step] = host.steps({ v: 1, ...requestOf(run) });
      const ioctl = run.ioctls.at(-1)!;
      expect(step!.command).toBe(Number(ioctl.request) & 0xff);
      expect(compared(padded(ioctl.in))).toEqual(compared(step!.payload));
    },
  );

  it('is asked for everything that the planner has an action for here', () => {
    expect([...new Set(asked.map(({ argv }) => argv[1]))].sort()).toEqual([
      'clear',
      'message',
      'remove',
      'rename',
      'resume',
      'setgeometry',
      'suspend',
      'targets',
    ]);
  });

  it('lists the versions of its targets', () => {
    const run = runs.find(({ argv }) => argv[1] === 'targets')!;
    const { versions } = host.decode('LIST_VERSIONS', padded(run.ioctls.at(-1)!.out)) as {
      versions?: { name: string; version: number[] }[];
    };
    const printed = run.stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+v/));
    expect(versions!.map(({ name, version }) => [name, version.join('.')])).toEqual(printed);
    expect(versions!.length).toBeGreaterThan(20);
  });

  const tables = runs.filter(({ argv, rc }) => rc === 0 && ['table', 'status'].includes(argv[1]!));

  it.each(tables.map((run) => [run.argv.join(' '), run] as const))(
    'has its rows read word by word: %s',
    (_title, run) => {
      const isTable = run.argv[1] === 'table';
      const ioctl = run.ioctls.at(-1)!;
      const { targets } = host.decode('TABLE_STATUS', padded(ioctl.out), true) as { targets: Row[] };
      expect(targets.length).toBeGreaterThan(0);
      for (const row of targets) {
        const target = TARGETS.find(({ type }) => type === row.type)!;
        if (!isTable) {
          expect(row.fields).toBeUndefined();
          expect(row.status).toEqual(target.status ? STATUS[`${row.type} ${row.params.trim()}`] : undefined);
          continue;
        }
        expect(row.fields).toBeDefined();
        expect(wordsOf(target.params, row.fields!).join(' ')).toBe(row.params);
        expect(
          host.steps({
            v: 1,
            action: 'load',
            name: 'x',
            readOnly: target.readOnly,
            targets: [{ type: row.type, length: row.length, ...row.fields }],
          }),
        ).toHaveLength(1);
      }
    },
  );

  const replies = runs.flatMap((run) => run.ioctls.map((ioctl) => ({ run, ioctl })));
  const read = replies.filter(({ ioctl }) => ioctl.ret === 0);

  it(`gives ${read.length} replies that decode and are explained to their last byte`, () => {
    for (const { ioctl } of read) {
      const command = commandName(Number(ioctl.request) & 0xff);
      const reply = padded(ioctl.out);
      expect(planner.decode(command, reply).header.version.slice(0, 2)).toEqual([4, expect.any(Number)]);
      const fields = planner.inspect(command, reply, { reply: true });
      expect(fields.reduce((end, field) => (field.offset === end ? end + field.length : -1), 0)).toBe(reply.length);
    }
  });

  it(`gives ${read.length} replies that are drawn, the tables among them with their devices`, () => {
    const style = styleOf(80, true, pc.createColors(false));
    for (const { run, ioctl } of read) {
      const command = commandName(Number(ioctl.request) & 0xff);
      const step = { command, payload: padded(ioctl.out), reply: true };
      const drawn = drawSteps(planner, [step], style);
      for (const line of drawn.split('\n')) expect(columnsOf(line), line).toBeLessThanOrEqual(80);
      const isTable = command === 'TABLE_STATUS' && run.argv[1] === 'table';
      if (isTable) for (const device of run.stdout.match(/\b\d+:\d+\b/g) ?? []) expect(drawn).toMatch(` ${device}: `);
    }
  });
});

/** A payload as its command, and what of it may differ: `data_size`, dmsetup's own flag, its cookie for udev, its version. */
function compared(payload: Uint8Array): { command: string; data: string } {
  const bytes = Buffer.from(payload);
  bytes.fill(0, 0, 20);
  bytes.writeUInt32LE((bytes.readUInt32LE(28) & ~EXISTS) >>> 0, 28);
  bytes.writeUInt32LE(0, 32);
  return {
    command: bytes.toString('hex', 0, HEADER_SIZE),
    data: bytes.toString('hex', HEADER_SIZE).replace(/(00)+$/, ''),
  };
}

/** libdm's DM_EXISTS_FLAG, which no kernel looks at. */
const EXISTS = 0x4;

/** What the arguments of dmsetup ask of the planner. */
function requestOf({ argv }: DmsetupRun): object | undefined {
  const [, verb, name, ...rest] = argv.filter((word) => word !== '--deferred');
  const device = {
    name: name?.replaceAll(/[ \t]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  };
  switch (verb) {
    case 'message':
      return { action: 'message', ...device, sector: rest[0], message: rest.slice(1).join(' ') };
    case 'rename':
      return rest[0] === '--setuuid'
        ? { action: 'set_uuid', ...device, newUuid: rest[1] }
        : { action: 'rename', ...device, newName: rest[0] };
    case 'setgeometry': {
      const [cylinders, heads, sectors, start] = rest;
      return { action: 'set_geometry', ...device, geometry: { cylinders, heads, sectors, start } };
    }
    case 'remove':
      return { action: 'remove', ...device, deferred: argv.includes('--deferred') };
    case 'targets':
      return { action: 'targets' };
    case 'clear':
    case 'suspend':
    case 'resume':
      return { action: verb, ...device };
    default:
      return undefined;
  }
}

/** Refused by the kernel for what only it can know: a type without a module, a device that is missing or too small. */
function couldBeRight({ argv }: DmsetupRun): boolean {
  return /nosuchtarget|nonexist|1000000/.test(argv.join(' '));
}
