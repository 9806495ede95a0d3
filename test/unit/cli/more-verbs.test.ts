import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { FakeKernel } from '../library/fake-kernel.ts';
import { StubExecutor } from '../library/stub-executor.ts';
import { dmplan, scratch } from './capture.ts';

const { spawnExecutor } = vi.hoisted(() => ({ spawnExecutor: vi.fn() }));
vi.mock('../../../src/client/spawn.ts', () => ({ spawnExecutor, executorProgram: () => 'executor.cjs' }));

const planner = await loadPlanner();
const { file } = scratch();
const LINEAR = [{ start: 0, length: 8, type: 'linear', params: '7:0 0' }];
const MIXED = [...LINEAR, { start: 8, length: 8, type: 'zero', params: '' }];

let kernel: FakeKernel;
beforeEach(() => {
  kernel = new FakeKernel(planner);
  spawnExecutor.mockReset().mockImplementation(async () => new StubExecutor(kernel.answer));
});

describe('rename', () => {
  it('gives a name or a uuid, mangled, and prints nothing', async () => {
    kernel.add({ name: 'a', live: LINEAR });
    expect(await dmplan(['rename', 'a', 'my disk'])).toMatchObject({ code: 0, out: '', err: '' });
    expect(await dmplan(['rename', 'my disk', '--setuuid', 'my uuid'])).toMatchObject({ code: 0, out: '' });
    expect(kernel.devices).toMatchObject([{ name: 'my\\x20disk', uuid: 'my\\x20uuid' }]);
    expect((await dmplan(['rename', '-u', 'my uuid', 'b', '--json'])).out).toBe('{"path":"/dev/mapper/b"}\n');
  });
});

describe('message', () => {
  it('joins the words, and prints the answer with a newline', async () => {
    kernel.add({ name: 'a', uuid: 'U', live: LINEAR });
    kernel.answerTo = (message) => `heard ${message}`;
    expect((await dmplan(['message', 'a', '0', 'one', 'two'])).out).toBe('heard one two\n');
    expect((await dmplan(['message', '-u', 'U', '8', '@stats_create', '-', '/1'])).out).toBe(
      'heard @stats_create - /1\n',
    );
    expect((await dmplan(['message', 'a', '0', 'x', '--json'])).out).toBe('{"answer":"heard x"}\n');
    kernel.answerTo = () => undefined;
    expect((await dmplan(['message', 'a', '0', 'x'])).out).toBe('');
  });

  it('takes a sector that is a number alone', async () => {
    expect(await dmplan(['message', 'a', 'x', 'y'])).toMatchObject({ code: 1 });
  });
});

describe('setgeometry', () => {
  it('takes four numbers', async () => {
    kernel.add({ name: 'a', live: LINEAR });
    expect(await dmplan(['setgeometry', 'a', '10', '2', '3', '0'])).toMatchObject({ code: 0, out: '' });
    expect(kernel.commands).toEqual(['DEV_SET_GEOMETRY']);
    expect((await dmplan(['setgeometry', 'a', '10', '2', 'x', '0'])).err).toMatch(/^error bad_number/);
  });
});

describe('wait', () => {
  it('returns for an event that was, and waits for one that was not', async () => {
    const device = kernel.add({ name: 'a', eventNr: 1 });
    expect(await dmplan(['wait', 'a'])).toMatchObject({ code: 0, out: '', err: '' });
    setTimeout(() => device.eventNr++, 30);
    expect(JSON.parse((await dmplan(['wait', 'a', '1', '--json'])).out)).toMatchObject({ eventNr: 2 });
  });

  it('ends with the deadline', async () => {
    kernel.add({ name: 'a' });
    expect((await dmplan(['wait', 'a', '--deadline', '50'])).err).toMatch(/^error deadline_exceeded/);
  });

  it('ends with ^C', async () => {
    kernel.add({ name: 'a' });
    setTimeout(() => process.emit('SIGINT'), 30);
    expect(await dmplan(['wait', 'a'])).toMatchObject({ code: 1, err: expect.stringMatching(/^error cancelled/) });
  });

  it('knows event numbers of 32 bits', async () => {
    expect((await dmplan(['wait', 'a', '4294967296'])).err).toMatch(/^error bad_number/);
  });
});

describe('remove', () => {
  it('with --force wipes first', async () => {
    kernel.add({ name: 'a', live: LINEAR });
    expect(await dmplan(['remove', '-f', 'a'])).toMatchObject({ code: 0, out: '' });
    expect(kernel.commands).toEqual(['TABLE_STATUS', 'TABLE_LOAD', 'DEV_SUSPEND', 'DEV_REMOVE']);
  });

  it('with --retry tries again', async () => {
    const device = kernel.add({ name: 'a', openCount: 1 });
    setTimeout(() => (device.openCount = 0), 50);
    expect((await dmplan(['remove', '--retry', 'a'])).code).toBe(0);
  });
});

