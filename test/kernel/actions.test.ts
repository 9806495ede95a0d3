import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DeviceRef } from '../../src/device-mapper.ts';
import type { DmError } from '../../src/errors.ts';
import { error, linear, striped, type TableTarget, zero } from '../../src/targets.ts';
import { KERNEL, pattern, quote, SECTOR, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [1, 1, 1] });

/** 8 sectors of the first disk, from `offset` on. */
const piece = (offset: number, length = 8): TableTarget => linear({ length, device: kernel.disks[0]!, offset });

/** The table as text, devices as numbers. */
const text = async (device: DeviceRef, inactive = false): Promise<string[]> =>
  (await kernel.dm.table(device, { inactive })).map(({ start, length, type, params }) =>
    `${start} ${length} ${type} ${params}`.trim(),
  );

const failure = (call: Promise<unknown>): Promise<DmError> =>
  call.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: DmError) => error,
  );

async function withDevice(targets: TableTarget[], use: (path: string) => Promise<void>): Promise<void> {
  const { path } = await kernel.dm.create({ name: 'it', targets });
  try {
    await use(path!);
  } finally {
    await kernel.dm.remove('it');
  }
}

it('a device that is planned with a minor number gets it, whoever may hand the kernel such bytes', async () => {
  const { steps } = kernel.dm.planner.plan({ action: 'create', name: 'fixed', minor: 300, noTable: true });
  const payload = Buffer.from(steps[0]!.payload).toString('hex');
  const ioctl = `open(my $f, "+<", "/dev/mapper/control") or die; my $b = pack("H*", "${payload}"); ioctl($f, 0xC138FD03, $b) or die`;
  await kernel.sh(`perl -e ${quote(ioctl)}`);
  expect((await kernel.dm.info('fixed')).dev.minor).toBe(300);
  await kernel.dm.remove('fixed');
  const refused = await failure(kernel.dm.create({ name: 'fixed', minor: 300, noTable: true }));
  expect(refused).toMatchObject({ code: 'minor_not_chosen', rule: 'flags' });
});

it('version tells the interface of the running kernel', async () => {
  const minor = { '6.1': 47, '6.12': 48, '7.2': 50 }[KERNEL];
  expect(await kernel.dm.version()).toEqual([4, minor, 0]);
});

