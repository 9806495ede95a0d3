import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/client/connection.ts';
import { type DeviceMapper, openDeviceMapper } from '../../src/device-mapper.ts';
import type { DmError } from '../../src/errors.ts';
import {
  CreateFlags,
  createDevice,
  createVerityTarget,
  createZeroSectorLinearTarget,
  linearTarget,
  removeDevice,
  type Target,
} from '../../src/hcsshim.ts';
import { KERNEL, MIB, pattern, SECTOR, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [1] });

const errorTarget = (start: number, length: number): Target => ({
  type: 'error',
  sectorStart: start,
  lengthInBlocks: length,
  params: '',
});

/** What becomes of a call that has to fail, and how long it took. */
async function failure(call: Promise<unknown>): Promise<{ error: DmError; elapsed: number }> {
  const begun = performance.now();
  const error = await call.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: DmError) => error,
  );
  return { error, elapsed: performance.now() - begun };
}

/** A device-mapper that counts the plans that go through it. */
async function counting(dm: DeviceMapper): Promise<{ dm: DeviceMapper; applied: () => number }> {
  let count = 0;
  const { executor } = dm;
  const counted: Executor = {
    hello: executor.hello,
    apply: (plan, options) => {
      count++;
      return executor.apply(plan, options);
    },
    ping: () => executor.ping(),
    close: async () => {},
  };
  return { dm: await openDeviceMapper({ executor: counted, planner: dm.planner }), applied: () => count };
}

/** hcsshim's validateDevice (internal/guest/storage/devicemapper/devicemapper_test.go). */
async function expectDeadDevice(path: string, sectors: number, writable: boolean): Promise<void> {
  expect(await kernel.sh(`blockdev --getsize64 ${path}`)).toBe(String(sectors * SECTOR));
  expect(await kernel.read(path, 0, SECTOR)).toBe('EIO');
  expect(await kernel.write(path, 0, pattern(SECTOR))).toBe(writable ? 'EIO' : 'EPERM');
}

describe("hcsshim's own integration tests", () => {
  it('createDevice makes an error device that can be opened for writing, and removeDevice removes it', async () => {
    const { dm } = kernel;
    const path = await createDevice('test-device', 0, [errorTarget(0, 1)], { dm });
    expect(path).toBe('/dev/mapper/test-device');
    await expectDeadDevice(path, 1, true);
    await removeDevice('test-device', { dm });
  });

  it('createDevice with CreateFlags.ReadOnly makes an error device that takes no writes', async () => {
    const { dm } = kernel;
    const path = await createDevice('test-device', CreateFlags.ReadOnly, [errorTarget(0, 10)], { dm });
    await expectDeadDevice(path, 10, false);
    await removeDevice('test-device', { dm });
  });

  it('linearTarget stacks a device on an error device', async () => {
    const { dm } = kernel;
    const base = await createDevice('test-basedevice', 0, [errorTarget(0, 100)], { dm });
    const targets = [linearTarget(0, 50, base, 50), linearTarget(50, 50, base, 0)];
    const path = await createDevice('test-device', CreateFlags.ReadOnly, targets, { dm });
    await expectDeadDevice(path, 100, false);
    await removeDevice('test-device', { dm });
    await removeDevice('test-basedevice', { dm });
  });
});

describe('on a disk', () => {
  it('createZeroSectorLinearTarget maps the bytes asked for, read-only', async () => {
    const [disk] = kernel.disks as [string];
    const { dm } = kernel;
    const content = pattern(16 * SECTOR);
    expect(await kernel.write(disk, 5 * SECTOR, content)).toBeUndefined();
    const mapping = { deviceOffsetInBytes: 7 * SECTOR, deviceSizeInBytes: 8 * SECTOR };
    const path = await createZeroSectorLinearTarget(disk, 'dm-linear-pmem0-3584-4096', mapping, { dm });
    expect(await kernel.read(path, 0, MIB)).toEqual(content.subarray(2 * SECTOR, 10 * SECTOR));
    expect(await kernel.write(path, 0, pattern(SECTOR))).toBe('EPERM');
    await removeDevice('dm-linear-pmem0-3584-4096', { dm });
  });

  it('createVerityTarget verifies a device that carries its superblock and tree behind its data', async () => {
    const [disk] = kernel.disks as [string];
    const { dm } = kernel;
    const size = MIB / 2;
    const salt = '5a'.repeat(32);
    const format = await kernel.sh(`
      dd if=/dev/urandom of=${disk} bs=${size} count=1 conv=notrunc,fsync status=none
      veritysetup format --data-blocks=${size / 4096} --hash-offset=${size} --salt=${salt} ${disk} ${disk}`);
    const info = {
      ext4SizeInBytes: size,
      version: 1,
      algorithm: 'sha256',
      superBlock: true,
      rootDigest: /^Root hash:\s*(\S+)/m.exec(format)![1]!,
      salt,
      blockSize: 4096,
    };
    const path = await createVerityTarget(disk, 'dm-verity-pmem0', info, { dm });
    expect(await kernel.sh(`blockdev --getsize64 --getro ${path}`)).toBe(`${size}\n1`);
    await kernel.sh(`cmp -n ${size} ${path} ${disk}`);
    await removeDevice('dm-verity-pmem0', { dm });
  });
});

