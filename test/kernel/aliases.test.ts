import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import { DmError } from '../../src/errors.ts';
import { encode } from '../../src/planner/codec.ts';
import { Plan } from '../../src/planner/plan.ts';
import { bundle } from './bundle.ts';
import { EXECUTOR, useKernel } from './harness.ts';
import { header, rawCreate } from './raw-plan.ts';

const program = bundle('straight.ts');
const kernel = useKernel({ disks: [1, 1], programs: [program.file] });
afterAll(() => program.remove());

const OWN = 'DMPLAN-';
const [CREATE, REMOVE, SUSPEND, STATUS] = [3, 4, 6, 7];

let own: DeviceMapper;
beforeAll(async () => {
  const args = ['--stdio', '--policy', `own:${OWN}`, '--journal', '/run/own'];
  own = (await kernel.openBy([process.execPath, EXECUTOR, ...args], { uuidPrefix: OWN })).dm;
  await kernel.sh("ln -s loop1 /dev/alias; mknod '/dev/with blank' b 7 1");
});
afterAll(async () => {
  await own.close();
});

/** What came of it: `done`, or the error's code and rule. */
async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof DmError)) throw error;
      return [error.code, error.rule].filter((word) => word !== undefined).join(' ');
    },
  );
}

const CANONICAL = 'payload_refused canonical';

describe('a spelling of device 7:1', () => {
  /** What the kernel makes of it, and what the executor. */
  const spellings: [word: string, kernel: string, executor: string][] = [
    ['7:1', '7:1', 'done'],
    ['/dev/loop1', '7:1', 'done'],
    ['/dev/alias', '7:1', 'done'],
    ['/dev/with\\ blank', '7:1', 'done'],
    ['07:1', '7:1', CANONICAL],
    ['7:01', '7:1', CANONICAL],
    ['007:001', '7:1', CANONICAL],
    [' 7:1', '7:1', CANONICAL],
    ['7:1\t', '7:1', 'payload_refused params'],
    ['7:1\n', '7:1', 'payload_refused params'],
    ['7:1\xa0', '7:1', CANONICAL],
    ['7\\:1', '7:1', CANONICAL],
    ['\\7:1', '7:1', CANONICAL],
    ['7:\\1', '7:1', CANONICAL],
    ['4294967303:1', '7:1', CANONICAL],
    ['7:4294967297', '7:1', CANONICAL],
    ['/dev/../dev/./loop1', '7:1', CANONICAL],
    ['/dev//loop1', '7:1', CANONICAL],
    ['//dev/loop1', '7:1', CANONICAL],
    ['/dev/loop\\1', '7:1', CANONICAL],
    ['/proc/self/root/dev/loop1', '7:1', 'done'],
    ['0x7:1', 'none', 'backing'],
    ['7:1x', 'none', 'backing'],
    ['+7:1', 'none', 'backing'],
    ['PARTUUID=x', 'none', 'backing'],
    ['loop1', 'none', 'backing'],
  ];

  /** What the kernel itself makes of them: the devices that each table has open, or the errno. */
  let straight: Record<string, string>;
  beforeAll(async () => {
    const words = spellings.map(([word]) => Buffer.from(`${word} 0`, 'latin1').toString('base64'));
    const lines = (await kernel.sh(`node ${program.file} ${words.join(' ')}`)).split('\n');
    straight = Object.fromEntries(spellings.map(([word], index) => [word, lines[index]!]));
  });

  it.each(spellings)(
    '%j is %s to the kernel, and the executor forwards no other but what it says',
    async (word, opens, executor) => {
      expect(straight[word]).toMatch(opens === 'none' ? /^errno / : new RegExp(`^opened ${opens}$`));
      const name = 'spelt';
      const said = await outcome(own.apply(rawCreate(name, [[0, 8, 'linear', `${word} 0`]], { uuid: `${OWN}spelt` })));
      if (executor === 'backing') expect(said).toMatch(/^(backing_device_missing|table_refused)$/);
      else expect(said).toBe(executor);
      if (said !== 'done') return;
      expect(await own.deps(name)).toEqual([{ major: 7, minor: 1 }]);
      await own.remove(name);
    },
  );
});

describe('a device', () => {
  const step = (command: number, bytes: Uint8Array): Plan =>
    Plan.fromBytes(encode({ v: 1, steps: [[command, bytes]] }));
  const identified = (name: string, uuid: string): Buffer => {
    const bytes = header(name, 312);
    bytes.write(uuid, 176, 'latin1');
    return bytes;
  };

  it('is not to be had by its number alone, nor by its number beside a name or uuid', async () => {
    await own.create({ name: 'mine', uuid: `${OWN}1`, table: '0 8 zero' });
    const { dev } = await own.info('mine');
    for (const command of [STATUS, REMOVE, SUSPEND]) {
      for (const [name, uuid] of [
        ['', ''],
        ['mine', ''],
        ['', `${OWN}1`],
      ] as const) {
        const bytes = identified(name, uuid);
        bytes.writeUInt32LE((dev.major << 8) | dev.minor, 40);
        for (const dm of [own, kernel.dm])
          expect(await outcome(dm.apply(step(command, bytes)))).toBe('payload_refused zero_field');
      }
    }
    await own.remove('mine');
  });

  const NAMES = ['../../x', 'a/b', 'control', '.', '..', 'a\nb', 'a\x01', 'a\x7f', 'caf\xe9', '\xff\xfe', 'a b'];

  it.each(NAMES)('is not called %j', async (name) => {
    for (const dm of [own, kernel.dm])
      expect(await outcome(dm.apply(step(CREATE, identified(name, `${OWN}name`))))).toBe('payload_refused name');
  });

  it('may be called -rf, which is a name like others', async () => {
    await own.create({ name: '-rf', uuid: `${OWN}rf`, table: '0 8 zero' });
    expect(await kernel.sh('ls /dev/mapper')).toBe('-rf\ncontrol');
    await own.remove('-rf');
  });

  const FOREIGN = [
    'CRYPT-LUKS2-x',
    'LVM-x',
    'mpath-x',
    '',
    'dmplan-x',
    'DMPLAN',
    'DMPLAN_x',
    'xDMPLAN-',
    '\\x44MPLAN-x',
  ];

  it.each(FOREIGN)('of uuid %j is neither made nor reached under a policy of uuids', async (uuid) => {
    expect(await outcome(own.apply(step(CREATE, identified('theirs', uuid))))).toBe('policy_refused own');
    await kernel.dm.create({ name: 'theirs', table: '0 8 zero', ...(uuid === '' ? {} : { uuid }) });
    const before = await kernel.dm.info('theirs');
    for (const command of [STATUS, REMOVE, SUSPEND]) {
      for (const bytes of [identified('theirs', ''), ...(uuid === '' ? [] : [identified('', uuid)])])
        expect(await outcome(own.apply(step(command, bytes)))).toBe('policy_refused own');
    }
    expect(await own.list()).toEqual([]);
    expect(await kernel.dm.info('theirs')).toEqual(before);
    await kernel.dm.remove('theirs');
  });
});