describe('one device', () => {
  it('is created, asked about in every way, and removed', async () => {
    const { dm } = kernel;
    const created = await dm.create({ name: 'it', targets: [piece(16), zero({ length: 4 })] });
    expect(created).toEqual({ name: 'it', uuid: '', dev: { major: 254, minor: 0 }, path: '/dev/mapper/it' });
    expect(await dm.info('it')).toEqual({
      name: 'it',
      uuid: '',
      dev: created.dev,
      suspended: false,
      readOnly: false,
      liveTable: true,
      inactiveTable: false,
      deferredRemove: false,
      openCount: 0,
      eventNr: 0,
      targetCount: 2,
    });
    expect(await text('it')).toEqual(['0 8 linear 7:0 16', '8 4 zero']);
    expect(await dm.status('it')).toEqual([
      { start: 0n, length: 8n, type: 'linear', params: '' },
      { start: 8n, length: 4n, type: 'zero', params: '' },
    ]);
    expect(await dm.deps('it')).toEqual([{ major: 7, minor: 0 }]);
    expect(await dm.list()).toEqual([{ name: 'it', dev: created.dev, eventNr: 0 }]);
    await dm.remove('it');
    expect(await dm.list()).toEqual([]);
  });

  it('takes every action by its uuid', async () => {
    const { dm } = kernel;
    const device = { uuid: 'TEST-0123.:=@#+-_' };
    await dm.create({ name: 'it', ...device, targets: [piece(0)] });
    expect(await dm.list({ uuids: true })).toMatchObject([{ name: 'it', uuid: device.uuid }]);
    expect(await dm.load(device, { targets: [piece(8)] })).toMatchObject({ ...device, inactiveTable: true });
    expect(await dm.clear(device)).toMatchObject({ ...device, inactiveTable: false });
    expect(await dm.reload(device, { targets: [piece(16)] })).toMatchObject({ ...device, suspended: false });
    expect(await dm.suspend(device)).toMatchObject({ ...device, suspended: true });
    expect(await dm.resume(device)).toMatchObject({ ...device, suspended: false });
    expect(await dm.info(device)).toMatchObject({ name: 'it', ...device, liveTable: true });
    expect(await text(device)).toEqual(['0 8 linear 7:0 16']);
    expect(await dm.status(device)).toHaveLength(1);
    expect(await dm.deps(device)).toEqual([{ major: 7, minor: 0 }]);
    await dm.remove(device);
    expect(await failure(dm.info(device))).toMatchObject({ code: 'no_such_device' });
  });

  it('without a table has no node, and gets one when a table is loaded and resumed', async () => {
    const { dm } = kernel;
    expect(await dm.create({ name: 'it', noTable: true })).toMatchObject({ path: undefined });
    expect(await dm.info('it')).toMatchObject({ liveTable: false, inactiveTable: false, suspended: false });
    expect(await text('it')).toEqual([]);
    expect(await kernel.sh('ls /dev/mapper')).toBe('control');
    await dm.load('it', { targets: [piece(0)] });
    await dm.resume('it');
    expect(await kernel.sh('stat -c %F /dev/mapper/it')).toBe('block special file');
    await dm.remove('it');
  });

  it('is asked about its inactive table as about its live one', async () => {
    const { dm } = kernel;
    await withDevice([piece(0)], async () => {
      expect(await text('it', true)).toEqual([]);
      expect(await dm.deps('it', { inactive: true })).toEqual([]);
      const second = linear({ length: 8, device: kernel.disks[1]!, offset: 24 });
      await dm.load('it', { targets: [second, zero({ length: 8 })] });
      expect(await text('it')).toEqual(['0 8 linear 7:0 0']);
      expect(await text('it', true)).toEqual(['0 8 linear 7:1 24', '8 8 zero']);
      expect(await dm.status('it', { inactive: true })).toHaveLength(2);
      expect(await dm.deps('it', { inactive: true })).toEqual([{ major: 7, minor: 1 }]);
      expect(await dm.info('it', { inactive: true })).toMatchObject({ targetCount: 2, inactiveTable: true });
      expect(await dm.info('it')).toMatchObject({ targetCount: 1, inactiveTable: true });
      await dm.clear('it');
      expect(await text('it', true)).toEqual([]);
    });
  });

  it('that is resumed takes its inactive table', async () => {
    await withDevice([piece(0)], async () => {
      await kernel.dm.load('it', { targets: [piece(32)] });
      await kernel.dm.resume('it');
      expect(await text('it')).toEqual(['0 8 linear 7:0 32']);
      expect(await kernel.dm.info('it')).toMatchObject({ inactiveTable: false, suspended: false });
    });
  });

  it('that is suspended holds I/O back until it is resumed', async () => {
    await withDevice([piece(0)], async (path) => {
      await kernel.dm.suspend('it');
      const late = 'dd of=/dev/null bs=512 count=1 iflag=direct status=none';
      expect(await kernel.guest.run(`timeout -s KILL 0.3 ${late} if=${kernel.disks[1]}`)).toMatchObject({ code: 0 });
      const reading = kernel.guest.run(`${late} if=${path}`);
      expect(await Promise.race([reading, sleep(300, 'held back')])).toBe('held back');
      expect(await kernel.dm.resume('it')).toMatchObject({ suspended: false });
      expect(await reading).toMatchObject({ code: 0 });
    });
  });

  it('that is read-only says so, and is writable again with another table', async () => {
    const { dm } = kernel;
    const { path } = await dm.create({ name: 'it', readOnly: true, targets: [piece(0)] });
    expect(await dm.info('it')).toMatchObject({ readOnly: true });
    expect(await kernel.write(path!, 0, pattern(SECTOR))).toBe('EPERM');
    expect(await dm.reload('it', { targets: [piece(0)] })).toMatchObject({ readOnly: false });
    expect(await kernel.write(path!, 0, pattern(SECTOR))).toBeUndefined();
    await dm.remove('it');
  });

  it('may have a name with a blank, written as \\x20', async () => {
    const { path } = await kernel.dm.create({ name: 'a\\x20b', targets: [piece(0)] });
    expect(path).toBe('/dev/mapper/a\\x20b');
    expect(await kernel.sh('dmsetup ls')).toBe('a b\t(254:0)');
    expect(await kernel.dm.list()).toMatchObject([{ name: 'a\\x20b' }]);
    expect(await kernel.sh(`blockdev --getsz '${path}'`)).toBe('8');
    await kernel.dm.remove('a\\x20b');
  });
});

