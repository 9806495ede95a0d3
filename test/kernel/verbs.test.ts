import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  crypt,
  DmError,
  dust,
  linear,
  striped,
  type TableTarget,
  targetStatus,
  thin,
  thinPool,
  verity,
  zero,
} from '../../src/index.ts';
import type { Expected } from '../../src/live/verify.ts';
import { CLI, quote, useKernel } from './harness.ts';

const kernel = useKernel({ disks: [4, 4, 4] });

interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

const dmsetup = (args: string): Promise<Said> => kernel.guest.run(`dmsetup ${args}`);
const dmplan = (args: string): Promise<Said> => kernel.guest.run(`node ${CLI} ${args}`);

/** Runs both and holds the one against the other: the code, and every byte of standard output. */
async function expectSame(args: string): Promise<string> {
  const [theirs, ours] = [await dmsetup(args), await dmplan(args)];
  const said = ({ code, stdout }: Said): object => ({ code, stdout });
  expect(said(ours), `${args}\n${ours.stderr}`).toEqual(said(theirs));
  return ours.stdout;
}

const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });

const piece = (offset = 0, length = 8): TableTarget => linear({ length, device: kernel.disks[0]!, offset });

/** Makes a device for the time of one use. */
async function withDevice(expected: Expected, use: (path: string) => Promise<void>, name = 'it'): Promise<void> {
  const { path } = await kernel.dm.create({ name, ...expected });
  try {
    await use(path!);
  } finally {
    await kernel.dm.remove(name);
  }
}

describe('rename', () => {
  it('moves the node, and keeps the device', async () => {
    await kernel.dm.create({ name: 'old', targets: [piece()] });
    const { dev } = await kernel.dm.info('old');
    expect(await kernel.dm.rename('old', 'new')).toBe('/dev/mapper/new');
    expect(await kernel.sh('ls /dev/mapper')).toBe('control\nnew');
    expect(await kernel.dm.info('new')).toMatchObject({ dev });
    await kernel.dm.remove('new');
  });

  it('takes a device by its uuid, though the kernel looks for names alone', async () => {
    await kernel.dm.create({ name: 'old', uuid: 'RENAME-1', targets: [piece()] });
    await kernel.dm.rename({ uuid: 'RENAME-1' }, 'new');
    expect(await kernel.dm.info({ uuid: 'RENAME-1' })).toMatchObject({ name: 'new' });
    await kernel.dm.remove('new');
  });

  it('to a name that is taken is device_exists, and changes nothing', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      await kernel.dm.create({ name: 'other', noTable: true });
      await expect(kernel.dm.rename('it', 'other')).rejects.toEqual(code('device_exists'));
      expect((await kernel.dm.list()).map(({ name }) => name)).toEqual(['it', 'other']);
      await kernel.dm.remove('other');
    });
  });

  it('of the command line does what dmsetup does', async () => {
    await kernel.sh("dmsetup create a --table '0 8 zero'");
    expect(await dmplan('rename a b')).toMatchObject({ code: 0, stdout: '' });
    expect(await dmplan("rename b --setuuid 'my uuid'")).toMatchObject({ code: 0, stdout: '' });
    expect(await kernel.sh('dmsetup info -c --noheadings -o name,uuid')).toBe('b:my uuid');
    expect(await dmplan('rename -u "my uuid" c')).toMatchObject({ code: 0 });
    await kernel.sh('dmsetup remove c');
  });
});

describe('setUuid', () => {
  it('gives a device its uuid once', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      await kernel.dm.setUuid('it', 'FIRST');
      expect(await kernel.dm.info('it')).toMatchObject({ uuid: 'FIRST' });
      await expect(kernel.dm.setUuid('it', 'SECOND')).rejects.toEqual(code('rename_refused'));
    });
  });
});

