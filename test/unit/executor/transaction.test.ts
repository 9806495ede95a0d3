import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, Refused } from '../../../executor/failure.ts';
import type { Step } from '../../../executor/messages.ts';
import { applyPlan, type Halt, type Outcome } from '../../../executor/transaction.ts';
import { type Device, ModelKernel } from './model.ts';
import {
  type Bytes,
  bare,
  CLEAR,
  CREATE,
  DEPS,
  F_DEFERRED,
  F_SECURE,
  F_SUSPEND,
  type HeaderFields,
  LOAD,
  query,
  REMOVE,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  table,
  VERSION,
} from './payloads.ts';

const ENXIO = 6;
const EBUSY = 16;
const EINVAL = 22;
const ERRNOS = [1, 4, 5, 6, 12, 13, 14, 16, 19, 22, 25, 28, 75, 95, 126];

type Made = { command: number; payload: Bytes };
const step = (command: number, payload: Bytes): Made => ({ command, payload });
const create = (name = 'a', uuid = '') => step(CREATE, bare({ name, uuid }));
const load = (fields: HeaderFields = { name: 'a' }, params = 'new') =>
  step(LOAD, table(fields, [[0, 8, 'linear', params]]));
const suspend = (fields: HeaderFields = { name: 'a' }) => step(SUSPEND, bare({ ...fields, flags: F_SUSPEND }));
const resume = (fields: HeaderFields = { name: 'a' }) => step(SUSPEND, bare(fields));
const remove = (fields: HeaderFields = { name: 'a' }) => step(REMOVE, bare(fields));
const clear = (fields: HeaderFields = { name: 'a' }) => step(CLEAR, bare(fields));

const NO_JOURNAL = { owe: () => undefined, clear: () => undefined };

interface Run {
  outcome: Outcome;
  kernel: ModelKernel;
  /** Names of the nodes there are. */
  nodes: Set<string>;
  pauses: number;
}

interface Faults {
  /** Errno for the n-th ioctl, from 0; the undoing counts on. */
  fault?: (call: number, command: number) => number;
  node?: (act: 'appear' | 'vanish', name: string) => number;
  swapErrno?: number;
  halt?: Halt;
  /** How the uuids of the devices begin that may be touched. */
  own?: string;
}

function run(steps: Step[], devices: (Partial<Device> & { name: string })[] = [], faults: Faults = {}): Run {
  const { fault = () => 0, node = () => 0, swapErrno = 0, halt = () => null } = faults;
  const kernel = new ModelKernel();
  for (const device of devices) kernel.add(device);
  const nodes = new Set(devices.filter(({ active }) => active).map(({ name }) => name));
  let [call, pauses] = [0, 0];
  const failing = (act: 'appear' | 'vanish', name: string) => {
    const errno = node(act, name);
    if (errno !== 0) throw new Refused(failure('node_failed', name, errno));
  };
  const outcome = applyPlan(
    { steps },
    {
      ioctl: (command, payload) => fault(call++, command) || kernel.ioctl(command, payload, swapErrno),
      nodes: {
        appear(name) {
          failing('appear', name);
          nodes.add(name);
          return `/dev/mapper/${name}`;
        },
        vanish(name) {
          failing('vanish', name);
          nodes.delete(name);
        },
      },
      pause: () => void pauses++,
      own: faults.own ?? '',
    },
    NO_JOURNAL,
    halt,
  );
  return { outcome, kernel, nodes, pauses };
}

function failed({ outcome }: Run) {
  if (!('failure' in outcome)) throw new Error('the plan worked');
  return outcome.failure;
}

function replies({ outcome }: Run): Bytes[] {
  if ('failure' in outcome) throw new Error(outcome.failure.message);
  return outcome.replies;
}

const live = { name: 'a', active: 'old' };

