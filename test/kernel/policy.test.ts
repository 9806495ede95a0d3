/** What a policy allows is done, and what it does not is not, by a real kernel. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import { EXECUTOR, MIB, quote, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [4, 4] });

const PATH = '/run/policy.json';
const [DISK, OTHER] = ['/dev/loop0', '/dev/loop1'];

const POLICY = {
  policy: 1,
  uuidPrefix: 'OWN-',
  clients: [{ stdio: true, rules: ['look', 'images', 'volumes'] }],
  backing: {
    images: [{ loop: true, readOnly: true }],
    data: [{ path: DISK }, { own: true }],
  },
  rules: {
    look: { commands: ['VERSION', 'LIST_DEVICES', 'DEV_STATUS', 'TABLE_STATUS', 'TABLE_DEPS'] },
    images: {
      commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME', 'DEV_REMOVE'],
      namePrefix: 'img-',
      readOnly: true,
      targets: { linear: { backing: ['images'] } },
    },
    volumes: {
      commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_SUSPEND', 'DEV_RESUME', 'DEV_REMOVE'],
      namePrefix: 'vol-',
      targets: { linear: { backing: ['data'] }, zero: {} },
    },
  },
};

const linear = (device: string): string => `0 8 linear ${device} 0`;

async function openWith(policy: object): Promise<DeviceMapper> {
  await kernel.sh(`echo ${quote(JSON.stringify(policy))} > ${PATH}`);
  const flags = ['--jitless', '--disallow-code-generation-from-strings'];
  const command = [process.execPath, ...flags, EXECUTOR, '--stdio', '--policy', PATH];
  return (await kernel.openBy(command, { uuidPrefix: 'OWN-' })).dm;
}

describe('an executor with a policy', () => {
  let dm: DeviceMapper;
  beforeEach(async () => {
    dm = await openWith(POLICY);
  });
  afterEach(() => dm.close());

  it('makes and removes what the rules allow', async () => {
    await dm.create({ name: 'img-1', table: linear(OTHER), readOnly: true });
    expect((await kernel.read('/dev/mapper/img-1', 0, 512)).length).toBe(512);
    await dm.create({ name: 'vol-1', table: linear(DISK) });
    await dm.reload('vol-1', { table: '0 8 zero' });
    await dm.create({ name: 'vol-2', table: linear('/dev/mapper/vol-1') });
    expect((await dm.list()).map(({ name }) => name).sort()).toEqual(['img-1', 'vol-1', 'vol-2']);
    for (const name of ['vol-2', 'vol-1', 'img-1']) await dm.remove(name);
  });

  it('holds all threads of the executor to a filter of system calls', async () => {
    const status = await kernel.sh(`cat /proc/$(pgrep -f "^[^ ]*node.* ${EXECUTOR} .*--policy ${PATH}")/task/*/status`);
    const modes = status.match(/^Seccomp:.*/gm)!;
    expect(modes.length).toBeGreaterThan(5);
    expect(new Set(modes)).toEqual(new Set(['Seccomp:\t2']));
  });

  it.each<[string, Parameters<DeviceMapper['create']>[0], string]>([
    ['a name', { name: 'x', table: '0 8 zero' }, 'volumes.namePrefix'],
    ['a table for writing', { name: 'img-1', table: linear(OTHER) }, 'volumes.namePrefix'],
    ['a type', { name: 'vol-1', table: '0 8 error' }, 'volumes.targets.error'],
    ['a uuid', { name: 'vol-1', uuid: 'LVM-1', table: '0 8 zero' }, 'uuidPrefix'],
  ])('refuses %s that no rule has, before anything is done', async (_, request, rule) => {
    await expect(dm.create(request)).rejects.toMatchObject({
      code: 'policy_refused',
      rule,
      remedy: expect.any(String),
    });
    expect(await kernel.sh('dmsetup ls')).toBe('No devices found');
  });

  it('refuses a table that turns out to lie on another device, whatever its params say, and leaves nothing', async () => {
    await kernel.sh(`ln -s ${OTHER} /run/alias; dmsetup create foreign --table '0 8 zero' -u LVM-1`);
    for (const device of [OTHER, '/run/alias', '/dev/mapper/foreign'])
      await expect(dm.create({ name: 'vol-1', table: linear(device) }), device).rejects.toMatchObject({
        code: 'device_refused',
        rule: 'backing',
        rollback: { complete: true },
      });
    await expect(dm.create({ name: 'vol-1', table: `${linear(DISK)}\n8 8 linear ${OTHER} 0` })).rejects.toMatchObject({
      code: 'device_refused',
    });
    expect(await kernel.sh('dmsetup ls')).toMatch(/^foreign\t/);
    await kernel.sh('dmsetup remove foreign; rm /run/alias');
  });

  it('keeps the old table of a device whose new one is refused', async () => {
    await dm.create({ name: 'vol-1', table: '0 8 zero' });
    await expect(dm.reload('vol-1', { table: linear(OTHER) })).rejects.toMatchObject({ code: 'device_refused' });
    expect((await kernel.sh('dmsetup table --inactive vol-1; dmsetup table vol-1')).trim()).toBe('0 8 zero');
    await dm.remove('vol-1');
  });

  it('neither touches nor shows what is not ours', async () => {
    await kernel.sh(
      "dmsetup create vol-foreign --table '0 8 zero' -u LVM-1; dmsetup create vol-bare --table '0 8 zero'",
    );
    for (const name of ['vol-foreign', 'vol-bare']) {
      await expect(dm.info(name)).rejects.toMatchObject({ code: 'policy_refused' });
      await expect(dm.remove(name)).rejects.toMatchObject({ code: 'policy_refused' });
    }
    expect(await dm.list()).toEqual([]);
    await kernel.sh('dmsetup remove vol-foreign; dmsetup remove vol-bare');
  });
});

describe('a path of the backing', () => {
  it('is what it led to at the start, and not what has its number later', async () => {
    await kernel.sh(`
      for name in one two; do truncate -s ${MIB} /tmp/$name; done
      losetup /dev/loop5 /tmp/one`);
    const dm = await openWith({ ...POLICY, backing: { ...POLICY.backing, data: [{ path: '/dev/loop5' }] } });
    await dm.create({ name: 'vol-1', table: linear('/dev/loop5') });
    await dm.remove('vol-1');
    await kernel.sh('losetup -d /dev/loop5; losetup /dev/loop5 /tmp/two');
    await expect(dm.create({ name: 'vol-1', table: linear('/dev/loop5') })).rejects.toMatchObject({
      code: 'device_refused',
    });
    await dm.close();
    await kernel.sh('losetup -d /dev/loop5; rm /tmp/one /tmp/two');
  });

  it('may lead to a partition', async () => {
    await kernel.sh(`
      truncate -s ${4 * MIB} /tmp/parted; losetup -P /dev/loop6 /tmp/parted; addpart /dev/loop6 1 8 1000
      mknod /run/part b $(tr : ' ' < /sys/block/loop6/loop6p1/dev)`);
    const dm = await openWith({ ...POLICY, backing: { ...POLICY.backing, data: [{ path: '/run/part' }] } });
    await dm.create({ name: 'vol-1', table: linear('/run/part') });
    await dm.remove('vol-1');
    await dm.close();
    await kernel.sh('losetup -d /dev/loop6; rm /run/part /tmp/parted');
  });
});

describe('the limit of devices', () => {
  it('holds for those that there are', async () => {
    const dm = await openWith({ ...POLICY, limits: { devices: 1 } });
    await dm.create({ name: 'vol-1', table: '0 8 zero' });
    const refused = { code: 'policy_refused', rule: 'limits.devices' };
    await expect(dm.create({ name: 'vol-2', table: '0 8 zero' })).rejects.toMatchObject(refused);
    await dm.remove('vol-1');
    await expect(dm.create({ name: 'vol-2', noTable: true })).rejects.toMatchObject(refused);
    await dm.create({ name: 'vol-2', table: '0 8 zero' });
    await dm.remove('vol-2');
    await dm.close();
  });
});

describe('a policy that cannot be taken', () => {
  it('is named, with the place in it, and nothing is forwarded', async () => {
    await expect(openWith({ ...POLICY, limits: { device: 1 } })).rejects.toMatchObject({
      code: 'bad_policy',
      message: expect.stringContaining('limits.device is not a key here'),
    });
  });

  it('may be one that others can write', async () => {
    await kernel.sh(`touch ${PATH}; chmod 666 ${PATH}`);
    await expect(openWith(POLICY)).rejects.toMatchObject({
      code: 'bad_policy',
      message: expect.stringContaining(`${PATH} can be written by others than root`),
    });
    await kernel.sh(`rm ${PATH}`);
  });
});
