import { describe, expect, it } from 'vitest';
import {
  type DeviceMapper,
  DmError,
  type HolderReader,
  loadPlanner,
  openDeviceMapper,
  Plan,
  zero,
} from '../../../src/index.ts';
import { encode, map } from '../executor/payloads.ts';
import { type Answer, EBUSY, EINVAL, ENXIO, echo, failAt, reply, StubExecutor } from './stub-executor.ts';

const planner = await loadPlanner();
const BUFFER_FULL = 0x100;
const DEV = (254n << 8n) | 3n;

async function open(answer?: Answer, holders?: HolderReader): Promise<{ dm: DeviceMapper; executor: StubExecutor }> {
  const executor = new StubExecutor(answer);
  return { dm: await openDeviceMapper({ executor, planner, ...(holders ? { holders } : {}) }), executor };
}

/** The error that something ends with. */
async function errorOf(promise: Promise<unknown>): Promise<DmError> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(DmError);
  return error as DmError;
}

describe('every action', () => {
  it.each<[keyof DeviceMapper, (dm: DeviceMapper) => Promise<unknown>, string]>([
    ['version', (dm) => dm.version(), 'VERSION'],
    ['create', (dm) => dm.create({ name: 'a', table: '0 8 zero' }), 'DEV_CREATE TABLE_LOAD DEV_SUSPEND'],
    ['create', (dm) => dm.create({ name: 'a', noTable: true }), 'DEV_CREATE'],
    ['remove', (dm) => dm.remove('a'), 'DEV_REMOVE'],
    ['load', (dm) => dm.load('a', { table: '0 8 zero' }), 'TABLE_LOAD'],
    ['reload', (dm) => dm.reload('a', { table: '0 8 zero' }), 'TABLE_LOAD DEV_SUSPEND DEV_SUSPEND'],
    ['clear', (dm) => dm.clear('a'), 'TABLE_CLEAR'],
    ['suspend', (dm) => dm.suspend('a'), 'DEV_SUSPEND'],
    ['resume', (dm) => dm.resume('a'), 'DEV_SUSPEND'],
    ['info', (dm) => dm.info('a'), 'DEV_STATUS'],
    ['status', (dm) => dm.status('a'), 'TABLE_STATUS'],
    ['table', (dm) => dm.table('a'), 'TABLE_STATUS'],
    ['deps', (dm) => dm.deps('a'), 'TABLE_DEPS'],
    ['measure', (dm) => dm.measure('a'), 'TABLE_STATUS'],
    ['rename', (dm) => dm.rename('a', 'b'), 'DEV_RENAME'],
    ['setUuid', (dm) => dm.setUuid('a', 'U'), 'DEV_RENAME'],
    ['message', (dm) => dm.message('a', '@stats_list'), 'TARGET_MSG'],
    ['setGeometry', (dm) => dm.setGeometry('a', { cylinders: 1, heads: 1, sectors: 1, start: 0 }), 'DEV_SET_GEOMETRY'],
    ['targets', (dm) => dm.targets(), 'LIST_VERSIONS'],
    ['list', (dm) => dm.list(), 'LIST_DEVICES'],
  ])('%s is one plan of the planner’s commands', async (_, call, commands) => {
    const { dm, executor } = await open();
    await call(dm);
    expect(executor.commands).toEqual([commands]);
  });

  it.each<[string, (dm: DeviceMapper, options: object) => Promise<unknown>]>([
    ['version', (dm, options) => dm.version(options)],
    ['create', (dm, options) => dm.create({ name: 'a', table: '0 8 zero' }, options)],
    ['remove', (dm, options) => dm.remove('a', options)],
    ['load', (dm, options) => dm.load('a', { table: '0 8 zero', ...options })],
    ['reload', (dm, options) => dm.reload('a', { table: '0 8 zero', ...options })],
    ['clear', (dm, options) => dm.clear('a', options)],
    ['suspend', (dm, options) => dm.suspend('a', options)],
    ['resume', (dm, options) => dm.resume('a', options)],
    ['info', (dm, options) => dm.info('a', options)],
    ['status', (dm, options) => dm.status('a', options)],
    ['table', (dm, options) => dm.table('a', options)],
    ['deps', (dm, options) => dm.deps('a', options)],
    ['measure', (dm, options) => dm.measure('a', options)],
    ['rename', (dm, options) => dm.rename('a', 'b', options)],
    ['setUuid', (dm, options) => dm.setUuid('a', 'U', options)],
    ['message', (dm, options) => dm.message('a', '@stats_list', options)],
    ['targets', (dm, options) => dm.targets(options)],
    ['list', (dm, options) => dm.list(options)],
    ['apply', (dm, options) => dm.apply(planner.plan({ action: 'version' }), options)],
  ])('%s passes the signal and the deadline on, and neither to the planner', async (_, call) => {
    const { dm, executor } = await open();
    const { signal } = new AbortController();
    await call(dm, { signal, deadline: 1234 });
    expect(executor.calls[0]!.options).toEqual({ signal, deadline: 1234 });
    await call(dm, {});
    expect(executor.calls[1]!.options).toEqual({ signal: undefined, deadline: undefined });
    expect(executor.calls[1]!.plan.bytes).toEqual(executor.calls[0]!.plan.bytes);
  });

  it.each<[string, (dm: DeviceMapper, device: { uuid: string }) => Promise<unknown>]>([
    ['remove', (dm, device) => dm.remove(device)],
    ['load', (dm, device) => dm.load(device, { table: '0 8 zero' })],
    ['reload', (dm, device) => dm.reload(device, { table: '0 8 zero' })],
    ['clear', (dm, device) => dm.clear(device)],
    ['suspend', (dm, device) => dm.suspend(device)],
    ['resume', (dm, device) => dm.resume(device)],
    ['info', (dm, device) => dm.info(device)],
    ['status', (dm, device) => dm.status(device)],
    ['table', (dm, device) => dm.table(device)],
    ['deps', (dm, device) => dm.deps(device)],
  ])('%s takes a device by its uuid, and then names it by nothing else', async (_, call) => {
    const { dm, executor } = await open();
    await call(dm, { uuid: 'ACME-1' });
    for (const { command, payload } of executor.calls[0]!.plan.steps) {
      expect(planner.decode(command, payload).header).toMatchObject({ name: '', uuid: 'ACME-1' });
    }
  });

  it('is refused by the planner before anything is sent', async () => {
    const { dm, executor } = await open();
    expect(await errorOf(dm.info(''))).toMatchObject({ code: 'empty_name', operation: 'info' });
    expect(await errorOf(dm.create({ name: 'a', table: '8 8 zero' }))).toMatchObject({ code: 'first_start' });
    expect(executor.calls).toEqual([]);
  });

  it('ends with the executor when it is closed', async () => {
    const { dm, executor } = await open();
    await dm.close();
    expect(executor.closed).toBe(1);
  });
});

