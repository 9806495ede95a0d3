import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CreateFlags,
  createDevice,
  createVerityTarget,
  createZeroSectorLinearTarget,
  type DeviceMapper,
  type DeviceVerityInfo,
  DmError,
  linearTarget,
  loadPlanner,
  openDeviceMapper,
  removeDevice,
  type Target,
} from '../../../src/index.ts';
import { type Answer, EBUSY, EINVAL, ENXIO, echo, failAt, StubExecutor } from './stub-executor.ts';

/** The pause between attempts, on the clock that the tests move. */
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), ms);
      const stop = (): void => {
        clearTimeout(timer);
        reject(new Error('The operation was aborted'));
      };
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
    }),
}));

const planner = await loadPlanner();
const MAPPING = { deviceOffsetInBytes: 4096, deviceSizeInBytes: 8192 };
const VERITY: DeviceVerityInfo = {
  ext4SizeInBytes: 8192,
  version: 1,
  algorithm: 'sha256',
  superBlock: true,
  rootDigest: 'ab'.repeat(32),
  salt: 'cd',
  blockSize: 4096,
};
const ZERO: Target = { type: 'zero', sectorStart: 0, lengthInBlocks: 8, params: '' };

let executor: StubExecutor;
let dm: DeviceMapper;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  executor = new StubExecutor();
  dm = await openDeviceMapper({ executor, planner, holders: async () => [] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const creates = (): number => executor.calls.filter(({ plan }) => plan.steps[0]!.command === 'DEV_CREATE').length;
const removes = (): number => executor.calls.filter(({ plan }) => plan.steps[0]!.command === 'DEV_REMOVE').length;

/** The rows that the last table load would give the kernel, and whether it is read-only. */
function loaded(): { rows: string[]; readOnly: boolean } {
  const step = executor.calls.at(-1)!.plan.steps.find(({ command }) => command === 'TABLE_LOAD')!;
  const fields = planner.inspect('TABLE_LOAD', step.payload);
  const told = (name: string): unknown[] =>
    fields.filter(({ field }) => field.endsWith(name)).map(({ value }) => value);
  const [start, length, type, params] = ['sector_start', 'length', 'target_type', 'params'].map(told);
  const rows = start!.map((_, i) => [start![i], length![i], type![i], params![i] || ''].join(' ').trim());
  return { rows, readOnly: (planner.decode('TABLE_LOAD', step.payload).header.flags & 1) !== 0 };
}

/** What something ends with, while the clock is moved. */
async function settled(promise: Promise<unknown>, ms = 60_000): Promise<unknown> {
  const outcome = promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(ms);
  return outcome;
}

const failing =
  (command: string, errno: { number: number; name: string }, times = Number.POSITIVE_INFINITY): Answer =>
  (plan, _options, call) =>
    call > times ? echo(plan) : failAt(plan, command, errno);

/** Every way that waits for a device which is about to appear. */
const CREATORS: [string, string, (options?: object) => Promise<string>][] = [
  [
    'createZeroSectorLinearTarget',
    'failed to create dm-linear target, device=/dev/sda, offset=4096: ',
    (options) => createZeroSectorLinearTarget('/dev/sda', 'data', MAPPING, { dm, ...options }),
  ],
  [
    'createVerityTarget',
    'failed to create dm-verity target for device=/dev/sda: ',
    (options) => createVerityTarget('/dev/sda', 'data', VERITY, { dm, ...options }),
  ],
];

describe('linearTarget', () => {
  it('is a row with the path and the start as its params', () => {
    expect(linearTarget(0, 8, '/dev/sda', 16n)).toEqual({
      type: 'linear',
      sectorStart: 0,
      lengthInBlocks: 8,
      params: '/dev/sda 16',
    });
  });
});

describe('createDevice', () => {
  it('creates, loads and resumes in one plan, and gives the path of the node', async () => {
    const targets = [linearTarget(0, 8, '/dev/sda', 16), { ...ZERO, sectorStart: 8n, lengthInBlocks: 8n }];
    await expect(createDevice('data', 0, targets, { dm })).resolves.toBe('/dev/mapper/node');
    expect(executor.commands).toEqual(['DEV_CREATE TABLE_LOAD DEV_SUSPEND']);
    expect(loaded()).toEqual({ rows: ['0 8 linear /dev/sda 16', '8 8 zero'], readOnly: false });
  });

  it('loads the table read-only with CreateFlags.ReadOnly, and only the table', async () => {
    await createDevice('data', CreateFlags.ReadOnly, [ZERO], { dm });
    expect(loaded().readOnly).toBe(true);
    const [create, , resume] = executor.calls[0]!.plan.steps;
    for (const { command, payload } of [create!, resume!])
      expect(planner.decode(command, payload).header.flags).toBe(0);
  });

  it('is not tried again, whatever the error', async () => {
    executor.answer = failing('TABLE_LOAD', ENXIO);
    expect(await settled(createDevice('data', 0, [ZERO], { dm }))).toMatchObject({ code: 'backing_device_missing' });
    expect(creates()).toBe(1);
  });

  it('leaves an open device-mapper open', async () => {
    await createDevice('data', 0, [ZERO], { dm });
    expect(executor.closed).toBe(0);
  });

  it('passes the signal and the deadline on', async () => {
    const { signal } = new AbortController();
    await createDevice('data', 0, [ZERO], { dm, signal, deadline: 77 });
    expect(executor.calls[0]!.options).toEqual({ signal, deadline: 77 });
  });
});

describe('createZeroSectorLinearTarget', () => {
  it('maps so many bytes from the offset on, read-only', async () => {
    await createZeroSectorLinearTarget('/dev/sda', 'data', MAPPING, { dm });
    expect(loaded()).toEqual({ rows: ['0 16 linear /dev/sda 8'], readOnly: true });
  });
});

describe('createVerityTarget', () => {
  it('looks for the tree behind the superblock, read-only', async () => {
    await createVerityTarget('/dev/sda', 'data', VERITY, { dm });
    const row = `0 16 verity 1 /dev/sda /dev/sda 4096 4096 2 3 sha256 ${VERITY.rootDigest} cd`;
    expect(loaded()).toEqual({ rows: [row], readOnly: true });
  });

  it('looks for the tree right behind the data where there is no superblock, and may go without salt', async () => {
    await createVerityTarget('/dev/sda', 'data', { ...VERITY, superBlock: false, salt: '' }, { dm });
    expect(loaded().rows).toEqual([`0 16 verity 1 /dev/sda /dev/sda 4096 4096 2 2 sha256 ${VERITY.rootDigest} -`]);
  });
});

describe.each(CREATORS)('%s', (_name, prefix, create) => {
  it.each([EBUSY, { number: 2, name: 'ENOENT' }, ENXIO, { number: 19, name: 'ENODEV' }])(
    'tries again every 100 ms while the table is refused with $name',
    async (errno) => {
      executor.answer = failing('TABLE_LOAD', errno, 3);
      const created = create();
      for (const attempts of [1, 2, 3]) {
        await vi.advanceTimersByTimeAsync(0);
        expect(creates()).toBe(attempts);
        await vi.advanceTimersByTimeAsync(99);
        expect(creates()).toBe(attempts);
        await vi.advanceTimersByTimeAsync(1);
      }
      await expect(created).resolves.toBe('/dev/mapper/node');
      expect(creates()).toBe(4);
    },
  );

  it('gives up at the deadline, with the kernel’s error behind its own words', async () => {
    executor.answer = failing('TABLE_LOAD', ENXIO);
    const begin = Date.now();
    const error = await settled(create({ deadline: 1000 }), 1000);
    expect(error).toMatchObject({
      code: 'backing_device_missing',
      errno: ENXIO,
      message: expect.stringMatching(new RegExp(`^${prefix}TABLE_LOAD: ENXIO: `)),
    });
    expect((error as DmError).cause).toMatchObject({ code: 'backing_device_missing' });
    expect(creates()).toBe(11);
    expect(Date.now() - begin).toBeLessThanOrEqual(1000);
  });

  it('gives up after five seconds unless told otherwise', async () => {
    executor.answer = failing('TABLE_LOAD', EBUSY);
    expect(await settled(create(), 5000)).toMatchObject({ code: 'backing_device_busy' });
    expect(creates()).toBe(51);
  });

  it('gives each attempt what is left of the deadline', async () => {
    executor.answer = failing('TABLE_LOAD', ENXIO, 2);
    await settled(create({ deadline: 1000 }));
    expect(executor.calls.map(({ options }) => options.deadline)).toEqual([1000, 900, 800]);
  });

  it('never tries again when the name is taken', async () => {
    executor.answer = failing('DEV_CREATE', EBUSY);
    expect(await settled(create())).toMatchObject({ code: 'device_exists', retryable: false });
    expect(creates()).toBe(1);
  });

  it.each([EINVAL, { number: 12, name: 'ENOMEM' }, { number: 13, name: 'EACCES' }, { number: 5, name: 'EIO' }])(
    'does not try again after $name',
    async (errno) => {
      executor.answer = failing('TABLE_LOAD', errno);
      expect(await settled(create())).toMatchObject({ errno });
      expect(creates()).toBe(1);
    },
  );

  it('does not try again when another step than the load fails', async () => {
    executor.answer = failing('DEV_SUSPEND', ENXIO);
    expect(await settled(create())).toMatchObject({ code: 'no_such_device' });
    expect(creates()).toBe(1);
  });

  it('does not try again over what could not be undone', async () => {
    const undone = [{ step: 0, command: 'DEV_REMOVE' as const, errno: EBUSY }];
    executor.answer = (plan) => failAt(plan, 'TABLE_LOAD', ENXIO, { complete: false, undone });
    expect(await settled(create())).toMatchObject({
      code: 'backing_device_missing',
      rollback: { complete: false, undone },
    });
    expect(creates()).toBe(1);
  });

  it.each(['executor_gone', 'cancelled', 'deadline_exceeded', 'indeterminate', 'node_failed'])(
    'does not try again after %s',
    async (code) => {
      executor.answer = () => {
        throw new DmError({ code, message: 'x' });
      };
      expect(await settled(create())).toMatchObject({ code, message: `${prefix}x` });
      expect(creates()).toBe(1);
    },
  );

  it('can be cancelled while it pauses', async () => {
    executor.answer = failing('TABLE_LOAD', ENXIO);
    const abort = new AbortController();
    const created = create({ signal: abort.signal });
    const outcome = created.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(150);
    abort.abort();
    expect(await outcome).toMatchObject({ code: 'cancelled', message: expect.stringContaining(prefix) });
    expect(creates()).toBe(2);
  });

  it('passes the signal on', async () => {
    const { signal } = new AbortController();
    await create({ signal });
    expect(executor.calls[0]!.options.signal).toBe(signal);
  });
});

describe('removeDevice', () => {
  const busyTimes = (times: number): Answer => {
    let tries = 0;
    return (plan) => {
      if (plan.steps[0]!.command === 'DEV_REMOVE' && ++tries <= times) failAt(plan, 'DEV_REMOVE', EBUSY);
      return echo(plan);
    };
  };

  it('removes the device by its name', async () => {
    await removeDevice('data', { dm });
    expect(executor.commands).toEqual(['DEV_REMOVE']);
  });

  it('tries ten times, ten milliseconds apart, while the device is busy', async () => {
    executor.answer = busyTimes(9);
    const removed = removeDevice('data', { dm });
    await vi.advanceTimersByTimeAsync(9);
    expect(removes()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(removes()).toBe(2);
    await vi.advanceTimersByTimeAsync(80);
    await removed;
    expect(removes()).toBe(10);
  });

  it('ends as device_busy, with the open count, after the tenth', async () => {
    executor.answer = busyTimes(Number.POSITIVE_INFINITY);
    expect(await settled(removeDevice('data', { dm }))).toMatchObject({
      code: 'device_busy',
      openCount: 0,
      errno: EBUSY,
    });
    expect(removes()).toBe(10);
  });

  it.each([ENXIO, EINVAL])('does not try again after $name', async (errno) => {
    executor.answer = (plan) => failAt(plan, 'DEV_REMOVE', errno);
    expect(await settled(removeDevice('data', { dm }))).toMatchObject({ errno });
    expect(removes()).toBe(1);
  });

  it('can be cancelled while it pauses', async () => {
    executor.answer = busyTimes(Number.POSITIVE_INFINITY);
    const abort = new AbortController();
    const outcome = removeDevice('data', { dm, signal: abort.signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(15);
    abort.abort();
    expect(await outcome).toMatchObject({ code: 'cancelled' });
    expect(removes()).toBe(2);
  });
});
