import { beforeEach, describe, expect, it } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import {
  type Dev,
  type DeviceMapper,
  linear,
  loadPlanner,
  openDeviceMapper,
  resolveDevice,
} from '../../../src/index.ts';
import { kindsOfTarget } from '../../../src/live/kinds.ts';
import { QUIRKS } from '../../../src/live/quirks.ts';
import { FakeKernel, type Row } from './fake-kernel.ts';
import { StubExecutor } from './stub-executor.ts';

const planner = await loadPlanner();
const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });
const DISKS: Record<string, Dev> = {
  '/dev/one': { major: 7, minor: 0 },
  '/dev/two': { major: 7, minor: 1 },
  '/dev/a disk': { major: 7, minor: 0 },
};
const KEY = '00112233445566778899aabbccddeeff';

let kernel: FakeKernel;
let dm: DeviceMapper;
let asked: string[];
beforeEach(async () => {
  kernel = new FakeKernel(planner);
  asked = [];
  const resolveDevice = async (path: string) => {
    asked.push(path);
    return DISKS[path];
  };
  dm = await openDeviceMapper({ executor: new StubExecutor(kernel.answer), planner, resolveDevice });
});

/** What differs between a table's text and rows as the kernel prints them. */
async function differences(table: string, live: [type: string, params: string][], deps: string[], readOnly = false) {
  const rows: Row[] = live.map(([type, params], index) => ({ start: index * 2048, length: 2048, type, params }));
  const devices = deps.map((dep) => dep.split(':').map(Number) as [number, number]);
  kernel.add({ name: 'a', live: rows, readOnly, deps: devices.map(([major, minor]) => ({ major, minor })) });
  const verified = await dm.verifyLive('a', { table, ...(readOnly ? { readOnly } : {}) });
  expect(verified.same).toBe(verified.differences.length === 0);
  return verified.differences;
}

