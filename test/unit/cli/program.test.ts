import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VERSION } from '../../../src/cli/version.ts';
import { dmplan, scratch } from './capture.ts';

const { file } = scratch();
const table = file('data.table', '0 8 zero\n');
const bad = file('bad.table', '0 8 linear /dev/a x\n');
const ESCAPE = '\x1b[';

const COMMANDS = [
  'plan',
  'inspect',
  'explain',
  'policy',
  'convert',
  'create',
  'rename',
  'load',
  'reload',
  'clear',
  'suspend',
  'resume',
  'mknodes',
  'remove',
  'remove_all',
  'wipe_table',
  'message',
  'setgeometry',
  'info',
  'status',
  'table',
  'measure',
  'version',
  'ls',
  'deps',
  'verify-live',
  'wait',
  'targets',
  'target-version',
  'doctor',
  'demo',
  'verity',
  'completion',
];

/** Has veritysetup's help instead of its own. */
const FOREIGN = 'veritysetup';

describe('--help', () => {
  it('lists every command, and gives examples', async () => {
    const { code, out, err } = await dmplan(['--help']);
    const listed = [...out.split('Commands:')[1]!.matchAll(/^ {2}([a-z_-]+)/gm)].map(([, name]) => name);
    expect(listed.filter((name) => !['help', 'dmplan'].includes(name!))).toEqual([...COMMANDS, FOREIGN]);
    expect(out).toContain('Examples:\n  dmplan plan');
    expect([code, err]).toEqual([0, '']);
  });

  it.each(COMMANDS)('of %s says what it does, with an example of it', async (command) => {
    const { code, out, err } = await dmplan([command, '--help']);
    expect(out).toMatch(new RegExp(`^Usage: dmplan ${command}`));
    expect(out).toMatch(new RegExp(`Examples?:\n(.*\n)*?.*dmplan ${command}( |$)`, 'm'));
    expect([code, err]).toEqual([0, '']);
  });

  it('is the same as the command help', async () => {
    expect(await dmplan(['help', 'create'])).toEqual(await dmplan(['create', '--help']));
  });

  it('does not change the examples: plan’s run as they stand', async () => {
    const { out } = await dmplan(['plan', '--help']);
    expect(out).toContain("echo '0 2048 linear /dev/loop0 0' | dmplan plan - --name data");
  });
});