describe('a plan that works', () => {
  test('creates a device and gives its node', () => {
    const { outcome, kernel, nodes } = run([create(), load(), resume()]);
    expect(outcome).toMatchObject({ node: '/dev/mapper/a' });
    expect(kernel.devices).toMatchObject([{ name: 'a', active: 'new', inactive: null, suspended: false }]);
    expect(nodes).toEqual(new Set(['a']));
    expect(kernel.calls).toEqual(['status', 'create', 'status', 'load', 'status', 'resume']);
  });

  test('replaces a table', () => {
    const { kernel } = run([load(), suspend(), resume()], [live]);
    expect(kernel.devices).toMatchObject([{ active: 'new', inactive: null, suspended: false }]);
  });

  test('removes a device and its node, also by uuid', () => {
    for (const fields of [{ name: 'a' }, { uuid: 'U' }]) {
      const { kernel, nodes, outcome } = run([remove(fields)], [{ ...live, uuid: 'U' }]);
      expect(kernel.devices).toEqual([]);
      expect(nodes.size).toBe(0);
      expect(outcome).toMatchObject({ node: null });
    }
  });

  test('removes the node of a device whose removal waits for its last close, as nobody will then', () => {
    const { kernel, nodes } = run([remove({ name: 'a', flags: F_DEFERRED })], [{ ...live, open: 1 }]);
    expect(kernel.devices).toHaveLength(1);
    expect(nodes).toEqual(new Set());
  });

  test('answers with the header and as much behind it as the kernel wrote', () => {
    const sizes = new Map([
      [DEPS, 328],
      [TABLE_STATUS, 824],
    ]);
    const steps = [step(VERSION, bare()), step(STATUS, bare({ name: 'a' })), load()];
    const queries = [step(DEPS, query({ name: 'a' })), step(TABLE_STATUS, query({ name: 'a' }))];
    const kernel = new ModelKernel();
    kernel.add(live);
    const outcome = applyPlan(
      { steps: [...steps, ...queries] },
      {
        ioctl(command, payload) {
          const errno = kernel.ioctl(command, payload);
          const size = sizes.get(command);
          if (size !== undefined) new DataView(payload.buffer).setUint32(12, size, true);
          return errno;
        },
        nodes: { appear: () => null, vanish: () => undefined },
        pause: () => undefined,
        own: '',
      },
      NO_JOURNAL,
      () => null,
    );
    if ('failure' in outcome) throw new Error(outcome.failure.message);
    expect(outcome.replies.map((reply) => reply.length)).toEqual([312, 312, 312, 328, 824]);
    expect(outcome.replies.every((reply) => reply.buffer.byteLength === reply.length)).toBe(true);
  });

  test('never answers with more than the buffer, whatever data_size says', () => {
    const big = (_: number, payload: Bytes) => {
      new DataView(payload.buffer).setUint32(12, 0xffffffff, true);
      return 0;
    };
    const kernel = {
      ioctl: big,
      nodes: { appear: () => null, vanish: () => undefined },
      pause: () => undefined,
      own: '',
    };
    const outcome = applyPlan({ steps: [step(DEPS, query({ name: 'a' }, 64))] }, kernel, NO_JOURNAL, () => null);
    expect(outcome).toMatchObject({ replies: [{ length: 376 }] });
  });

  test('leaves no params in memory', () => {
    const steps = [create(), load({ name: 'a', flags: F_SECURE }, 'key=deadbeef'), resume()];
    const answered = replies(run(steps));
    expect(steps.every(({ payload }) => payload.every((byte) => byte === 0))).toBe(true);
    expect(Buffer.concat(answered).includes('deadbeef')).toBe(false);
  });
});