describe('a reload', () => {
  it('puts another table to use in one go', async () => {
    await withDevice([piece(0)], async () => {
      const info = await kernel.dm.reload('it', { targets: [piece(8), zero({ length: 8 })] });
      expect(info).toMatchObject({ suspended: false, inactiveTable: false, targetCount: 2 });
      expect(await text('it')).toEqual(['0 8 linear 7:0 8', '8 8 zero']);
    });
  });

  const expectOldTable = async (): Promise<void> => {
    expect(await text('it')).toEqual(['0 8 linear 7:0 0']);
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: false, liveTable: true });
    expect(await kernel.read('/dev/mapper/it', 0, SECTOR)).toHaveLength(SECTOR);
  };

  it('keeps the old table in use when the new one is refused at its load', async () => {
    await withDevice([piece(0)], async () => {
      const missing = linear({ length: 8, device: '/dev/nothing', offset: 0 });
      const error = await failure(kernel.dm.reload('it', { targets: [missing] }));
      expect(error).toMatchObject({ code: 'backing_device_missing', step: { index: 0, command: 'TABLE_LOAD' } });
      expect(error.rollback).toBeUndefined();
      await expectOldTable();
    });
  });

  it('keeps the old table in use when the new one is refused only at its resume', async () => {
    // dm_calculate_queue_limits looks past the end of a device at the first load, and of a live device at the swap.
    await withDevice([piece(0)], async () => {
      const error = await failure(kernel.dm.reload('it', { targets: [piece(2040, 16)] }));
      expect(error).toMatchObject({ errno: { name: 'EINVAL' }, step: { index: 2, command: 'DEV_SUSPEND' } });
      expect(error.rollback).toEqual({
        complete: true,
        undone: [
          { step: 0, command: 'TABLE_CLEAR' },
          { step: 1, command: 'DEV_SUSPEND' },
        ],
      });
      await expectOldTable();
    });
  });

  it('in the form of a load and a resume keeps the old table in use too', async () => {
    await withDevice([piece(0)], async () => {
      await kernel.dm.load('it', { targets: [piece(2040, 16)] });
      const error = await failure(kernel.dm.resume('it'));
      expect(error).toMatchObject({ errno: { name: 'EINVAL' }, rollback: { complete: true } });
      await expectOldTable();
    });
  });
});

describe('a deferred remove', () => {
  it('of a device that nobody has open removes it at once', async () => {
    await kernel.dm.create({ name: 'it', targets: [piece(0)] });
    await kernel.dm.remove('it', { deferred: true });
    expect(await kernel.dm.list()).toEqual([]);
  });

  it('of an open device waits for its last close', async () => {
    const { path } = await kernel.dm.create({ name: 'it', targets: [piece(0)] });
    await kernel.sh(`sleep 5 < ${path} > /dev/null 2>&1 & echo $! > /tmp/sleeper`);
    await expect.poll(async () => (await kernel.dm.info('it')).openCount).toBe(1);
    await kernel.dm.remove('it', { deferred: true });
    expect((await kernel.guest.run(`test -e ${path}`)).code).toBe(1);
    expect(await kernel.dm.info('it')).toMatchObject({ deferredRemove: true, openCount: 1 });
    await kernel.sh('kill $(cat /tmp/sleeper)');
    await expect.poll(() => kernel.dm.list()).toEqual([]);
  });
});