describe('removeDevice', () => {
  it('of a device that is not there says no_such_device at once', async () => {
    const { dm, applied } = await counting(kernel.dm);
    const { error } = await failure(removeDevice('nobody', { dm }));
    expect(error).toMatchObject({ code: 'no_such_device', errno: { name: 'ENXIO' }, retryable: false });
    expect(applied()).toBe(1);
  });

  it('of a device that stays busy tries ten times and says device_busy', async () => {
    await createDevice('base', 0, [errorTarget(0, 8)], { dm: kernel.dm });
    await createDevice('above', 0, [linearTarget(0, 8, '/dev/mapper/base', 0)], { dm: kernel.dm });
    const { dm, applied } = await counting(kernel.dm);
    const { error, elapsed } = await failure(removeDevice('base', { dm }));
    expect(error).toMatchObject({ code: 'device_busy', errno: { name: 'EBUSY' }, openCount: 1 });
    expect(elapsed).toBeGreaterThan(9 * 10);
    // One removal and one question for the open count, ten times.
    expect(applied()).toBe(20);
    await removeDevice('above', { dm });
    await removeDevice('base', { dm });
  });

  it('succeeds where the device comes free between two attempts', async () => {
    const { dm } = kernel;
    await createDevice('held', 0, [errorTarget(0, 8)], { dm });
    await kernel.sh('sh -c "sleep 0.15 < /dev/mapper/held" > /dev/null 2>&1 & sleep 0.05');
    await removeDevice('held', { dm });
  });
});

describe('a device that appears late', () => {
  const mapping = { deviceOffsetInBytes: 0, deviceSizeInBytes: 8 * SECTOR };

  it('without a node at first is waited for', async () => {
    const { dm } = kernel;
    await kernel.sh('truncate -s 1M /tmp/late && (sleep 0.3; losetup /dev/loop20 /tmp/late) > /dev/null 2>&1 &');
    const begun = performance.now();
    const path = await createZeroSectorLinearTarget('/dev/loop20', 'late', mapping, { dm });
    expect(performance.now() - begun).toBeGreaterThan(200);
    expect(await kernel.read(path, 0, SECTOR)).toEqual(Buffer.alloc(SECTOR));
    await removeDevice('late', { dm });
    await kernel.sh('losetup -d /dev/loop20; rm /tmp/late');
  });

  it('with a node but without a driver at first is waited for', async () => {
    const { dm } = kernel;
    const [disk] = kernel.disks as [string];
    await kernel.sh(`mknod /dev/late b 240 0; (sleep 0.3; ln -sf ${disk} /dev/late) > /dev/null 2>&1 &`);
    const { error } = await failure(createZeroSectorLinearTarget('/dev/late', 'late', mapping, { dm, deadline: 90 }));
    expect(error).toMatchObject({ code: 'backing_device_missing', errno: { name: 'ENXIO' } });
    await createZeroSectorLinearTarget('/dev/late', 'late', mapping, { dm });
    await removeDevice('late', { dm });
    await kernel.sh('rm /dev/late');
  });

  /** lookup_bdev's ENOENT reaches the caller since 6.5 only; before, dm_get_device makes it ENODEV. */
  const missing = { '6.1': 'ENODEV', '6.12': 'ENOENT', '7.2': 'ENOENT' }[KERNEL];

  it('and never comes is named in the error', async () => {
    const { dm } = kernel;
    const { error } = await failure(createZeroSectorLinearTarget('/dev/never', 'late', mapping, { dm, deadline: 99 }));
    expect(error).toMatchObject({
      code: 'backing_device_missing',
      errno: { name: missing },
      step: { index: 1, command: 'TABLE_LOAD' },
      rollback: { complete: true },
    });
    expect(error.message).toContain('device=/dev/never, offset=0');
  });

  it('and never comes is waited for until the deadline', async () => {
    const { dm, applied } = await counting(kernel.dm);
    const { error, elapsed } = await failure(
      createZeroSectorLinearTarget('/dev/never', 'late', mapping, { dm, deadline: 450 }),
    );
    // The deadline may well pass inside the last attempt.
    expect(['backing_device_missing', 'deadline_exceeded']).toContain(error.code);
    expect(applied()).toBeGreaterThan(2);
    expect(elapsed).toBeGreaterThan(300);
    expect(elapsed).toBeLessThan(800);
  });

  it('is no longer waited for when the signal is aborted', async () => {
    const { dm } = kernel;
    const signal = AbortSignal.timeout(250);
    const { error, elapsed } = await failure(
      createZeroSectorLinearTarget('/dev/never', 'late', mapping, { dm, signal }),
    );
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(elapsed).toBeGreaterThan(200);
    expect(elapsed).toBeLessThan(600);
  });

  it('is waited for by createVerityTarget too', async () => {
    const { dm, applied } = await counting(kernel.dm);
    const info = {
      ext4SizeInBytes: 8192,
      version: 1,
      algorithm: 'sha256',
      superBlock: true,
      rootDigest: '00'.repeat(32),
      salt: '',
      blockSize: 4096,
    };
    const { error } = await failure(createVerityTarget('/dev/never', 'late', info, { dm, deadline: 250 }));
    expect(error.message).toContain('failed to create dm-verity target for device=/dev/never');
    expect(applied()).toBeGreaterThan(1);
  });
});

it('a name that is taken is not retried, and the error says device_exists', async () => {
  const [disk] = kernel.disks as [string];
  await createDevice('taken', 0, [errorTarget(0, 8)], { dm: kernel.dm });
  const { dm, applied } = await counting(kernel.dm);
  const mapping = { deviceOffsetInBytes: 0, deviceSizeInBytes: 8 * SECTOR };
  const { error } = await failure(createZeroSectorLinearTarget(disk, 'taken', mapping, { dm }));
  expect(error).toMatchObject({ code: 'device_exists', errno: { name: 'EBUSY' }, retryable: false });
  expect(applied()).toBe(1);
  expect(await kernel.dm.table('taken')).toMatchObject([{ type: 'error' }]);
  await removeDevice('taken', { dm });
});