describe('remove_all', () => {
  it('is not done without --yes', async () => {
    kernel.add({ name: 'a' });
    expect((await dmplan(['remove_all'])).err).toMatch(/^error confirmation_missing: .*--yes/);
    expect(kernel.commands).toEqual([]);
  });

  it('names what is in use', async () => {
    kernel.add({ name: 'a' });
    kernel.add({ name: 'my\\x20disk', live: LINEAR, openCount: 1 });
    expect(await dmplan(['remove_all', '-y'])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^kept my disk: .*open count 1/),
    });
    const { code, out } = await dmplan(['remove_all', '--yes', '--force', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { removed: [], kept: [{ error: { code: 'device_busy' } }] }]);
  });
});

describe('wipe_table and mknodes', () => {
  it('print nothing', async () => {
    kernel.add({ name: 'a', live: LINEAR });
    expect(await dmplan(['wipe_table', 'a', '--force'])).toMatchObject({ code: 0, out: '' });
    expect(kernel.named('a').live).toMatchObject([{ type: 'error' }]);
    expect(await dmplan(['mknodes'])).toMatchObject({ code: 0, out: '' });
    expect((await dmplan(['mknodes', 'a', '--json'])).out).toBe('[{"name":"a","path":"/dev/mapper/a"}]\n');
  });
});

describe('create', () => {
  it('with --if-exists same takes a device that is there', async () => {
    kernel.add({ name: 'a', live: [{ start: 0, length: 8, type: 'zero', params: '' }] });
    const { code, out } = await dmplan(['create', 'a', '--if-exists', 'same', '--table', '0 8 zero', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, { existed: true, path: '/dev/mapper/a' }]);
    const other = await dmplan(['create', 'a', '--if-exists', 'same', '--table', '0 9 zero', '--json']);
    expect(JSON.parse(other.out)).toMatchObject({
      error: { code: 'device_differs', differences: [{ path: 'targets[0].length', expected: 9, actual: 8 }] },
    });
  });

  it('with --concise makes all that are described', async () => {
    expect(await dmplan(['create', '--concise', 'a b,U,,,0 8 zero,8 8 error;c,,,ro,0 8 zero'])).toMatchObject({
      code: 0,
      out: '',
    });
    expect(kernel.devices).toMatchObject([
      { name: 'a\\x20b', uuid: 'U', readOnly: false, live: [{ type: 'zero' }, { type: 'error' }] },
      { name: 'c', readOnly: true },
    ]);
    expect((await dmplan(['create', '--concise', ''])).err).toMatch(/^error bad_form/);
  });
});

describe('table, status and measure', () => {
  beforeEach(() => {
    kernel.add({ name: 'a', live: MIXED });
    kernel.add({ name: 'b', live: [{ start: 0, length: 4, type: 'zero', params: '' }] });
    kernel.add({ name: 'c' });
  });

  it('with --target print the rows of that type alone', async () => {
    expect((await dmplan(['table', '--target', 'linear'])).out).toBe('a: 0 8 linear 7:0 0\n');
    expect((await dmplan(['status', '--target', 'zero'])).out).toBe('a: 8 8 zero \nb: 0 4 zero \n');
    expect((await dmplan(['table', '--target', 'linear', 'b'])).out).toBe('');
  });

  it('measure prints as status does', async () => {
    expect((await dmplan(['measure'])).out).toBe('a: 0 8 linear 7:0 0\na: 8 8 zero \nb: 0 4 zero \nc: \n');
  });

  it('table --concise prints what create --concise takes', async () => {
    const { out } = await dmplan(['table', '--concise']);
    expect(out).toBe('a,,0,rw,0 8 linear 7:0 0,8 8 zero ;b,,1,rw,0 4 zero \n');
  });
});

describe('info -c', () => {
  it('prints dmsetup’s columns', async () => {
    kernel.add({ name: 'd', live: LINEAR, dev: { major: 254, minor: 3 }, openCount: 1 });
    kernel.add({ name: 'a\\x20name\\x20of\\x20some\\x20length', uuid: 'U', readOnly: true, suspended: true });
    expect((await dmplan(['info', '-c'])).out).toBe(
      [
        'Name                  Maj Min Stat Open Targ Event  UUID                            ',
        'd                     254   3 L--w    1    1      0                                 ',
        'a name of some length 254   1 --sr    0    0      0 U                               ',
        '',
      ].join('\n'),
    );
  });
});