describe('an error', () => {
  it('device_busy names the holders and the open count', async () => {
    await withDevice([piece(0)], async (path) => {
      await kernel.dm.create({ name: 'above', targets: [linear({ length: 8, device: path, offset: 0 })] });
      const error = await failure(kernel.dm.remove('it'));
      expect(error).toMatchObject({ code: 'device_busy', holders: ['dm-1'], openCount: 1, retryable: true });
      expect(error.message).toContain('open count 1; held by dm-1');
      await kernel.dm.remove('above');
    });
  });

  it('device_busy of a device that a program has open has a count and no holders', async () => {
    await withDevice([piece(0)], async (path) => {
      await kernel.sh(`sleep 5 < ${path} > /dev/null 2>&1 & echo $! > /tmp/sleeper`);
      await expect.poll(async () => (await kernel.dm.info('it')).openCount).toBe(1);
      expect(await failure(kernel.dm.remove('it'))).toMatchObject({ code: 'device_busy', holders: [], openCount: 1 });
      await kernel.sh('kill $(cat /tmp/sleeper)');
      await expect.poll(async () => (await kernel.dm.info('it')).openCount).toBe(0);
    });
  });

  it('device_exists is said of a name and of a uuid that are taken', async () => {
    const { dm } = kernel;
    await dm.create({ name: 'it', uuid: 'U-1', noTable: true });
    const taken = { code: 'device_exists', errno: { name: 'EBUSY' }, step: { index: 0 }, rollback: undefined };
    expect(await failure(dm.create({ name: 'it', noTable: true }))).toMatchObject(taken);
    expect(await failure(dm.create({ name: 'other', uuid: 'U-1', noTable: true }))).toMatchObject(taken);
    await dm.remove('it');
  });

  it('no_such_device is what every action says of a device that is not there', async () => {
    const { dm } = kernel;
    const calls = [
      dm.remove('nobody'),
      dm.load('nobody', { targets: [piece(0)] }),
      dm.reload('nobody', { targets: [piece(0)] }),
      dm.clear('nobody'),
      dm.suspend('nobody'),
      dm.resume('nobody'),
      dm.info('nobody'),
      dm.status('nobody'),
      dm.table('nobody'),
      dm.deps('nobody'),
      dm.remove({ uuid: 'NOBODY' }),
    ];
    const codes = (await Promise.all(calls.map(failure))).map(({ code, errno }) => `${code} ${errno?.name}`);
    expect(codes).toEqual(calls.map(() => 'no_such_device ENXIO'));
  });

  it('backing_device_missing leaves nothing of a create', async () => {
    const missing = linear({ length: 8, device: '/dev/nothing', offset: 0 });
    expect(await failure(kernel.dm.create({ name: 'it', targets: [missing] }))).toMatchObject({
      code: 'backing_device_missing',
      step: { index: 1, command: 'TABLE_LOAD' },
      rollback: { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] },
    });
  });

  it('table_refused is said of an area past the end of a device', async () => {
    expect(await failure(kernel.dm.create({ name: 'it', targets: [piece(2041)] }))).toMatchObject({
      code: 'table_refused',
      errno: { name: 'EINVAL' },
      rollback: { complete: true },
    });
  });

  it('table_refused is said of a target that no module brings', async () => {
    const targets = [{ type: 'frobnicate', length: 8, params: 'x' }];
    expect(await failure(kernel.dm.create({ name: 'it', targets }))).toMatchObject({ code: 'table_refused' });
  });

  it('is not made of a writable table over a read-only disk, which no kernel refuses here', async () => {
    const [, , disk] = kernel.disks as [string, string, string];
    await kernel.sh(`blockdev --setro ${disk}`);
    await withDevice([linear({ length: 8, device: disk, offset: 0 })], async () => {
      expect(await kernel.dm.info('it')).toMatchObject({ readOnly: false });
    });
    await kernel.sh(`blockdev --setrw ${disk}`);
  });

  it('backing_device_busy is said of a device that something has claimed', async () => {
    const disk = kernel.disks[2]!;
    await kernel.sh(`mke2fs -q -F ${disk} && mkdir -p /tmp/mnt && mount ${disk} /tmp/mnt`);
    const targets = [linear({ length: 8, device: disk, offset: 0 })];
    expect(await failure(kernel.dm.create({ name: 'it', targets }))).toMatchObject({
      code: 'backing_device_busy',
      retryable: true,
      rollback: { complete: true },
    });
    await kernel.sh('umount /tmp/mnt');
  });

  it('resume_refused is said of a resume of a suspended device without any', async () => {
    await kernel.dm.create({ name: 'it', noTable: true });
    await kernel.dm.suspend('it');
    expect(await failure(kernel.dm.resume('it'))).toMatchObject({ code: 'resume_refused', errno: { name: 'EINVAL' } });
    expect(await kernel.dm.info('it')).toMatchObject({ suspended: true, liveTable: false });
    await kernel.dm.remove('it');
  });

  it('is not made of a resume of a device that never had a table', async () => {
    await kernel.dm.create({ name: 'it', noTable: true });
    expect(await kernel.dm.resume('it')).toMatchObject({ suspended: false, liveTable: false });
    await kernel.dm.remove('it');
  });
});