describe('an answer', () => {
  it('of create is the device, with the path of its node', async () => {
    const { dm } = await open((plan) => {
      const [create, ...rest] = plan.steps.map(({ payload }) => payload);
      return { replies: [reply(create!, { dev: DEV }), ...rest], node: '/dev/mapper/a' };
    });
    expect(await dm.create({ name: 'a', uuid: 'U', table: '0 8 zero' })).toEqual({
      name: 'a',
      uuid: 'U',
      dev: { major: 254, minor: 3 },
      path: '/dev/mapper/a',
    });
  });

  it('of create without a table has no path', async () => {
    const { dm } = await open();
    expect(await dm.create({ name: 'a', noTable: true })).toMatchObject({ name: 'a', path: undefined });
  });

  it('of info is read from the flags', async () => {
    const { dm } = await open((plan) => ({
      replies: [reply(plan.steps[0]!.payload, { dev: DEV, flags: 0x20063, openCount: 2, eventNr: 7, targetCount: 1 })],
      node: undefined,
    }));
    expect(await dm.info('a')).toEqual({
      name: 'a',
      uuid: '',
      dev: { major: 254, minor: 3 },
      suspended: true,
      readOnly: true,
      liveTable: true,
      inactiveTable: true,
      deferredRemove: true,
      openCount: 2,
      eventNr: 7,
      targetCount: 1,
    });
  });

  it('that is no reply is a DmError too', async () => {
    const { dm } = await open(() => ({ replies: [Uint8Array.of(1)], node: undefined }));
    expect(await errorOf(dm.info('a'))).toMatchObject({ code: 'payload_too_short', operation: 'info' });
  });
});