describe('ls', () => {
  beforeEach(() => {
    const below = kernel.add({ name: 'a', live: LINEAR, deps: [{ major: 7, minor: 0 }] });
    kernel.add({ name: 'b', live: [{ start: 0, length: 4, type: 'zero', params: '' }], deps: [below.dev] });
  });

  it('--tree prints each device above what it has open', async () => {
    expect((await dmplan(['ls', '--tree', '-o', 'ascii'])).out).toBe('b (254:1)\n `-a (254:0)\n    `- (7:0)\n');
    expect((await dmplan(['ls', '--tree', '-o', 'utf,inverted'])).out).toBe(' (7:0)\n └─a (254:0)\n    └─b (254:1)\n');
    expect(JSON.parse((await dmplan(['ls', '--tree', '--json'])).out)).toMatchObject([
      { name: 'b', children: [{ name: 'a', children: [{ name: '' }] }] },
    ]);
  });

  it('--target prints the devices that have one', async () => {
    expect((await dmplan(['ls', '--target', 'zero'])).out).toBe('b\t(254, 1)\n');
    expect((await dmplan(['ls', '--target', 'thin'])).out).toBe('');
    expect(JSON.parse((await dmplan(['ls', '--target', 'zero', '--json'])).out)).toMatchObject([{ name: 'b' }]);
  });

  it('say so when there is no device', async () => {
    kernel.devices = [];
    for (const options of [['--tree'], ['--target', 'zero']]) {
      expect((await dmplan(['ls', ...options])).out).toBe('No devices found\n');
      expect((await dmplan(['ls', ...options, '--json'])).out).toBe('[]\n');
    }
  });
});

describe('verify-live', () => {
  beforeEach(() => {
    kernel.add({ name: 'a', uuid: 'U', live: LINEAR, deps: [{ major: 7, minor: 0 }] });
  });

  it('ends with 0 where nothing differs', async () => {
    for (const args of [
      ['--table', '0 8 linear 7:0 0'],
      [file('t', '0 8 linear 7:0 0\n'), '--uuid', 'U'],
      [
        file(
          'j.json',
          '{"action":"create","name":"x","uuid":"U","targets":[{"type":"linear","length":8,"device":"7:0","offset":0}]}',
        ),
      ],
    ]) {
      expect(await dmplan(['verify-live', 'a', ...args])).toMatchObject({ code: 0, out: 'same\n', err: '' });
    }
  });

  it('ends with 1 and the differences', async () => {
    expect(await dmplan(['verify-live', 'a', '-r', '-u', 'V', '--table', '0 8 linear 7:0 16'])).toMatchObject({
      code: 1,
      out: 'targets[0].offset: expected 16, actual 0\nreadOnly: expected true, actual false\nuuid: expected "V", actual "U"\n',
      err: '',
    });
    const { code, out } = await dmplan(['verify-live', 'a', '--table', '0 8 zero', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { same: false, differences: [{ path: 'targets[0].type' }, {}] }]);
  });

  it('ends with 1 and an error for a device that is not there', async () => {
    expect((await dmplan(['verify-live', 'b', '--table', '0 8 zero'])).err).toMatch(/^error no_such_device/);
  });
});

describe('explain', () => {
  it('needs no kernel', async () => {
    expect((await dmplan(['explain', 'linear'])).out).toMatch(/^linear: Maps to an area of one device\.\n/);
    expect((await dmplan(['explain'])).out).toMatch(/^thin-pool {8}Holds the blocks/m);
    expect(JSON.parse((await dmplan(['explain', 'verity', 'zero', '--json'])).out)).toMatchObject([
      { type: 'verity', fields: expect.any(Array) },
      { type: 'zero' },
    ]);
    expect((await dmplan(['explain', 'liner'])).err).toMatch(/^error unknown_target: /);
    expect(spawnExecutor).not.toHaveBeenCalled();
  });
});

describe('convert', () => {
  const table = file('table', '0 8 linear /dev/sda1 0\n');

  it('writes one form from another', async () => {
    const words = ['convert', table, '--from', 'table', '--name', 'root', '-r'];
    expect((await dmplan([...words, '--to', 'dm-mod.create'])).out).toBe(
      'dm-mod.create="root,,,ro,0 8 linear /dev/sda1 0"\n',
    );
    expect((await dmplan([...words, '-u', 'U', '--to', 'concise'])).out).toBe('root,U,,ro,0 8 linear /dev/sda1 0\n');
    expect(JSON.parse((await dmplan([...words, '--to', 'json'])).out)).toMatchObject({
      action: 'create',
      name: 'root',
    });
    expect(JSON.parse((await dmplan([...words, '--to', 'concise', '--json'])).out)).toEqual({
      form: 'concise',
      text: 'root,,,ro,0 8 linear /dev/sda1 0\n',
    });
    expect(spawnExecutor).not.toHaveBeenCalled();
  });

  it('says what a form cannot hold', async () => {
    expect((await dmplan(['convert', table, '--from', 'table', '--to', 'concise'])).err).toMatch(
      /^error form_cannot_hold: a device needs a name/,
    );
    const two = file('two', 'a,,,,0 8 zero;b,,,,0 8 zero\n');
    expect((await dmplan(['convert', two, '--from', 'concise', '--to', 'json', '--name', 'x'])).err).toMatch(
      /^error several_devices/,
    );
  });
});