describe('an answer that is larger than its buffer', () => {
  it('of 300 devices is asked for again until it fits, and is sorted by name', async () => {
    const { dm } = kernel;
    const names = Array.from({ length: 300 }, (_, index) => `device-${String(index).padStart(3, '0')}`);
    for (const name of names.toReversed()) await dm.create({ name, noTable: true });
    expect((await dm.list({ bufferSize: 512 })).map(({ name }) => name)).toEqual(names);
    expect(await dm.list({ bufferSize: 512, uuids: true })).toHaveLength(300);
    for (const name of names) await dm.remove(name);
  });

  it('of 2,000 targets is asked for again until it fits', async () => {
    const targets = Array.from({ length: 2000 }, (_, index) =>
      index % 2 === 0 ? piece(index % 1024, 1) : zero({ length: 1 }),
    );
    await withDevice(targets, async () => {
      const table = await kernel.dm.table('it', { bufferSize: 512 });
      expect(table).toHaveLength(2000);
      expect(table.at(-2)).toMatchObject({ start: 1998n, length: 1n, type: 'linear', params: `7:0 ${1998 % 1024}` });
      expect(await kernel.dm.status('it', { bufferSize: 512 })).toHaveLength(2000);
      expect(await kernel.dm.deps('it', { bufferSize: 320 })).toEqual([{ major: 7, minor: 0 }]);
    });
  });
});

describe('sectors', () => {
  it('of a linear device are those of the disk, from the offset on', async () => {
    await withDevice([piece(101, 3), piece(11, 5)], async (path) => {
      const bytes = pattern(8 * SECTOR, 3);
      expect(await kernel.write(path, 0, bytes)).toBeUndefined();
      await kernel.dropCaches();
      const [disk] = kernel.disks as [string];
      expect(await kernel.read(disk, 101 * SECTOR, 3 * SECTOR)).toEqual(bytes.subarray(0, 3 * SECTOR));
      expect(await kernel.read(disk, 11 * SECTOR, 5 * SECTOR)).toEqual(bytes.subarray(3 * SECTOR));
    });
  });

  it('of a striped device are dealt out by the chunk', async () => {
    const [first, second, third] = kernel.disks as [string, string, string];
    const stripes = [
      { device: first, offset: 64 },
      { device: second, offset: 128 },
      { device: third, offset: 0 },
    ];
    await withDevice([striped({ length: 48, chunkSize: 8, stripes })], async (path) => {
      const bytes = pattern(48 * SECTOR, 5);
      expect(await kernel.write(path, 0, bytes)).toBeUndefined();
      await kernel.dropCaches();
      for (const [index, { device, offset }] of stripes.entries()) {
        const chunks = [index, index + 3].map((chunk) => bytes.subarray(chunk * 8 * SECTOR, (chunk + 1) * 8 * SECTOR));
        expect(await kernel.read(device, offset * SECTOR, 16 * SECTOR), device).toEqual(Buffer.concat(chunks));
      }
      expect(await text('it')).toEqual(['0 48 striped 3 8 7:0 64 7:1 128 7:2 0']);
    });
  });

  it('of an error and of a zero target read as they should', async () => {
    await withDevice([zero({ length: 8 }), error({ length: 8 })], async (path) => {
      expect(await kernel.read(path, 0, 8 * SECTOR)).toEqual(Buffer.alloc(8 * SECTOR));
      expect(await kernel.read(path, 8 * SECTOR, SECTOR)).toBe('EIO');
    });
  });
});