describe('a message', () => {
  const name = 'dust';

  it('to dust is answered in the target’s words', async () => {
    const target = dust({ length: 2048, device: kernel.disks[0]!, offset: 0, blockSize: 512 });
    await withDevice(
      { targets: [target] },
      async () => {
        const say = (message: Parameters<typeof kernel.dm.message>[1]) => kernel.dm.message(name, message);
        expect(await say({ target: 'dust', verb: 'addbadblock', block: 7 })).toBe('');
        expect(await say('queryblock 7')).toMatch(/block 7 found in badblocklist/);
        expect(await say('countbadblocks')).toMatch(/1 badblock/);
        const [row] = await kernel.dm.status(name);
        expect(targetStatus(row!, 'dust')).toMatchObject({ mode: 'bypass' });
        await expect(say('explode')).rejects.toEqual(code('message_refused'));
        expect(await expectSame(`message ${name} 0 queryblock 7`)).toMatch(/found/);
        expect(await expectSame(`message ${name} 0 listbadblocks`)).toMatch(/7/);
      },
      name,
    );
  });

  it('to any device makes and prints statistics', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      expect(await kernel.dm.message('it', '@stats_create - /1')).toBe('0');
      expect(await expectSame('message it 0 @stats_list')).toBe('0: 0+8 8 - -\n');
      expect(await kernel.dm.message('it', { target: '@', verb: '@stats_delete', region: 0 })).toBe('');
    });
  });

  it('to a device without a table is no_table, on kernels too that say all is well', async () => {
    await kernel.dm.create({ name: 'it', noTable: true });
    await expect(kernel.dm.message('it', '@stats_list')).resolves.toBe('');
    await expect(kernel.dm.message('it', 'enable')).rejects.toEqual(code('no_table'));
    await kernel.dm.remove('it');
  });
});

