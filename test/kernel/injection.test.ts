import { constants } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import type { DmError } from '../../src/errors.ts';
import { actionsOver, liveOver, pieceOf, type Undone } from './calls.ts';
import { bundleFaultyExecutor, Faulty } from './faulty.ts';
import { useKernel } from './harness.ts';

const bundle = bundleFaultyExecutor();
const kernel = useKernel({ disks: [1, 1], programs: [bundle.file] });

const ERRNOS = [
  ...(['EPERM', 'EACCES', 'ENOENT', 'ENXIO', 'ENODEV', 'EBUSY', 'EINVAL', 'ENOMEM', 'EINTR', 'EIO', 'ENOSPC'] as const),
  ...(['EOVERFLOW', 'ENOTTY'] as const),
];

let faulty: Faulty;
beforeAll(async () => {
  faulty = await Faulty.start(kernel, bundle);
});
afterAll(async () => {
  await faulty?.dm.close();
  bundle.remove();
});

const ACTIONS = actionsOver(kernel);
const [live, piece] = [liveOver(kernel), pieceOf(kernel)];

/** Everything that the kernel tells of its devices. */
async function state(dm: DeviceMapper): Promise<unknown> {
  const devices = await dm.list({ uuids: true });
  const asked = devices.map(async ({ name }) => [
    await dm.info(name),
    await dm.table(name, { bufferSize: 1024 }),
    await dm.table(name, { inactive: true, bufferSize: 1024 }),
  ]);
  return [devices, await Promise.all(asked)];
}

const failure = (call: Promise<unknown>): Promise<DmError> =>
  call.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: DmError) => error,
  );

async function acting(faults: string, act: (dm: DeviceMapper) => Promise<unknown>): Promise<DmError> {
  await faulty.arm(faults);
  const error = await failure(act(faulty.dm));
  await faulty.disarm();
  return error;
}

const nodes = (): Promise<string> => kernel.sh('ls -l /dev/mapper');

async function clearAway(): Promise<void> {
  for (const { name } of await kernel.dm.list()) await kernel.dm.remove(name);
}

/** Nothing done is nothing to undo, which is no rollback at all. */
const rollbackOf = (undone: Undone[]): unknown =>
  undone.length === 0 ? undefined : { complete: true, undone: undone.map(([step, command]) => ({ step, command })) };

describe.each(ACTIONS)('$name', ({ calls, prepare, act }) => {
  it('calls the kernel as often as is tested here', async () => {
    await prepare?.(faulty.dm);
    await faulty.arm('none');
    await act(faulty.dm);
    expect(await faulty.disarm()).toEqual(calls.map(({ command }) => command));
    await clearAway();
  });

  it.each(calls.map((call, index) => ({ ...call, number: index + 1 })))(
    'whose call $number, $command, fails with whatever errno is undone, and says so',
    async ({ number, step, undone, hopesForNone }) => {
      await prepare?.(faulty.dm);
      const [before, nodesBefore] = [await state(faulty.dm), await nodes()];
      for (const name of ERRNOS.filter((name) => !hopesForNone || name !== 'ENXIO')) {
        const error = await acting(`n${number}=${constants.errno[name]}`, act);
        expect(error.errno, name).toEqual({ name, number: constants.errno[name] });
        expect(error.step?.index, name).toBe(step);
        expect(error.rollback, name).toEqual(rollbackOf(undone));
        expect(await state(faulty.dm), name).toEqual(before);
      }
      expect(await nodes()).toBe(nodesBefore);
      await clearAway();
    },
  );
});

it('create whose node cannot be made is undone, and says so', async () => {
  for (const name of ['EPERM', 'EACCES', 'ENOSPC', 'EROFS', 'EEXIST'] as const) {
    const error = await acting(`m=${constants.errno[name]}`, live);
    expect(error).toMatchObject({ code: 'node_failed', errno: { name }, step: { index: 2 } });
    expect(error.rollback).toEqual({ complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] });
    expect(await faulty.dm.list()).toEqual([]);
  }
});

describe('a rollback that fails too', () => {
  const EIO = { number: 5, name: 'EIO' };

  it('says that the device is left which could not be removed', async () => {
    const error = await acting('n4=12+c4=5', live);
    expect(error).toMatchObject({ code: 'out_of_memory', step: { index: 1, command: 'TABLE_LOAD' } });
    expect(error.rollback).toEqual({ complete: false, undone: [{ step: 0, command: 'DEV_REMOVE', errno: EIO }] });
    expect(await kernel.dm.info('it')).toMatchObject({ liveTable: false, inactiveTable: false });
    await kernel.dm.remove('it');
  });

  it('tries a busy device again for a while before it says so', async () => {
    const begun = performance.now();
    const error = await acting('n6=12+c4=16', live);
    expect(performance.now() - begun).toBeGreaterThan(150);
    expect(error.rollback).toEqual({
      complete: false,
      undone: [
        { step: 1, command: 'TABLE_CLEAR' },
        { step: 0, command: 'DEV_REMOVE', errno: { number: 16, name: 'EBUSY' } },
      ],
    });
    expect(await kernel.dm.info('it')).toMatchObject({ liveTable: false, inactiveTable: false });
    await kernel.dm.remove('it');
  });

  it('is complete where the device is free in time', async () => {
    const error = await acting('n6=12+c4=16x3', live);
    expect(error.rollback).toMatchObject({ complete: true });
    expect(await kernel.dm.list()).toEqual([]);
  });

  it('says that an inactive table is left which could not be cleared, and still resumes nothing with it', async () => {
    await live(kernel.dm);
    const error = await acting('n4=12+c10=5', (dm) => dm.reload('it', { targets: [piece(8)] }));
    expect(error).toMatchObject({ step: { index: 1, command: 'DEV_SUSPEND' } });
    expect(error.rollback).toEqual({ complete: false, undone: [{ step: 0, command: 'TABLE_CLEAR', errno: EIO }] });
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: true });
    expect(await kernel.dm.table('it')).toMatchObject([{ params: '7:0 0' }]);
    await kernel.dm.remove('it');
  });

  it('says that a device is left suspended which could not be resumed', async () => {
    await live(kernel.dm);
    const error = await acting('n6=22+n8=5', (dm) => dm.reload('it', { targets: [piece(8)] }));
    expect(error).toMatchObject({ errno: { name: 'EINVAL' }, step: { index: 2 } });
    expect(error.rollback).toEqual({
      complete: false,
      undone: [
        { step: 0, command: 'TABLE_CLEAR' },
        { step: 1, command: 'DEV_SUSPEND', errno: EIO },
      ],
    });
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: true, inactiveTable: false });
    await kernel.dm.resume('it');
    await kernel.dm.remove('it');
  });

  it('resumes a device all the same when its new table could not be cleared, which puts that one to use', async () => {
    await live(kernel.dm);
    const error = await acting('n6=22+c10=5', (dm) => dm.reload('it', { targets: [piece(8)] }));
    expect(error.rollback).toEqual({
      complete: false,
      undone: [
        { step: 0, command: 'TABLE_CLEAR', errno: EIO },
        { step: 1, command: 'DEV_SUSPEND' },
      ],
    });
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false });
    expect(await kernel.dm.table('it')).toMatchObject([{ params: '7:0 8' }]);
    await kernel.dm.remove('it');
  });
});