describe('the node', () => {
  const isNode = async (path: string): Promise<void> => {
    const { dev } = await kernel.dm.info('it');
    const number = `${dev.major.toString(16)}:${dev.minor.toString(16)}`;
    expect(await kernel.sh(`stat -c '%F %t:%T %a' ${path}`)).toBe(`block special file ${number} 600`);
  };

  it('is a block node with the number of the device, and is gone after the remove', async () => {
    await withDevice([piece(0)], isNode);
    expect(await kernel.sh('ls /dev/mapper')).toBe('control');
  });

  const stale: [string, string][] = [
    ['of another device', 'mknod /dev/mapper/it b 7 1'],
    ['that is a link to nowhere', 'ln -s /dev/nowhere /dev/mapper/it'],
    ['that is a link to another device', 'ln -s ../loop1 /dev/mapper/it'],
  ];
  it.each(stale)('replaces a stale one %s', async (_, make) => {
    await kernel.sh(make);
    await withDevice([piece(0)], isNode);
    expect(await kernel.sh('ls /dev/mapper; stat -c %F /dev/loop1')).toBe('control\nblock special file');
  });

  it('that is a link to the device is kept', async () => {
    await kernel.sh('ln -s ../dm-0 /dev/mapper/it');
    await withDevice([piece(0)], async (path) => {
      expect(await kernel.sh(`readlink ${path}`)).toBe('../dm-0');
    });
  });

  it.each([
    ['a file', 'echo mine > /dev/mapper/it', 'cat /dev/mapper/it'],
    ['a folder', 'mkdir /dev/mapper/it && echo mine > /dev/mapper/it/file', 'cat /dev/mapper/it/file'],
  ])('does not take the place of %s, and everything is undone', async (_, make, show) => {
    await kernel.sh(make);
    const error = await failure(kernel.dm.create({ name: 'it', targets: [piece(0)] }));
    expect(error).toMatchObject({
      code: 'node_failed',
      errno: { name: 'EEXIST' },
      step: { index: 2, command: 'DEV_SUSPEND' },
      rollback: { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] },
    });
    expect(await kernel.dm.list()).toEqual([]);
    expect(await kernel.sh(`${show}; rm -r /dev/mapper/it`)).toBe('mine');
  });
});

describe('a command that takes long', () => {
  /** A read that takes long, of a device below, holds every suspend up for as long. */
  async function withSlowDevice(use: () => Promise<void>): Promise<void> {
    const params = `${kernel.disks[0]} 0 1500`;
    const below = await kernel.dm.create({ name: 'below', targets: [{ type: 'delay', length: 8, params }] });
    const targets = [linear({ length: 8, device: below.path!, offset: 0 })];
    await withDevice(targets, async (path) => {
      const reading = kernel.guest.run(`dd if=${path} of=/dev/null bs=512 count=1 iflag=direct status=none`);
      await expect.poll(() => kernel.sh('cat /sys/block/dm-1/inflight')).toMatch(/^ +1 /);
      try {
        await use();
      } finally {
        expect(await reading).toMatchObject({ code: 0 });
      }
    });
    await kernel.dm.remove('below');
  }

  it('does not keep the executor from answering', async () => {
    await withSlowDevice(async () => {
      const begun = performance.now();
      const suspended = kernel.dm.suspend('it');
      await kernel.dm.executor.ping();
      expect(performance.now() - begun).toBeLessThan(300);
      await suspended;
      expect(performance.now() - begun).toBeGreaterThan(300);
      await kernel.dm.resume('it');
    });
  });

  it.each<[string, () => object, string]>([
    ['an abort', () => ({ signal: AbortSignal.timeout(300) }), 'cancelled'],
    ['a deadline', () => ({ deadline: 300 }), 'deadline_exceeded'],
  ])('is followed by no other after %s, and what was done is undone', async (_, options, code) => {
    await withSlowDevice(async () => {
      const error = await failure(kernel.dm.reload('it', { targets: [piece(0)], ...options() }));
      expect(error).toMatchObject({ code, step: undefined, errno: undefined });
      expect(error.rollback).toEqual({
        complete: true,
        undone: [
          { step: 0, command: 'TABLE_CLEAR' },
          { step: 1, command: 'DEV_SUSPEND' },
        ],
      });
      expect(await kernel.dm.info('it')).toMatchObject({ suspended: false, inactiveTable: false });
      expect(await kernel.dm.table('it')).toMatchObject([{ params: '254:0 0' }]);
    });
  });
});