describe('verifyLive', () => {
  it('knows a device by its path and by its number, and asks for each path once', async () => {
    const table = '0 2048 linear /dev/one 0\n2048 2048 linear /dev/one 2048\n';
    expect(
      await differences(
        table,
        [
          ['linear', '7:0 0'],
          ['linear', '7:0 2048'],
        ],
        ['7:0'],
      ),
    ).toEqual([]);
    expect(asked).toEqual(['/dev/one']);
  });

  it('knows a path with a blank', async () => {
    kernel.add({
      name: 'a',
      live: [{ start: 0, length: 8, type: 'linear', params: '7:0 0' }],
      deps: [DISKS['/dev/one']!],
    });
    const targets = [linear({ length: 8, device: '/dev/a disk', offset: 0 })];
    expect(await dm.verifyLive('a', { targets })).toEqual({ same: true, differences: [] });
    expect(asked).toEqual(['/dev/a disk']);
  });

  it('says where a target differs', async () => {
    expect(await differences('0 2048 linear /dev/one 0\n', [['linear', '7:1 8']], ['7:1'])).toEqual([
      { path: 'targets[0].device', expected: '/dev/one', actual: '7:1' },
      { path: 'targets[0].offset', expected: 0, actual: 8 },
      { path: 'deps', expected: ['7:0'], actual: ['7:1'] },
    ]);
  });

  it('says that a path names nothing, and then nothing of what is open', async () => {
    expect(await differences('0 2048 linear /dev/none 0\n', [['linear', '7:1 0']], ['7:1'])).toEqual([
      { path: 'targets[0].device', expected: '/dev/none', actual: '7:1' },
    ]);
  });

  it.each<[string, Partial<Parameters<FakeKernel['add']>[0]>, object[]]>([
    ['read-only', { readOnly: true }, [{ path: 'readOnly', expected: false, actual: true }]],
    ['suspended', { suspended: true }, [{ path: 'suspended', expected: false, actual: true }]],
    ['of another uuid', { uuid: 'V' }, [{ path: 'uuid', expected: 'U', actual: 'V' }]],
    [
      'of more targets',
      {
        live: [
          { start: 0, length: 8, type: 'zero', params: '' },
          { start: 8, length: 8, type: 'zero', params: '' },
        ],
      },
      [{ path: 'targets.length', expected: 1, actual: 2 }],
    ],
    [
      'of another length',
      { live: [{ start: 0, length: 9, type: 'zero', params: '' }] },
      [{ path: 'targets[0].length', expected: 8n, actual: 9n }],
    ],
    [
      'of another type',
      { live: [{ start: 0, length: 8, type: 'error', params: '' }] },
      [{ path: 'targets[0].type', expected: 'zero', actual: 'error' }],
    ],
    ['without a table', { live: [] }, [{ path: 'targets.length', expected: 1, actual: 0 }]],
  ])('sees a device that is %s', async (_, state, expected) => {
    kernel.add({ name: 'a', uuid: 'U', live: [{ start: 0, length: 8, type: 'zero', params: '' }], ...state });
    expect((await dm.verifyLive('a', { uuid: 'U', table: '0 8 zero' })).differences).toEqual(expected);
  });

  it('does not look at a uuid that it is not given', async () => {
    kernel.add({ name: 'a', uuid: 'U', live: [{ start: 0, length: 8, type: 'zero', params: '' }] });
    expect(await dm.verifyLive('a', { table: '0 8 zero' })).toEqual({ same: true, differences: [] });
  });

  it('tells of a key nothing but that it differs', async () => {
    const table = `0 2048 crypt aes-cbc-plain ${KEY.toUpperCase()} 0 /dev/one 0\n`;
    expect(await differences(table, [['crypt', `aes-cbc-plain ${KEY} 0 7:0 0`]], ['7:0'])).toEqual([]);
    kernel.devices = [];
    const other = await differences(table, [['crypt', `aes-cbc-plain ${KEY.replace('00', '01')} 0 7:0 0`]], ['7:0']);
    expect(other).toEqual([{ path: 'targets[0].key', expected: '(a key)', actual: '(a key)' }]);
    kernel.devices = [];
    const none = await differences(table, [['crypt', 'aes-cbc-plain - 0 7:0 0']], ['7:0']);
    expect(none).toEqual([{ path: 'targets[0].key', expected: '(a key)', actual: undefined }]);
    kernel.devices = [];
    const undeclared = await differences(
      `0 2048 default-key AES-256-XTS ${KEY} 7:0 0\n`,
      [['default-key', `AES-256-XTS ${KEY.replace('00', '01')} 7:0 0`]],
      ['7:0'],
    );
    expect(undeclared).toEqual([{ path: 'targets[0].params', expected: '(a key)', actual: '(a key)' }]);
    kernel.devices = [];
    const odd = await differences(table, [['crypt', `aes-cbc-plain ${KEY} 0 7:0 0 and more`]], ['7:0']);
    expect(odd).toEqual([{ path: 'targets[0].params', expected: '(a key)', actual: '(a key)' }]);
  });

  it('compares the words of a type that it does not know, paths as devices', async () => {
    expect(await differences('0 2048 sevenfold /dev/one  x\n', [['sevenfold', '7:0 x ']], [])).toEqual([]);
    kernel.devices = [];
    expect(await differences('0 2048 sevenfold /dev/one x\n', [['sevenfold', '7:0 y']], [])).toEqual([
      { path: 'targets[0].params', expected: '/dev/one x', actual: '7:0 y' },
    ]);
  });

  it('refuses a table that could not be loaded', async () => {
    await expect(dm.verifyLive('a', { table: '8 8 zero' })).rejects.toEqual(code('first_start'));
    await expect(dm.verifyLive('a', { table: '0 8 zero' })).rejects.toEqual(code('no_such_device'));
  });
});