const plans: [label: string, make: () => Made[], devices: (Partial<Device> & { name: string })[]][] = [
  ['create', () => [create(), load(), resume()], []],
  ['create with a uuid, loaded by it', () => [create('a', 'U'), load({ uuid: 'U' }), resume({ uuid: 'U' })], []],
  ['create without a table', () => [create()], []],
  ['create two', () => [create('a'), load(), create('b'), load({ name: 'b' }), resume(), resume({ name: 'b' })], []],
  ['reload', () => [load(), suspend(), resume()], [live]],
  ['reload without a suspend', () => [load(), resume()], [live]],
  [
    'reload by two identifiers',
    () => [load({ uuid: 'U' }), suspend(), resume({ uuid: 'U' })],
    [{ ...live, uuid: 'U' }],
  ],
  ['suspend first, then load', () => [suspend(), load(), resume()], [live]],
  ['suspend', () => [suspend(), step(STATUS, bare({ name: 'a' }))], [live]],
  ['suspend what is suspended', () => [suspend(), load(), resume()], [{ ...live, suspended: true }]],
  [
    'suspend above an inactive table',
    () => [suspend(), step(STATUS, bare({ name: 'a' }))],
    [{ ...live, inactive: 'x' }],
  ],
  ['load', () => [load()], [live]],
  ['load twice', () => [load(), load({ name: 'a' }, 'newer'), step(STATUS, bare({ name: 'a' }))], [live]],
  ['remove', () => [remove()], [live]],
  ['create and remove', () => [create(), remove()], []],
];

describe.each(plans)('when a step fails: %s', (_, make, devices) => {
  const calls = run(make(), devices).kernel.calls.length;

  test('every errno at every ioctl is reported, and nothing stays of what the plan did', () => {
    for (let at = 0; at < calls; at++) {
      for (const errno of ERRNOS) {
        const before = run([], devices).kernel;
        const made = run(make(), devices, { fault: (call) => (call === at ? errno : 0) });
        // That there is no such device is what the plan hopes to hear before it creates one.
        if (errno === ENXIO && !('failure' in made.outcome)) continue;
        const { name, errno: reported, rollback, step: index } = failed(made);
        expect({ name, errno: reported }).toEqual({ name: 'ioctl_failed', errno });
        expect(index).toBeLessThan(make().length);
        const resumed = made.kernel.calls.slice(0, at).includes('resume');
        if (devices.length > 0 && resumed) expect(rollback?.complete).toBe(false);
        else if (rollback !== null) expect(rollback.complete).toBe(true);
        // An inactive table that a resume would have put in use is given up; all else is as it was.
        const expected = JSON.parse(before.snapshot()) as Device[];
        for (const device of expected) if (made.kernel.calls.includes('clear')) device.inactive = null;
        if (!resumed || devices.length === 0) expect(JSON.parse(made.kernel.snapshot())).toEqual(expected);
      }
    }
  });

  test('no device is left suspended that was not, whatever else fails while undoing', () => {
    for (let at = 0; at < calls; at++) {
      for (let later = at + 1; later < at + 6; later++) {
        const wrong = { resumes: 0 };
        const made = run(make(), devices, {
          fault: (call, command) => {
            if (call === at) return EINVAL;
            if (call !== later) return 0;
            if (command === SUSPEND) wrong.resumes++;
            return EINVAL;
          },
        });
        failed(made);
        for (const device of made.kernel.devices) {
          const was = devices.find(({ name }) => name === device.name);
          if (was !== undefined && was.suspended !== true && wrong.resumes === 0) expect(device.suspended).toBe(false);
        }
      }
    }
  });

  test('a cancel before any step undoes the plan as a failing step does', () => {
    const steps = make().length;
    for (const reason of ['cancelled', 'deadline_exceeded'] as const) {
      for (let at = 0; at < steps; at++) {
        let asked = 0;
        const made = run(make(), devices, { halt: () => (asked++ === at ? reason : null) });
        const { name, step: index, errno, rollback } = failed(made);
        expect({ name, index, errno }).toEqual({ name: reason, index: null, errno: null });
        if (at === 0) expect(rollback).toBeNull();
        const resumed = made.kernel.calls.slice(0, -1).includes('resume') && rollback?.complete === false;
        if (!resumed)
          expect(made.kernel.devices.map((d) => d.suspended)).toEqual(devices.map((d) => d.suspended ?? false));
        expect(made.nodes.size).toBe(made.kernel.devices.filter((d) => d.active !== null).length);
      }
      let left = steps;
      run(make(), devices, { halt: () => (left-- === 0 ? expect.unreachable() : null) });
    }
  });
});