describe('an answer that does not fit', () => {
  /** Full until the room is so many bytes. */
  const fullBelow =
    (bytes: number): Answer =>
    (plan) => {
      const { payload } = plan.steps[0]!;
      return { replies: [reply(payload, payload.length < bytes ? { flags: BUFFER_FULL } : {})], node: undefined };
    };
  const rooms = ({ calls }: StubExecutor): number[] => calls.map(({ plan }) => plan.steps[0]!.payload.length);

  it.each(['table', 'status', 'deps'] as const)('is asked for again with eight times the room: %s', async (action) => {
    const { dm, executor } = await open(fullBelow(100_000));
    const { signal } = new AbortController();
    expect(await dm[action]('a', { signal, deadline: 99 })).toEqual([]);
    expect(rooms(executor)).toEqual([16384, 131072]);
    expect(executor.calls.map(({ options }) => options)).toEqual(Array(2).fill({ signal, deadline: 99 }));
  });

  it('of list too, with the other fields as they were', async () => {
    const { dm, executor } = await open(fullBelow(40_000));
    await dm.list({ uuids: true });
    expect(rooms(executor)).toEqual([16384, 131072]);
    const flags = executor.calls.map(({ plan }) => planner.decode('LIST_DEVICES', plan.steps[0]!.payload).header.flags);
    expect(new Set(flags).size).toBe(1);
  });

  it('of a list takes about as much the next time, and is asked for once', async () => {
    const { dm, executor } = await open(fullBelow(100_000));
    await dm.list();
    await dm.list();
    expect(rooms(executor)).toEqual([16384, 131072, 147456]);
  });

  it('of a large table is asked for again with the room that its targets want', async () => {
    const full: Answer = ({ steps }) => {
      const { payload } = steps[0]!;
      const fields = payload.length < 9_000_000 ? { flags: BUFFER_FULL, targetCount: 100_000 } : {};
      return { replies: [reply(payload, fields)], node: undefined };
    };
    const { dm, executor } = await open(full);
    await dm.status('a');
    expect(rooms(executor)).toEqual([16384, 9_600_000]);
  });

  it('begins with the room that the caller gives', async () => {
    const { dm, executor } = await open(fullBelow(2000));
    await dm.table('a', { bufferSize: 512 });
    expect(rooms(executor)).toEqual([512, 4096]);
  });

  it('at the most that the executor forwards is answer_too_large', async () => {
    const { dm, executor } = await open(fullBelow(Number.POSITIVE_INFINITY));
    const error = await errorOf(dm.table('a', { bufferSize: 3 << 20 }));
    expect(error).toMatchObject({
      code: 'answer_too_large',
      operation: 'table',
      retryable: false,
      reply: { flags: BUFFER_FULL, name: 'a' },
    });
    expect(rooms(executor).map((room) => room / (1 << 20))).toEqual([3, 24, 32]);
  });

  it('with more room than that from the start is asked for once', async () => {
    const { dm, executor } = await open(fullBelow(Number.POSITIVE_INFINITY));
    Object.assign(executor, {
      hello: { ...executor.hello, limits: { ...executor.hello.limits, payloadBytes: 1 << 16 } },
    });
    expect((await errorOf(dm.list({ bufferSize: 1 << 17 }))).code).toBe('answer_too_large');
    expect(executor.calls).toHaveLength(1);
  });
});