describe('where TABLE is not what the constructor was given, verifyLive', () => {
  it.each<[string, string, string, string[]]>([
    ['error', '7:0 0', '', []],
    ['crypt', 'aes-cbc-plain - 0 7:0 0 1 sector_size:512', 'aes-cbc-plain - 0 7:0 0', ['7:0']],
    [
      'integrity',
      '7:0 0 - J 2 internal_hash:crc32c journal_sectors:1000',
      '7:0 0 4 J 6 journal_sectors:984 interleave_sectors:32768 buffer_sectors:128 journal_watermark:50 commit_time:10000 internal_hash:crc32c',
      ['7:0'],
    ],
    [
      'multipath',
      '1 retain_attached_hw_handler 2 alua 1 1 1 round-robin 0 1 1 7:0 1000',
      '0 1 alua 1 1 round-robin 0 1 1 7:0 1',
      ['7:0'],
    ],
    [
      'raid',
      'raid1 3 0 region_size 1024 2 - 7:0 - 7:1',
      'raid1 4 0 nosync region_size 1024 2 - 7:0 - 7:1',
      ['7:0', '7:1'],
    ],
    [
      'raid',
      'raid5_n 5 128 daemon_sleep 0 stripe_cache 1 2 - 7:0 - 7:1',
      'raid5_n 5 128 daemon_sleep 5000 stripe_cache 64 2 - 7:0 - 7:1',
      ['7:0', '7:1'],
    ],
    [
      'raid',
      'raid1 5 0 write_mostly 2 write_mostly 0 3 - 7:0 - 7:1 - 7:2',
      'raid1 5 0 write_mostly 0 write_mostly 2 3 - 7:0 - 7:1 - 7:2',
      ['7:0', '7:1', '7:2'],
    ],
    ['snapshot', '7:0 7:1 P 0', '7:0 7:1 P 16', ['7:0', '7:1']],
    ['pcache', '7:0 7:1 2 data_crc true', '7:0 7:1 4 cache_mode writeback crc true', ['7:0', '7:1']],
    ['inlinecrypt', 'aes-xts-plain64 :64:logon:k 0 7:0 0', `aes-xts-plain64 ${KEY} 1 0 7:0 0`, ['7:0']],
  ])('takes %s for the same: %s', async (type, given, printed, deps) => {
    expect(await differences(`0 2048 ${type} ${given}\n`, [[type, printed]], deps)).toEqual([]);
  });

  it('knows the fields of which it is said', () => {
    for (const [type, { ignored = [], unordered = [], defaults = {}, open = {} }] of Object.entries(QUIRKS)) {
      const declared = TARGETS.find((target) => target.type === type)!;
      const names = JSON.stringify(declared, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      for (const field of [...ignored, ...unordered, ...Object.keys(defaults), ...Object.keys(open)]) {
        expect(names, `${type}.${field}`).toContain(`"field":"${field}"`);
      }
      expect(kindsOfTarget(type)).toBeDefined();
    }
  });
});

describe('create with ifExists', () => {
  const fields = { name: 'a', uuid: 'U', targets: [linear({ length: 2048, device: '/dev/one', offset: 0 })] };
  const same = { live: [{ start: 0, length: 2048, type: 'linear', params: '7:0 0' }], deps: [DISKS['/dev/one']!] };

  it('makes a device that is not there', async () => {
    kernel.numbers['/dev/one'] = '7:0';
    expect(await dm.create(fields, { ifExists: 'same' })).toEqual({
      name: 'a',
      uuid: 'U',
      dev: { major: 254, minor: 0 },
      path: '/dev/mapper/a',
    });
  });

  it('same takes one that is the same', async () => {
    kernel.add({ name: 'a', uuid: 'U', ...same });
    expect(await dm.create(fields, { ifExists: 'same' })).toMatchObject({ path: '/dev/mapper/a', existed: true });
    expect(kernel.commands).not.toContain('TABLE_LOAD');
  });

  it('same refuses one that differs, and says how', async () => {
    kernel.add({ name: 'a', ...same });
    await expect(dm.create(fields, { ifExists: 'same' })).rejects.toMatchObject({
      code: 'device_differs',
      message: 'a exists and is not what was asked for: uuid',
      differences: [{ path: 'uuid', expected: 'U', actual: '' }],
    });
  });

  it('same is no help where only the uuid is taken', async () => {
    kernel.add({ name: 'b', uuid: 'U', ...same });
    await expect(dm.create(fields, { ifExists: 'same' })).rejects.toEqual(code('device_exists'));
  });

  it('same compares a device without a table', async () => {
    kernel.add({ name: 'a' });
    expect(await dm.create({ name: 'a', noTable: true }, { ifExists: 'same' })).toMatchObject({
      path: undefined,
      existed: true,
    });
    kernel.named('a').live = same.live;
    await expect(dm.create({ name: 'a', noTable: true }, { ifExists: 'same' })).rejects.toMatchObject({
      differences: [{ path: 'targets.length', expected: 0, actual: 1 }],
    });
  });

  it.each([{}, { ifExists: 'fail' as const }])('%o fails with device_exists', async (options) => {
    kernel.add({ name: 'a', uuid: 'U', ...same });
    await expect(dm.create(fields, options)).rejects.toEqual(code('device_exists'));
    expect(kernel.commands).toEqual(['DEV_CREATE']);
  });
});

describe('resolveDevice', () => {
  it('knows no device of a file, a character device or nothing', async () => {
    for (const path of ['/dev/null', '/etc/passwd', '/dev/none']) expect(await resolveDevice(path)).toBeUndefined();
  });
});