describe('the order of undoing', () => {
  const undone = (made: Run) => failed(made).rollback?.undone.map(([index, command]) => [index, command]);
  const failAt = (at: number): Faults => ({ fault: (call) => (call === at ? EINVAL : 0) });

  test('is newest first', () => {
    const made = run([create(), load(), create('b'), load({ name: 'b' }), resume()], [], failAt(8));
    expect(undone(made)).toEqual([
      [3, CLEAR],
      [2, REMOVE],
      [1, CLEAR],
      [0, REMOVE],
    ]);
  });

  test('clears a table before it resumes the device, which would put the table in use', () => {
    const made = run([load(), suspend(), resume()], [live], failAt(4));
    expect(undone(made)).toEqual([
      [0, CLEAR],
      [1, SUSPEND],
    ]);
    expect(made.kernel.devices).toMatchObject([{ active: 'old', inactive: null, suspended: false }]);
  });

  test('clears another device only in its turn', () => {
    const made = run(
      [load({ name: 'b' }), suspend(), step(STATUS, bare({ name: 'gone' }))],
      [live, { ...live, name: 'b' }],
    );
    expect(undone(made)).toEqual([
      [1, SUSPEND],
      [0, CLEAR],
    ]);
  });

  test('clears a table that was there before the suspend, rather than put it in use', () => {
    const made = run([suspend(), step(STATUS, bare({ name: 'gone' }))], [{ ...live, inactive: 'foreign' }]);
    expect(undone(made)).toEqual([
      [0, CLEAR],
      [0, SUSPEND],
    ]);
    expect(made.kernel.devices).toMatchObject([{ active: 'old', inactive: null, suspended: false }]);
  });
});

describe('a resume', () => {
  test('that fails in the swap leaves no device suspended that was not', () => {
    const made = run([load(), resume()], [live], { swapErrno: EINVAL });
    expect(failed(made)).toMatchObject({ step: 1, errno: EINVAL, rollback: { complete: true } });
    expect(made.kernel.devices).toMatchObject([{ active: 'old', inactive: null, suspended: false }]);
  });

  test('that fails in the swap leaves a device suspended that already was', () => {
    const made = run([load(), resume()], [{ ...live, suspended: true }], { swapErrno: EINVAL });
    expect(made.kernel.devices).toMatchObject([{ active: 'old', suspended: true }]);
    expect(failed(made).rollback?.undone.map(([, command]) => command)).toEqual([CLEAR]);
  });

  test('that fails on a device that the plan created removes it', () => {
    const made = run([create(), load(), resume()], [], { swapErrno: EINVAL });
    expect(failed(made).rollback).toMatchObject({ complete: true });
    expect(made.kernel.devices).toEqual([]);
  });

  test('is never undone: what fails behind it reports an incomplete rollback', () => {
    const made = run([load(), suspend(), resume(), step(STATUS, bare({ name: 'gone' }))], [live]);
    expect(failed(made)).toMatchObject({ step: 3, errno: 6, rollback: { complete: false, undone: [] } });
    expect(made.kernel.devices).toMatchObject([{ active: 'new', suspended: false }]);
    expect(made.nodes).toEqual(new Set(['a']));
  });

  test('of a device that the plan created is undone with the device, and its node with it', () => {
    const made = run([create(), load(), resume(), step(STATUS, bare({ name: 'gone' }))]);
    expect(failed(made).rollback).toEqual({ complete: true, undone: [[0, REMOVE, null]] });
    expect(made.kernel.devices).toEqual([]);
    expect(made.nodes.size).toBe(0);
  });
});

