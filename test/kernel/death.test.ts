import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { applyFrame, type Message, MessageReader } from '../../src/client/messages.ts';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import type { DmError } from '../../src/errors.ts';
import { executorArguments } from '../../src/kernel/session.ts';
import { linear, type TableTarget } from '../../src/targets.ts';
import { bundleFaultyExecutor, Faulty } from './faulty.ts';
import { CLI, EXECUTOR, quote, useKernel } from './harness.ts';

const bundle = bundleFaultyExecutor();
// No other modules, so that dm-mod can be unloaded.
const kernel = useKernel({ disks: [1], programs: [bundle.file], modules: [] });
afterAll(() => bundle.remove());

const piece = (offset: number): TableTarget => linear({ length: 8, device: kernel.disks[0]!, offset });

type Act = (dm: DeviceMapper) => Promise<unknown>;

const create: Act = (dm) => dm.create({ name: 'it', targets: [piece(0)] });
const reload: Act = (dm) => dm.reload('it', { targets: [piece(8)] });
const settled = (call: Promise<unknown>): Promise<DmError | undefined> =>
  call.then(
    () => undefined,
    (error: DmError) => error,
  );

let faulty: Faulty;

describe('an executor that is killed', () => {
  interface Left {
    table: string;
    node: boolean;
  }

  const createTagged: Act = (dm) => dm.create({ name: 'it', uuid: 'TAG-1', targets: [piece(0)] });
  const load: Act = (dm) => dm.load('it', { targets: [piece(8)] });
  const suspend: Act = (dm) => dm.suspend('it');
  const old: Left = { table: '7:0 0', node: true };

  const kills: [string, number, string, Act | undefined, Act, Left | undefined][] = [
    ['create', 2, 'DEV_CREATE', undefined, create, undefined],
    ['create', 4, 'TABLE_LOAD', undefined, create, undefined],
    ['create without a uuid', 6, 'DEV_SUSPEND', undefined, create, { table: '7:0 0', node: false }],
    ['create with a uuid', 3, 'DEV_CREATE', undefined, createTagged, undefined],
    ['create with a uuid', 7, 'DEV_SUSPEND', undefined, createTagged, undefined],
    ['load', 2, 'TABLE_LOAD', create, load, old],
    ['reload', 2, 'TABLE_LOAD', create, reload, old],
    ['reload', 4, 'DEV_SUSPEND', create, reload, old],
    ['reload', 6, 'DEV_SUSPEND', create, reload, { table: '7:0 8', node: true }],
    ['suspend', 2, 'DEV_SUSPEND', create, suspend, old],
  ];

  it.each(kills)(
    'in %s behind call %i, %s, leaves what a fresh executor undoes before it is ready',
    async (_, call, __, prepare, act, left) => {
      await prepare?.(kernel.dm);
      faulty = await Faulty.start(kernel, bundle);
      await faulty.arm(`k${call}=9`);
      expect(await settled(act(faulty.dm))).toMatchObject({ code: 'executor_gone' });
      expect(await faulty.program.exited).toBe(137);
      const { dm } = await kernel.open();
      expect(await dm.list()).toMatchObject(left ? [{ name: 'it' }] : []);
      expect(await kernel.sh('ls /dev/mapper')).toBe(left?.node ? 'control\nit' : 'control');
      if (left) {
        expect(await dm.info('it')).toMatchObject({ suspended: false, liveTable: true, inactiveTable: false });
        expect((await dm.table('it'))[0]?.params).toBe(left.table);
        await dm.remove('it');
      }
      expect(await kernel.sh('ls /run/dmplan | grep -c journal')).toBe('2');
      await dm.close();
    },
  );

  it('leaves a device that somebody has open, and says so', async () => {
    faulty = await Faulty.start(kernel, bundle);
    await faulty.arm('k7=9');
    expect(await settled(createTagged(faulty.dm))).toMatchObject({ code: 'executor_gone' });
    const minor = (await kernel.sh('cat /sys/block/dm-*/dev')).trim();
    await kernel.sh(`mknod /tmp/held b ${minor.replace(':', ' ')}; sleep 60 < /tmp/held & echo $! > /tmp/holder`);
    const { dm } = await kernel.open();
    expect(await dm.list()).toMatchObject([{ name: 'it' }]);
    await kernel.sh('kill $(cat /tmp/holder); rm /tmp/held');
    await dm.remove('it');
    await dm.close();
  });

  it('behind DEV_REMOVE leaves no device, and a node that the next device of that name replaces', async () => {
    await create(kernel.dm);
    faulty = await Faulty.start(kernel, bundle);
    await faulty.arm('k2=9');
    expect(await settled(faulty.dm.remove('it'))).toMatchObject({ code: 'executor_gone' });
    expect(await kernel.dm.list()).toEqual([]);
    expect(await kernel.sh('ls /dev/mapper')).toBe('control\nit');
    await create(kernel.dm);
    await kernel.dm.remove('it');
  });

  it('is recovered from by dmplan ls too, which starts an executor of its own', async () => {
    faulty = await Faulty.start(kernel, bundle);
    await faulty.arm('k4=9');
    expect(await settled(create(faulty.dm))).toMatchObject({ code: 'executor_gone' });
    expect(await kernel.dm.list()).toHaveLength(1);
    expect(await kernel.sh(`node ${CLI} ls`)).toBe('No devices found');
    expect(await kernel.dm.list()).toEqual([]);
  });

  it('is not taken for dead by another while it lives', async () => {
    await create(kernel.dm);
    faulty = await Faulty.start(kernel, bundle);
    await faulty.arm('w5=1500');
    const reloading = settled(reload(faulty.dm));
    await sleep(400);
    const { dm } = await kernel.open();
    expect(await reloading).toBeUndefined();
    expect((await dm.table('it'))[0]?.params).toBe('7:0 8');
    await dm.remove('it');
    await dm.close();
    await faulty.dm.close();
  });
});

