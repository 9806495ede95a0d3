import { beforeEach, describe, expect, it } from 'vitest';
import { createDevice, type DeviceMapper, linearTarget, loadPlanner, openDeviceMapper } from '../../../src/index.ts';
import { FakeKernel } from './fake-kernel.ts';
import { StubExecutor } from './stub-executor.ts';

const planner = await loadPlanner();
const OURS = /^DMPLAN-[0-9a-f]{32}$/;
const data = { name: 'data', noTable: true } as const;

let kernel: FakeKernel;
let dm: DeviceMapper;
const open = (uuidPrefix?: string) =>
  openDeviceMapper({ executor: new StubExecutor(kernel.answer), planner, uuidPrefix });
beforeEach(async () => {
  kernel = new FakeKernel(planner);
  dm = await open('DMPLAN-');
});

describe('a device-mapper with a uuid prefix', () => {
  it('gives every device that is created without a uuid one of its own', async () => {
    const { uuid } = await dm.create(data);
    expect(uuid).toMatch(OURS);
    expect((await dm.create({ ...data, name: 'other' })).uuid).not.toBe(uuid);
  });

  it('leaves the uuid that is asked for', async () => {
    expect(await dm.create({ ...data, uuid: 'LVM-1' })).toMatchObject({ uuid: 'LVM-1' });
  });

  it('gives one to the devices of hcsshim’s functions', async () => {
    await createDevice('img', 0, [linearTarget(0, 8, '/dev/loop0', 0)], { dm });
    expect(kernel.named('img').uuid).toMatch(OURS);
  });

  it('takes one that exists with such a uuid for the same, and none with another', async () => {
    await dm.create(data);
    expect(await dm.create(data, { ifExists: 'same' })).toMatchObject({ existed: true, uuid: kernel.devices[0]!.uuid });
    kernel.add({ name: 'foreign', uuid: 'LVM-1' });
    await expect(dm.create({ ...data, name: 'foreign' }, { ifExists: 'same' })).rejects.toMatchObject({
      code: 'device_differs',
      differences: [{ path: 'uuid', expected: '', actual: 'LVM-1' }],
    });
  });
});

it('without a prefix a device has no uuid unless it is asked for', async () => {
  dm = await open();
  expect(await dm.create(data)).toMatchObject({ uuid: '' });
});

it('with an executor that is held to a prefix, that is the prefix', async () => {
  const executor = new StubExecutor(kernel.answer);
  const held = { ...executor.hello, policy: 'own:HELD-' };
  Object.defineProperty(executor, 'hello', { value: held });
  expect((await (await openDeviceMapper({ executor, planner })).create(data)).uuid).toMatch(/^HELD-[0-9a-f]{32}$/);
});