describe('a device node', () => {
  test('that cannot be made fails the plan and undoes the create', () => {
    const made = run([create(), load(), resume()], [], { node: (act) => (act === 'appear' ? 17 : 0) });
    expect(failed(made)).toMatchObject({
      name: 'node_failed',
      step: 2,
      errno: 17,
      rollback: { complete: true, undone: [[0, REMOVE, null]] },
    });
    expect(made.kernel.devices).toEqual([]);
  });

  test('that cannot be removed fails the plan, whose remove stays', () => {
    const made = run([remove()], [live], { node: () => 13 });
    expect(failed(made)).toMatchObject({ name: 'node_failed', step: 0, rollback: { complete: false, undone: [] } });
    expect(made.kernel.devices).toEqual([]);
  });

  test('that the undoing cannot remove makes the rollback incomplete', () => {
    const made = run([create(), load(), resume(), step(STATUS, bare({ name: 'gone' }))], [], {
      node: (act) => (act === 'vanish' ? 13 : 0),
    });
    expect(failed(made).rollback).toEqual({ complete: false, undone: [[0, REMOVE, null]] });
  });
});

describe('a policy of own devices', () => {
  const devices = [
    { name: 'ours', uuid: 'OWN-1', active: 'table' },
    { name: 'foreign', uuid: 'LVM-1', active: 'table' },
    { name: 'bare', active: 'table' },
  ];
  const refusal = { name: 'policy_refused', rule: 'own', step: 0, rollback: null };

  test.each<[string, (fields: HeaderFields) => Made]>([
    ['removed', remove],
    ['suspended', suspend],
    ['resumed', resume],
    ['loaded', load],
    ['cleared', clear],
    ['asked about', (fields) => step(STATUS, bare(fields))],
    ['asked for its table', (fields) => step(TABLE_STATUS, query(fields))],
    ['asked for what it lies on', (fields) => step(DEPS, query(fields))],
  ])('lets no other device be %s, by name or by uuid', (_, make) => {
    for (const fields of [{ name: 'foreign' }, { uuid: 'LVM-1' }, { name: 'bare' }]) {
      const made = run([make(fields)], devices, { own: 'OWN-' });
      expect(failed(made)).toMatchObject(refusal);
      expect(made.kernel.calls).toEqual(['status']);
    }
    expect(run([make({ name: 'ours' })], devices, { own: 'OWN-' }).outcome).toHaveProperty('replies');
  });

  test('lets no device be created whose uuid begins otherwise', () => {
    expect(failed(run([create('a', 'LVM-2')], [], { own: 'OWN-' }))).toMatchObject(refusal);
    expect(failed(run([create('a')], [], { own: 'OWN-' }))).toMatchObject(refusal);
    expect(run([create('a', 'OWN-2')], [], { own: 'OWN-' }).outcome).toHaveProperty('replies');
  });
});

describe('removing what the plan created', () => {
  test('is tried again while the device is busy', () => {
    let busy = 4;
    const made = run([create(), load()], [], {
      fault: (call, command) => (call === 3 ? EINVAL : command === REMOVE && busy-- > 0 ? EBUSY : 0),
    });
    expect(made.pauses).toBe(4);
    expect(failed(made).rollback).toEqual({ complete: true, undone: [[0, REMOVE, null]] });
  });

  test('is given up after ten more tries, and reported', () => {
    const made = run([create(), load()], [], {
      fault: (call, command) => (call === 3 ? EINVAL : command === REMOVE ? EBUSY : 0),
    });
    expect(made.pauses).toBe(10);
    expect(failed(made).rollback).toEqual({ complete: false, undone: [[0, REMOVE, EBUSY]] });
    expect(made.kernel.devices).toMatchObject([{ name: 'a' }]);
  });

  test('is by uuid, since a name may be somebody else’s by then', () => {
    const renamed = new ModelKernel();
    let call = 0;
    const outcome = applyPlan(
      { steps: [create('a', 'U'), load()] },
      {
        ioctl(command, payload) {
          if (call++ !== 4) return renamed.ioctl(command, payload);
          renamed.devices[0]!.name = 'b';
          return EINVAL;
        },
        nodes: { appear: () => null, vanish: () => undefined },
        pause: () => undefined,
        own: '',
      },
      NO_JOURNAL,
      () => null,
    );
    expect(outcome).toMatchObject({ failure: { rollback: { complete: true } } });
    expect(renamed.devices).toEqual([]);
  });
});