describe('a thin device', () => {
  const pool = (): TableTarget =>
    thinPool({
      length: 4096,
      metadataDevice: kernel.disks[0]!,
      dataDevice: kernel.disks[1]!,
      dataBlockSize: '64KiB',
      lowWaterBlocks: 0,
    });
  const volume = (): TableTarget => thin({ length: 1024, poolDevice: '/dev/mapper/pool', deviceId: 5 });

  beforeEach(async () => {
    await kernel.sh(`dd if=/dev/zero of=${kernel.disks[0]} bs=4096 count=1 conv=notrunc,fsync status=none`);
  });

  it('comes from a typed message, is verified live, and tells its status', async () => {
    await kernel.dm.create({ name: 'pool', targets: [pool()] });
    expect(await kernel.dm.message('pool', { target: 'thin-pool', verb: 'create_thin', deviceId: 5 })).toBe('');
    await expect(kernel.dm.message('pool', 'create_thin 5')).rejects.toMatchObject({ errno: { name: 'EEXIST' } });
    await kernel.dm.create({ name: 'it', targets: [volume()] });
    await kernel.sh('dd if=/dev/zero of=/dev/mapper/it bs=64k count=1 oflag=direct status=none');
    expect(targetStatus((await kernel.dm.status('it'))[0]!, 'thin')).toEqual({
      mappedSectors: 128,
      highestMappedSector: 127,
    });
    expect(targetStatus((await kernel.dm.status('pool'))[0]!, 'thin-pool')).toMatchObject({
      transactionId: 0,
      usedDataBlocks: 1,
      mode: 'rw',
    });
    for (const [name, target] of [
      ['pool', pool()],
      ['it', volume()],
    ] as const) {
      expect(await kernel.dm.verifyLive(name, { targets: [target] })).toEqual({ same: true, differences: [] });
    }
    const other = thin({ length: 1024, poolDevice: '/dev/mapper/pool', deviceId: 6 });
    expect((await kernel.dm.verifyLive('it', { targets: [other] })).differences).toEqual([
      { path: 'targets[0].deviceId', expected: 6, actual: 5 },
    ]);
    expect(await expectSame('ls --tree')).toMatch(/^it \(254:1\)\n `-pool \(254:0\)\n/);
    await kernel.dm.removeAll();
  });
});

describe('setGeometry', () => {
  it('is seen by who asks the disk', async () => {
    await withDevice({ targets: [piece()] }, async (path) => {
      await kernel.dm.setGeometry('it', { cylinders: 10, heads: 2, sectors: 3, start: 0 });
      // HDIO_GETGEO: heads, sectors, cylinders, start
      const geometry = `perl -e 'open F, $ARGV[0] or die; my $g = "\\0" x 16; ioctl(F, 0x301, $g) or die $!; print join " ", unpack("CCS", $g)' ${path}`;
      expect(await kernel.sh(geometry)).toBe('2 3 10');
      expect(await dmplan('setgeometry it 20 4 5 0')).toMatchObject({ code: 0, stdout: '' });
      expect(await kernel.sh(geometry)).toBe('4 5 20');
    });
  });
});

describe('targets', () => {
  it('are those that dmsetup lists, in its order', async () => {
    expect(await expectSame('targets')).toMatch(/^linear +v1\.\d+\.\d+$/m);
    expect(await expectSame('target-version linear striped')).toMatch(/^linear/);
    const listed = (await kernel.sh('dmsetup targets')).split('\n').map((line) => line.split(' ')[0]);
    expect((await kernel.dm.targets()).map(({ name }) => name)).toEqual(listed);
  });

  it('that the kernel does not have are unknown_target', async () => {
    await expect(kernel.dm.targetVersion('nonesuch')).rejects.toEqual(code('unknown_target'));
    expect((await dmplan('target-version nonesuch')).code).toBe(1);
  });
});

describe('waitEvent', () => {
  it('sees an event of another process', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      const waiting = kernel.dm.waitEvent('it');
      await sleep(100);
      await kernel.sh('dmsetup rename it other');
      expect(await waiting).toMatchObject({ name: 'other', eventNr: 1 });
      expect(await kernel.dm.waitEvent('other', { eventNr: 0 })).toMatchObject({ eventNr: 1 });
      await kernel.sh('dmsetup rename other it');
    });
  });

  it('sees no event in a resume, as DEV_WAIT sees none', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      await kernel.dm.reload('it', { targets: [piece(8)] });
      await expect(kernel.dm.waitEvent('it', { deadline: 300 })).rejects.toEqual(code('deadline_exceeded'));
      expect((await kernel.guest.run('timeout 0.5 dmsetup wait it 0')).code).toBe(124);
    });
  });

  it('ends when it is cancelled, and when the device is removed', async () => {
    await kernel.dm.create({ name: 'it', targets: [piece()] });
    const abort = new AbortController();
    const cancelled = kernel.dm.waitEvent('it', { signal: abort.signal });
    const removed = kernel.dm.waitEvent('it');
    const refusals = Promise.all([
      expect(cancelled).rejects.toEqual(code('cancelled')),
      expect(removed).rejects.toEqual(code('no_such_device')),
    ]);
    await sleep(50);
    abort.abort();
    await kernel.dm.remove('it');
    await refusals;
  });

  it('of the command line ends with its deadline, and returns at once for an event that was', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      expect(await dmplan('wait it --deadline 300')).toMatchObject({ code: 1, stdout: '' });
      await kernel.sh('dmsetup rename it x; dmsetup rename x it');
      expect(await expectSame('wait it')).toBe('');
    });
  });
});

describe('verifyLive', () => {
  const check = (expected: Expected) => kernel.dm.verifyLive('it', expected);

  it('finds linear and striped the same by whatever name the devices go', async () => {
    const targets = (one: string, two: string): TableTarget[] => [
      linear({ length: 16, device: one, offset: 8 }),
      striped({
        length: 32,
        chunkSize: 8,
        stripes: [
          { device: one, offset: 32 },
          { device: two, offset: 0 },
        ],
      }),
      zero({ length: 8 }),
    ];
    await withDevice({ targets: targets('/dev/loop0', '/dev/loop1') }, async () => {
      expect(await check({ targets: targets('7:0', '7:1') })).toEqual({ same: true, differences: [] });
      expect(await check({ targets: targets('/dev/loop0', '/dev/block/7:1') })).toMatchObject({ same: false });
      await kernel.sh('ln -s loop1 "/dev/second disk"');
      expect(await check({ targets: targets('/dev/loop0', '/dev/second disk') })).toMatchObject({ same: true });
      await kernel.sh('rm "/dev/second disk"');
      expect(await check({ table: '0 16 linear /dev/loop0 8\n' })).toMatchObject({
        differences: [
          { path: 'targets.length', expected: 1, actual: 3 },
          { path: 'deps', expected: ['7:0'], actual: ['7:0', '7:1'] },
        ],
      });
      expect((await check({ readOnly: true, uuid: 'X', targets: targets('7:2', '7:1') })).differences).toEqual([
        { path: 'targets[0].device', expected: '7:2', actual: '7:0' },
        { path: 'targets[1].stripes[0].device', expected: '7:2', actual: '7:0' },
        { path: 'readOnly', expected: true, actual: false },
        { path: 'uuid', expected: 'X', actual: '' },
        { path: 'deps', expected: ['7:1', '7:2'], actual: ['7:0', '7:1'] },
      ]);
    });
  });

  it('compares a crypt device with its key, and tells of the key nothing', async () => {
    const key = '00112233445566778899AABBCCDDEEFF';
    const target = (fields: object = {}): TableTarget =>
      crypt({ length: 8, cipher: 'aes-cbc-plain', key, ivOffset: 0, device: '/dev/loop0', offset: 0, ...fields });
    await withDevice({ targets: [target({ allowDiscards: true })] }, async () => {
      expect(await check({ targets: [target({ allowDiscards: true, sectorSize: 512 })] })).toMatchObject({
        same: true,
      });
      const other = await check({ targets: [target({ key: key.replace('00', '01'), offset: 8 })] });
      expect(other.differences).toEqual([
        { path: 'targets[0].key', expected: '(a key)', actual: '(a key)' },
        { path: 'targets[0].offset', expected: 8, actual: 0 },
        { path: 'targets[0].allowDiscards', expected: undefined, actual: true },
      ]);
    });
  });

  it('compares a verity device', async () => {
    const root = /^Root hash:\s*(\S+)/m.exec(
      await kernel.sh(`veritysetup format --salt - --data-blocks 64 ${kernel.disks[0]} ${kernel.disks[1]}`),
    )![1]!;
    const target = (fields: object = {}): TableTarget =>
      verity({
        length: 512,
        hashType: 1,
        dataDevice: '/dev/loop0',
        hashDevice: '/dev/loop1',
        dataBlockSize: 4096,
        hashBlockSize: 4096,
        dataBlocks: 64,
        hashStartBlock: 1,
        algorithm: 'sha256',
        rootDigest: root,
        onCorruption: 'restart',
        ...fields,
      });
    await withDevice({ readOnly: true, targets: [target()] }, async () => {
      expect(await check({ readOnly: true, targets: [target({ rootDigest: root.toUpperCase() })] })).toEqual({
        same: true,
        differences: [],
      });
      const { differences } = await check({
        readOnly: true,
        targets: [target({ onCorruption: undefined, salt: 'aa' })],
      });
      expect(differences.map(({ path }) => path)).toEqual(['targets[0].salt', 'targets[0].onCorruption']);
      expect(targetStatus((await kernel.dm.status('it'))[0]!, 'verity')).toMatchObject({ state: 'valid' });
    });
  });

  it('compares words that no grammar reads', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      const other = await check({ targets: [{ type: 'sevenfold', length: 8, params: '/dev/loop0 0' }] });
      expect(other.differences).toEqual([{ path: 'targets[0].type', expected: 'sevenfold', actual: 'linear' }]);
    });
  });

  it('of the command line ends with 0 or 1 and says what differs', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      expect(await dmplan("verify-live it --table '0 8 linear /dev/loop0 0'")).toMatchObject({
        code: 0,
        stdout: 'same\n',
      });
      expect(await dmplan("verify-live it --table '0 8 linear /dev/loop0 1'")).toMatchObject({
        code: 1,
        stdout: 'targets[0].offset: expected 1, actual 0\n',
      });
    });
  });
});

describe('create with ifExists', () => {
  it('takes a device that is the same for its own, and puts its node back', async () => {
    const fields = { name: 'it', uuid: 'SAME', targets: [piece()] };
    const { dev } = await kernel.dm.create(fields);
    await kernel.sh('rm /dev/mapper/it');
    expect(await kernel.dm.create(fields, { ifExists: 'same' })).toEqual({
      name: 'it',
      uuid: 'SAME',
      dev,
      path: '/dev/mapper/it',
      existed: true,
    });
    await expect(kernel.dm.create(fields)).rejects.toEqual(code('device_exists'));
    await expect(kernel.dm.create({ ...fields, targets: [piece(8)] }, { ifExists: 'same' })).rejects.toMatchObject({
      code: 'device_differs',
      differences: [{ path: 'targets[0].offset', expected: 8, actual: 0 }],
    });
    await expect(kernel.dm.create({ ...fields, name: 'other' }, { ifExists: 'same' })).rejects.toEqual(
      code('device_exists'),
    );
    await kernel.dm.remove('it');
  });
});

/** What else `-o` of a tree may hold. */
const TREES = ['compact', 'active,rw,open,uuid,blkdevname', 'nodevice'];

describe('devices in lists and reports', () => {
  const STACK = `
    dmsetup create vg-lv--x_data-real -u LVM-abc --table '0 8 linear /dev/loop0 0'
    dmsetup create 'top one' --readonly --table '0 4 linear /dev/mapper/vg-lv--x_data-real 0
4 4 linear /dev/loop1 0'
    dmsetup create other -u CRYPT-x --table '0 4 linear /dev/mapper/vg-lv--x_data-real 0'
    dmsetup suspend other
    dmsetup load other --table '0 4 zero'`;

  it('have the names that dmsetup gives them', async () => {
    await kernel.sh(`${STACK}\n dmsetup create bare --notable`);
    for (const args of ['ls -o blkdevname', 'ls -o devname', 'deps -o blkdevname', 'deps -o devname']) {
      expect(await expectSame(args)).toContain('bare');
    }
    // dmsetup leaves a device out that the kernel has not named yet when its name is asked for, and ends with 1.
    expect((await dmplan('info -c --noheadings -o name,blkdevname bare')).stdout).toBe('bare:\n');
    await kernel.dm.removeAll();
  });

  it('have the fields that dmsetup gives them', async () => {
    await kernel.sh(STACK);
    for (const sections of ['name_all', 'info_all', 'deps_all,tree_all,splitname_all']) {
      expect(await expectSame(`info -c -o ${sections}`)).toMatch(/(.*\n){4}/);
    }
    expect(await expectSame('info -c -O -minor -o +Dev_No')).toMatch(/^Name .*\nother .*\ntop one /);
    const fields = 'name,devs_used,names_using_dev,open';
    for (const style of ['--noheadings', '--separator /', '--nameprefixes', '--nameprefixes --noheadings']) {
      expect(await expectSame(`info -c ${style} -o ${fields}`)).toContain('vg-lv--x_data-real');
    }
    await kernel.dm.removeAll();
  });
});

describe('ls', () => {
  it('--tree and --target print what dmsetup prints', async () => {
    await kernel.sh(`
      dmsetup create a --table '0 8 linear /dev/loop0 0'
      dmsetup create 'b c' --table '0 4 linear /dev/mapper/a 0'
      dmsetup create c --table '0 4 striped 2 2 /dev/mapper/a 0 /dev/loop1 0'
      dmsetup create d --table '0 4 zero'
      dmsetup create e --notable`);
    for (const options of ['', ' -o utf', ' -o inverted,utf', ...TREES.map((words) => ` -o ${words}`)]) {
      expect(await expectSame(`ls --tree${options}`)).toContain('a');
    }
    expect(await expectSame('ls --target linear')).toBe('a\t(254, 0)\nb c\t(254, 1)\n');
    await expectSame('status --target linear');
    await expectSame('table --target zero a');
    await expectSame('measure');
    await expectSame('info -c');
    expect(await kernel.dm.removeAll()).toEqual({ removed: ['b\\x20c', 'c', 'd', 'e', 'a'], kept: [] });
    await expectSame('ls --tree');
  });
});

describe('the concise form', () => {
  it('is dmsetup’s, both ways', async () => {
    const spec = quote('f\\,g\\;h\\\\i,,,ro,0 4 zero,4 4 error;b,UU,,,0 8 linear /dev/loop0 0');
    const states: string[] = [];
    for (const tool of [dmsetup, dmplan]) {
      expect(await tool(`create --concise ${spec}`)).toMatchObject({ code: 0, stdout: '' });
      states.push(await kernel.sh('dmsetup info -c --noheadings -o name,uuid,attr; dmsetup table'));
      await kernel.dm.removeAll();
    }
    expect(states[1]).toBe(states[0]);
    await kernel.sh(`dmsetup create --concise ${spec}`);
    await expectSame('table --concise');
    await expectSame('table --concise b');
    await kernel.dm.removeAll();
  });
});

describe('remove with force', () => {
  const hold = async (): Promise<string> => kernel.sh('exec 9< /dev/mapper/it; sleep 1000 > /dev/null 2>&1 & echo $!');

  it('leaves an error table over a device that stays in use, as dmsetup does', async () => {
    for (const remove of [() => dmsetup('remove --force it'), () => dmplan('remove --force it')]) {
      await kernel.sh("dmsetup create it --table '0 8 linear /dev/loop0 0'");
      const pid = await hold();
      expect((await remove()).code).toBe(1);
      expect(await kernel.sh('dmsetup table it; dmsetup deps it')).toBe('0 8 error \n0 dependencies\t:');
      await kernel.sh(`kill ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 0.05; done`);
      expect((await remove()).code).toBe(0);
    }
  });

  it('tries again until the device is free', async () => {
    await kernel.dm.create({ name: 'it', targets: [piece()] });
    const pid = await hold();
    const removing = kernel.dm.remove('it', { retry: true });
    await sleep(300);
    await kernel.sh(`kill ${pid}`);
    await removing;
  });

  it('of all devices frees what the ones in use hold', async () => {
    await kernel.dm.create({ name: 'below', targets: [piece()] });
    await kernel.dm.create({ name: 'it', targets: [linear({ length: 8, device: '/dev/mapper/below', offset: 0 })] });
    const pid = await hold();
    const first = await kernel.dm.removeAll();
    expect([first.removed, first.kept.map(({ name }) => name)]).toEqual([[], ['below', 'it']]);
    expect(first.kept[0]!.error).toBeInstanceOf(DmError);
    const second = await kernel.dm.removeAll({ force: true });
    expect([second.removed, second.kept.map(({ name }) => name)]).toEqual([['below'], ['it']]);
    await kernel.sh(`kill ${pid}; sleep 0.1`);
    expect((await dmplan('remove_all')).stderr).toMatch(/^error confirmation_missing/);
    expect(await dmplan('remove_all --yes')).toMatchObject({ code: 0, stdout: '' });
  });

  it('wipe_table does what dmsetup’s does', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      expect(await dmplan('wipe_table it')).toMatchObject({ code: 0, stdout: '' });
      expect(await kernel.sh('dmsetup table it')).toBe('0 8 error ');
    });
    await kernel.dm.create({ name: 'it', noTable: true });
    expect((await dmplan('wipe_table it')).code).toBe(1);
    await kernel.dm.remove('it', { force: true });
  });
});

describe('mknodes', () => {
  it('puts a node back, and leaves a suspended device alone', async () => {
    await withDevice({ targets: [piece()] }, async () => {
      await kernel.sh('rm /dev/mapper/it');
      expect(await dmplan('mknodes it')).toMatchObject({ code: 0, stdout: '' });
      expect(await kernel.sh('stat -c %F /dev/mapper/it')).toBe('block special file');
      await kernel.dm.suspend('it');
      expect(await kernel.dm.makeNode('it')).toBeUndefined();
      expect(await kernel.dm.resume('it')).toMatchObject({ suspended: false });
    });
  });
});