describe('an error of the kernel', () => {
  it('has the operation, the step, the errno, the request’s header, the rollback and a cause for people', async () => {
    const rollback = { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' as const }] };
    const { dm } = await open((plan) => failAt(plan, 'TABLE_LOAD', EINVAL, rollback));
    expect(await errorOf(dm.create({ name: 'data', table: '0 8 zero' }))).toMatchObject({
      code: 'table_refused',
      message: expect.stringMatching(/^TABLE_LOAD: EINVAL: the kernel refuses the table/),
      operation: 'create',
      step: { index: 1, command: 'TABLE_LOAD' },
      errno: EINVAL,
      request: { name: 'data', targetCount: 1, dataStart: 312 },
      rollback,
      tableLine: '0 8 zero',
      retryable: false,
    });
  });

  it.each([
    ['a row of text', { table: '# one\n0 8 zero\n' }, '0 8 zero'],
    ['a typed row', { targets: [zero({ length: 8 })] }, '{"type":"zero","length":8}'],
    ['two rows, of which the kernel names none', { table: '0 8 zero\n8 8 zero\n' }, undefined],
  ])('of TABLE_LOAD shows %s', async (_, table, line) => {
    const { dm } = await open((plan) => failAt(plan, 'TABLE_LOAD', EINVAL));
    expect((await errorOf(dm.create({ name: 'a', ...table } as never))).tableLine).toBe(line);
    expect((await errorOf(dm.load('a', table as never))).tableLine).toBe(line);
  });

  it('of another step shows no row', async () => {
    const { dm } = await open((plan) => failAt(plan, 'DEV_SUSPEND', EINVAL));
    expect(await errorOf(dm.create({ name: 'a', table: '0 8 zero' }))).toMatchObject({
      code: 'resume_refused',
      tableLine: undefined,
    });
  });

  it('EBUSY of create is device_exists, which no waiting mends', async () => {
    const { dm } = await open((plan) => failAt(plan, 'DEV_CREATE', EBUSY));
    expect(await errorOf(dm.create({ name: 'a', table: '0 8 zero' }))).toMatchObject({
      code: 'device_exists',
      retryable: false,
      holders: undefined,
    });
  });

  it('ENXIO is no_such_device', async () => {
    const { dm } = await open((plan) => failAt(plan, plan.steps[0]!.command, ENXIO));
    expect(await errorOf(dm.remove('a'))).toMatchObject({ code: 'no_such_device', operation: 'remove' });
    expect(await errorOf(dm.table('a'))).toMatchObject({ code: 'no_such_device', operation: 'table' });
  });
});

describe('EBUSY of remove', () => {
  const busy: Answer = (plan) => {
    if (plan.steps[0]!.command === 'DEV_REMOVE') failAt(plan, 'DEV_REMOVE', EBUSY);
    return { replies: [reply(plan.steps[0]!.payload, { openCount: 2, dev: DEV })], node: undefined };
  };

  it('is device_busy, with its holders and open count', async () => {
    const asked: unknown[] = [];
    const { dm, executor } = await open(busy, async (dev) => {
      asked.push(dev);
      return ['dm-4', 'md0'];
    });
    const { signal } = new AbortController();
    expect(await errorOf(dm.remove({ uuid: 'U' }, { signal }))).toMatchObject({
      code: 'device_busy',
      retryable: true,
      errno: EBUSY,
      holders: ['dm-4', 'md0'],
      openCount: 2,
      message: expect.stringMatching(/ \(open count 2; held by dm-4, md0\)$/),
    });
    expect(asked).toEqual([{ major: 254, minor: 3 }]);
    expect(executor.commands).toEqual(['DEV_REMOVE', 'DEV_STATUS']);
    expect(executor.calls[1]!.options.signal).toBe(signal);
  });

  it('without holders that sysfs knows has the open count', async () => {
    const { dm } = await open(busy, async () => []);
    expect((await errorOf(dm.remove('a'))).message).toMatch(/ \(open count 2\)$/);
  });

  it('is device_busy all the same when the holders cannot be read', async () => {
    const { dm } = await open(busy, () => Promise.reject(new Error('no sysfs')));
    expect(await errorOf(dm.remove('a'))).toMatchObject({ code: 'device_busy', holders: [], openCount: 2 });
  });

  it('is device_busy all the same when the device is gone by then', async () => {
    const { dm } = await open((plan) => failAt(plan, plan.steps[0]!.command, EBUSY));
    expect(await errorOf(dm.remove('a'))).toMatchObject({ code: 'device_busy', holders: undefined });
  });
});

describe('an error of the executor', () => {
  it.each(['cancelled', 'deadline_exceeded', 'busy', 'executor_gone', 'indeterminate', 'node_failed'])(
    'keeps its name and message: %s',
    async (code) => {
      const { dm } = await open(() => {
        throw new DmError({ code, message: 'as it was', retryable: code === 'busy' });
      });
      expect(await errorOf(dm.info('a'))).toMatchObject({
        code,
        message: 'as it was',
        operation: 'info',
        retryable: code === 'busy',
      });
    },
  );

  it('about a payload that is too short to read keeps its name', async () => {
    const { dm } = await open((plan) => {
      const step = { index: 0, command: plan.steps[0]!.command };
      throw new DmError({ code: 'payload_refused', message: 'too short', rule: 'size', step });
    });
    const plan = Plan.fromBytes(encode(map({ v: 1, steps: [[7, Uint8Array.of(1)]] })));
    expect(await errorOf(dm.apply(plan))).toMatchObject({ code: 'payload_refused', rule: 'size', request: undefined });
  });
});

describe('apply', () => {
  it('applies a plan that was made before, and decodes every reply', async () => {
    const { dm, executor } = await open((plan) => echo(plan));
    const plan = planner.plan({ action: 'create', name: 'a', table: '0 8 zero' });
    const { answers, path } = await dm.apply(plan);
    expect(executor.calls[0]!.plan).toBe(plan);
    expect(answers.map(({ header }) => header.name)).toEqual(['a', 'a', 'a']);
    expect(path).toBe('/dev/mapper/node');
  });

  it('explains an errno, without the row that it does not know', async () => {
    const { dm } = await open((plan) => failAt(plan, 'TABLE_LOAD', EINVAL));
    const plan = planner.plan({ action: 'load', name: 'a', table: '0 8 zero' });
    expect(await errorOf(dm.apply(plan))).toMatchObject({
      code: 'table_refused',
      operation: undefined,
      request: { name: 'a' },
      tableLine: undefined,
    });
  });
});