describe('an executor that is told to stop', () => {
  beforeEach(async () => {
    faulty = await Faulty.start(kernel, bundle);
  });

  /** Calls, and does `meanwhile` while the plan waits in front of the call that `faults` names. */
  async function interrupted(faults: string, act: Act, meanwhile: () => unknown): Promise<DmError | undefined> {
    await faulty.arm(faults);
    const outcome = settled(act(faulty.dm));
    await sleep(400);
    await meanwhile();
    return outcome;
  }

  const term = (): void => faulty.program.kill(15);

  it('by SIGTERM in a step that another follows undoes the plan, answers, and ends with 0', async () => {
    const error = await interrupted('w4=1500', create, term);
    expect(error).toMatchObject({ code: 'cancelled', step: undefined });
    expect(error?.rollback).toEqual({
      complete: true,
      undone: [
        { step: 1, command: 'TABLE_CLEAR' },
        { step: 0, command: 'DEV_REMOVE' },
      ],
    });
    expect(await faulty.program.exited).toBe(0);
  });

  it('by SIGTERM in the last step finishes the plan, answers, and ends with 0', async () => {
    expect(await interrupted('w6=1500', create, term)).toBeUndefined();
    expect(await faulty.program.exited).toBe(0);
    expect(await kernel.dm.info('it')).toMatchObject({ liveTable: true, suspended: false });
    expect(await kernel.sh('ls /dev/mapper')).toBe('control\nit');
    await kernel.dm.remove('it');
  });

  it('by SIGTERM while it suspends does not leave the device suspended', async () => {
    await create(kernel.dm);
    const error = await interrupted('w4=1500', reload, term);
    expect(error).toMatchObject({ code: 'cancelled', rollback: { complete: true } });
    expect(await faulty.program.exited).toBe(0);
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: false });
    expect(await kernel.dm.table('it')).toMatchObject([{ params: '7:0 0' }]);
    await kernel.dm.remove('it');
  });

  it('by a second SIGTERM while it undoes still undoes everything', async () => {
    await create(kernel.dm);
    // The fifth call is the first of the undoing.
    const error = await interrupted('w4=1000+w5=1500', reload, async () => {
      term();
      await sleep(1000);
      term();
    });
    expect(error).toMatchObject({ code: 'cancelled', rollback: { complete: true } });
    expect(await faulty.program.exited).toBe(0);
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: false });
    await kernel.dm.remove('it');
  });

  it.each([
    ['SIGINT', 2],
    ['SIGHUP', 1],
  ])('by %s does as by SIGTERM', async (_, signal) => {
    const error = await interrupted('w4=1500', create, () => faulty.program.kill(signal));
    expect(error).toMatchObject({ code: 'cancelled', rollback: { complete: true } });
    expect(await faulty.program.exited).toBe(0);
  });

  it('turns away the plans that wait', async () => {
    let second: Promise<DmError | undefined> | undefined;
    await interrupted('w4=1500', create, () => {
      second = settled(faulty.dm.create({ name: 'second', noTable: true }));
      return sleep(100).then(term);
    });
    expect(await second).toMatchObject({ code: 'stopping', rollback: undefined });
    expect(await faulty.program.exited).toBe(0);
  });

  it('by the end of its input finishes the plan and those that wait, answers, and ends with 0', async () => {
    let second: Promise<DmError | undefined> | undefined;
    const first = await interrupted('w4=1500', create, () => {
      second = settled(faulty.dm.create({ name: 'second', noTable: true }));
      void faulty.dm.close();
    });
    expect([first, await second]).toEqual([undefined, undefined]);
    expect(await faulty.program.exited).toBe(0);
    expect((await kernel.dm.list()).map(({ name }) => name)).toEqual(['it', 'second']);
    await kernel.dm.remove('it');
    await kernel.dm.remove('second');
  });

  it('by an end of its input inside a frame undoes the plan, and ends with 76', async () => {
    const error = await interrupted('w4=1500', create, () => {
      faulty.program.input.end(Buffer.of(0, 0, 1));
    });
    expect(error).toMatchObject({ code: 'cancelled', rollback: { complete: true } });
    expect(await faulty.program.exited).toBe(76);
  });
});