describe('what cannot be undone', () => {
  const failing = () => step(STATUS, bare({ name: 'gone' }));

  test('a remove, a deferred remove and a clear each make the rollback incomplete', () => {
    expect(failed(run([remove(), failing()], [live])).rollback).toEqual({ complete: false, undone: [] });
    expect(failed(run([clear(), failing()], [{ ...live, inactive: 'x' }])).rollback).toEqual({
      complete: false,
      undone: [],
    });
    const deferred = run([remove({ name: 'a', flags: F_DEFERRED }), failing()], [{ ...live, open: 1 }]);
    expect(failed(deferred).rollback).toEqual({ complete: false, undone: [] });
  });

  test('nothing is said of a rollback when the plan only asked', () => {
    const made = run([step(VERSION, bare()), step(STATUS, bare({ name: 'a' })), failing()], [live]);
    expect(failed(made)).toMatchObject({ step: 2, rollback: null });
  });

  test('a device that stood in the way of a new one stays lost when the new one is undone', () => {
    const made = run([remove(), create(), failing()], [live]);
    expect(failed(made).rollback).toEqual({ complete: false, undone: [[1, REMOVE, null]] });
  });

  test('a device that the plan created and removed is no matter', () => {
    expect(failed(run([create(), load(), remove(), failing()])).rollback).toBeNull();
  });
});

test('an exception that is the executor’s own doing is thrown, after the undoing', () => {
  const kernel = new ModelKernel();
  const broken = () => {
    throw new TypeError('a defect');
  };
  const act = () =>
    applyPlan(
      { steps: [create(), load(), resume()] },
      {
        ioctl: (command, payload) => kernel.ioctl(command, payload),
        nodes: { appear: broken, vanish: () => undefined },
        pause: () => undefined,
        own: '',
      },
      NO_JOURNAL,
      () => null,
    );
  expect(act).toThrow(TypeError);
  expect(kernel.devices).toEqual([]);
});

test('any plan over any devices either works or leaves no device suspended that it suspended', () => {
  const fields = fc.constantFrom<HeaderFields>({ name: 'a' }, { uuid: 'U' }, { name: 'b' });
  const anyStep = fc.oneof(
    fc.constantFrom('a', 'b').map((name) => () => create(name, name === 'a' ? 'U' : '')),
    ...[load, suspend, resume, remove, clear].map((make) => fields.map((f) => () => make(f))),
  );
  const device = (name: string, uuid: string) =>
    fc.option(
      fc.record({
        name: fc.constant(name),
        uuid: fc.constant(uuid),
        active: fc.constantFrom(null, 'old'),
        inactive: fc.constantFrom(null, 'kept'),
        suspended: fc.boolean(),
      }),
    );
  const devices = fc.tuple(device('a', 'U'), device('b', '')).map((all) => all.filter((d) => d !== null));
  const swapErrno = fc.constantFrom(0, 0, EINVAL);
  fc.assert(
    fc.property(
      fc.array(anyStep, { minLength: 1, maxLength: 8 }),
      devices,
      fc.nat(20),
      swapErrno,
      (makes, before, at, swap) => {
        const made = run(
          makes.map((make) => make()),
          before,
          { fault: (call) => (call === at ? EINVAL : 0), swapErrno: swap },
        );
        if (!('failure' in made.outcome)) return;
        const { rollback } = made.outcome.failure;
        const resumeFailed = rollback?.undone.some(([, command, errno]) => command === SUSPEND && errno !== null);
        for (const now of made.kernel.devices) {
          const was = before.find(({ name }) => name === now.name);
          if (was === undefined || was.suspended || was.active === null || resumeFailed) continue;
          expect(now.suspended).toBe(false);
        }
        if (rollback === null || rollback.complete) {
          const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
          expect(names(made.kernel.devices)).toEqual(names(before));
          for (const was of before) {
            expect(made.kernel.devices.find(({ name }) => name === was.name)).toMatchObject({ active: was.active });
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
});