describe('the exit code', () => {
  it('is 0 for the version', async () => {
    expect(await dmplan(['--version'])).toMatchObject({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  it.each<[string, string[], string]>([
    ['no command', [], 'Usage: dmplan'],
    ['an unknown command', ['explode'], "unknown command 'explode'"],
    ['a command that is nearly one', ['creat', 'x'], 'Did you mean create?'],
    ['an unknown option', ['plan', table, '--explode'], "unknown option '--explode'"],
    ['a missing argument', ['plan'], "missing required argument 'file'"],
    ['an argument too many', ['plan', table, table], 'too many arguments'],
    ['an unknown format', ['plan', table, '--format', 'xml'], 'Allowed choices are map, annotated, json, hex, msgpack'],
    ['an option without its value', ['plan', table, '--format'], 'argument missing'],
    ['no device', ['remove'], 'name a device'],
    ['no device for suspend', ['suspend'], 'name a device'],
    ['no name for create', ['create'], "missing required argument 'name'"],
    ['no new name', ['rename', 'a'], 'give one new name'],
    ['two new names', ['rename', 'a', 'b', 'c'], 'give one new name'],
    ['a message without words', ['message', 'a', '0'], 'give a sector and a message'],
    ['three numbers of a geometry', ['setgeometry', 'a', '1', '2', '3'], 'give four numbers'],
    ['two event numbers', ['wait', 'a', '1', '2'], 'too many arguments'],
    ['no target', ['target-version'], "missing required argument 'types'"],
    ['a word of the tree that is none', ['ls', '--tree', '-o', 'blue'], "'blue' is none of device, nodevice, "],
    ['a form that is none', ['convert', '--from', 'xml', '--to', 'table'], 'Allowed choices are table, concise'],
    ['no form', ['convert', '--to', 'table'], "required option '--from <form>' not specified"],
    ['--concise with a table', ['create', '--concise', 'a', '--table', '0 8 zero'], 'cannot be used with'],
    ['--concise with two words', ['create', '--concise', 'a', 'b'], 'too many arguments'],
    ['--notable with a table', ['create', 'data', '--notable', '--table', '0 8 zero'], 'cannot be used with'],
    ['an unknown kernel', ['ls', '--kernel-release', '2.6'], 'Allowed choices are'],
  ])('is 1 for %s, and standard error says why', async (_, args, message) => {
    const { code, out, err } = await dmplan(args);
    expect(err).toContain(message);
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it.each<[string, string[], object]>([
    ['no command', [], { code: 'missing_command' }],
    ['veritysetup behind an option', ['--kernel', 'veritysetup', 'dump', 'x'], { code: 'wrong_usage' }],
    ['an unknown command', ['explode'], { code: 'unknown_command', path: 'explode' }],
    ['an unknown option', ['ls', '--nonsense'], { code: 'unknown_option', path: '--nonsense' }],
    ['a missing name', ['setgeometry'], { path: 'words' }],
    ['a word too many', ['ls', 'a'], { code: 'excess_arguments' }],
    ['a choice that is none', ['ls', '--kernel-release', '2.6'], { code: 'invalid_argument' }],
    ['an option that is missing', ['convert', '--to', 'table'], { code: 'missing_mandatory_option_value' }],
    ['a field that is none', ['info', '-c', '-o', 'zzz'], { code: 'wrong_usage', path: 'zzz' }],
  ])('is 1 for %s with --json too, and standard output says why', async (_, args, error) => {
    for (const words of [
      ['--json', ...args],
      [...args, '--json'],
    ]) {
      const { code, out, err } = await dmplan(words);
      expect([code, err]).toEqual([1, '']);
      expect(JSON.parse(out)).toMatchObject({ error: { ...error, message: expect.stringMatching(/see --help$/) } });
    }
  });

  it.each(['0', '-1', '1.5', '1e3', '0x10', '', ' 5', 'soon', '4294967296', '99999999999999999999'])(
    'is 1 for the deadline "%s"',
    async (deadline) => {
      const { code, err } = await dmplan(['plan', table, `--deadline=${deadline}`]);
      expect(code).toBe(1);
      expect(err).toContain('a whole number of milliseconds from 1 to 4294967295');
    },
  );

  it.each(['1', '5000', '4294967295'])('is 0 for the deadline "%s"', async (deadline) => {
    expect((await dmplan(['plan', table, '--deadline', deadline])).code).toBe(0);
  });
});

describe('colour', () => {
  beforeEach(() => {
    vi.stubEnv('NO_COLOR', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is on a terminal, in answers and errors', async () => {
    expect((await dmplan(['plan', table], { tty: true })).out).toContain(ESCAPE);
    expect((await dmplan(['plan', bad, '--name', 'a'], { tty: true })).err).toContain(ESCAPE);
  });

  it('changes nothing but colours', async () => {
    for (const format of ['map', 'annotated']) {
      const coloured = await dmplan(['plan', table, '-f', format], { tty: true });
      expect(coloured.out).toContain(ESCAPE);
      expect(coloured.out.replace(/\x1b\[\d+m/g, '')).toBe((await dmplan(['plan', table, '-f', format])).out);
    }
  });

  it('is never in JSON, hex or MessagePack', async () => {
    for (const format of ['json', 'hex', 'msgpack']) {
      const { bytes } = await dmplan(['plan', table, '-f', format], { tty: true });
      expect(bytes).toEqual((await dmplan(['plan', table, '-f', format])).bytes);
    }
  });

  it.each<[string, string[], string]>([
    ['NO_COLOR', [], '1'],
    ['--no-color', ['--no-color'], ''],
  ])('is not there with %s', async (_, args, value) => {
    vi.stubEnv('NO_COLOR', value);
    expect((await dmplan(['plan', table, ...args], { tty: true })).out).not.toContain(ESCAPE);
    expect((await dmplan(['plan', bad, '--name', 'a', ...args], { tty: true })).err).not.toContain(ESCAPE);
  });

  it.each([
    ['FORCE_COLOR=1 in a pipe', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR beside FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
    ['TERM=dumb on a terminal', { TERM: 'dumb' }, true, false],
  ])('with %s', async (_, environment, tty, expected) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect((await dmplan(['plan', table], { tty })).out.includes(ESCAPE)).toBe(expected);
  });

  it('is not there where the output is no terminal', async () => {
    expect((await dmplan(['plan', table])).out).not.toContain(ESCAPE);
    expect((await dmplan(['plan', bad, '--name', 'a'])).err).not.toContain(ESCAPE);
  });
});

it('signals are listened for only while it runs', async () => {
  const before = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  await dmplan(['plan', table]);
  await dmplan(['plan', bad]);
  expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(before);
});