describe('the exit code', () => {
  const command = executorArguments(EXECUTOR).map(quote).join(' ');

  async function run(line: string): Promise<{ code: number; messages: Message[]; stderr: string }> {
    const { code, stdoutBytes, stderr } = await kernel.guest.run(line);
    return { code, messages: code === 64 ? [] : [...new MessageReader().push(stdoutBytes)], stderr };
  }

  it('is 0 at the end of an empty input, with a hello', async () => {
    const { code, messages } = await run(`${command} < /dev/null`);
    expect(code).toBe(0);
    expect(messages).toMatchObject([{ type: 'hello', protocol: 1, state: 'ready' }]);
  });

  it('is 64 for wrong arguments, and nothing goes to standard output', async () => {
    for (const args of ['--stdio', '--policy unrestricted --stdio --quick']) {
      const { code, stdout, stderr } = await kernel.guest.run(`node ${EXECUTOR} ${args} < /dev/null`);
      expect({ code, stdout }, args).toEqual({ code: 64, stdout: '' });
      expect(stderr).toContain('usage: dmplan-executor');
    }
  });

  const degraded = (name: string): object[] => [{ type: 'hello', state: 'degraded', driver: null, reason: { name } }];

  it('is 69 where the control node is not there', async () => {
    await kernel.sh('mv /dev/mapper/control /dev/mapper/moved');
    const { code, messages } = await run(`${command} < /dev/null`);
    await kernel.sh('mv /dev/mapper/moved /dev/mapper/control');
    expect(code).toBe(69);
    expect(messages).toMatchObject(degraded('no_device_mapper'));
  });

  it('is 69 where dm-mod is not loaded, whether there is a control node or not', async () => {
    await kernel.restart(async () => {
      await kernel.sh('rmmod dm_mod; echo > /proc/sys/kernel/modprobe');
      const without = await run(`${command} < /dev/null`);
      await kernel.sh('mkdir -p /dev/mapper; mknod /dev/mapper/control c 10 236');
      const dead = await run(`${command} < /dev/null`);
      await kernel.sh('rm /dev/mapper/control; modprobe dm-mod');
      expect([without.code, dead.code]).toEqual([69, 69]);
      expect(without.messages).toMatchObject(degraded('no_device_mapper'));
      expect(dead.messages).toMatchObject(degraded('no_device_mapper'));
    });
  });

  it.each([
    ['is 76 for garbage', "printf 'garbage and more'", 'malformed_frame'],
    ['is 76 for a request of no kind', "printf '\\0\\0\\0\\1\\200'", 'bad_request'],
  ])('%s, and the last frame says how the protocol was broken', async (_, sent, name) => {
    const { code, messages } = await run(`${sent} | ${command}`);
    expect(code).toBe(76);
    expect(messages).toMatchObject([{ type: 'hello' }, { type: 'error', id: null, name }]);
  });

  it.each([
    ['a user that may not open the control node', 'setpriv --reuid=65534 --regid=65534 --clear-groups'],
    ['a root that lacks CAP_SYS_ADMIN', 'setpriv --bounding-set=-sys_admin'],
  ])('is 77 for %s', async (_, as) => {
    const { code, messages } = await run(`${as} ${command} < /dev/null`);
    expect(code).toBe(77);
    expect(messages).toMatchObject(degraded('permission_denied'));
  });

  it('is 0 where nobody reads the answers any more, and the plan is not left half done', async () => {
    await create(kernel.dm);
    const line = `{ ${command}; echo $? > /tmp/code; } | head -c 1`;
    const { input, output, exited } = await kernel.guest.startExecutor(['sh', '-c', line]);
    await once(output, 'data');
    const { bytes } = kernel.dm.planner.plan({ action: 'reload', name: 'it', targets: [piece(8)] });
    for (const id of [1, 2]) input.write(applyFrame(id, bytes));
    // Its input is still open: what ends it is that its answers go nowhere.
    expect(await exited).toBe(0);
    expect(await kernel.sh('cat /tmp/code')).toBe('0');
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: false });
    await kernel.dm.remove('it');
  });
});
