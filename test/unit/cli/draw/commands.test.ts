/** `dmplan plan` and `dmplan inspect` draw for a person; what programs read stays as it is. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reply } from '../../library/stub-executor.ts';
import { dmplan, scratch } from '../capture.ts';
import { drawn, load, plainStyle, planner } from './draw.ts';

const { file } = scratch();
const TABLE = '0 1000 linear /dev/sda 50\n1000 4096 striped 2 512 /dev/sdb 0 /dev/sdc 8\n';
const table = file('data.table', TABLE);
const plan = planner.plan(load(TABLE));
const digest = await plan.digest();

beforeEach(() => {
  for (const [name, value] of Object.entries({ NO_COLOR: '1', LC_ALL: 'C.UTF-8', TERM: 'xterm' }))
    vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const planned = ['plan', table, '--action', 'load'];

describe('dmplan plan', () => {
  it('draws on a terminal, as wide as it is', async () => {
    for (const columns of [40, 80, 132]) {
      const { code, out } = await dmplan(planned, { tty: true, columns });
      expect(out).toBe(`${drawn(load(TABLE), plainStyle(columns))}\n${digest}\n`);
      expect(code).toBe(0);
    }
  });

  it('draws with --format map elsewhere, as wide as COLUMNS says', async () => {
    expect((await dmplan([...planned, '-f', 'map'])).out).toBe(`${drawn(load(TABLE), plainStyle(80))}\n${digest}\n`);
    vi.stubEnv('COLUMNS', '100');
    expect((await dmplan([...planned, '-f', 'map'])).out).toBe(`${drawn(load(TABLE), plainStyle(100))}\n${digest}\n`);
  });

  it.each([
    ['--json', ['--json']],
    ['--format annotated', ['-f', 'annotated']],
    ['--format hex', ['-f', 'hex']],
  ])('prints the same on a terminal with %s', async (_, options) => {
    expect((await dmplan([...planned, ...options], { tty: true })).out).toBe(
      (await dmplan([...planned, ...options])).out,
    );
  });

  it.each<[string, string[], Record<string, string>]>([
    ['--ascii', ['--ascii'], {}],
    ['a locale that is not UTF-8', [], { LC_ALL: 'C' }],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['TERM=linux', [], { TERM: 'linux' }],
  ])('draws in ASCII with %s', async (_, options, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { out } = await dmplan([...planned, ...options], { tty: true });
    expect(out).toMatch(/^[\n\x20-\x7e]*$/);
    expect(out).toBe(`${drawn(load(TABLE), plainStyle(80, 'ascii'))}\n${digest}\n`);
  });
});

describe('dmplan inspect', () => {
  const { payload } = plan.steps[0]!;

  it.each<[string, string | Uint8Array, string[]]>([
    ['a plan', plan.bytes, []],
    ['the bytes of a payload', payload, ['-c', 'TABLE_LOAD']],
    ['the hex of a payload', Buffer.from(payload).toString('hex'), ['-c', 'TABLE_LOAD']],
  ])('draws %s on a terminal', async (_, bytes, options) => {
    const { code, out } = await dmplan(['inspect', file('bytes', bytes), ...options], { tty: true, columns: 72 });
    expect(out).toBe(drawn(load(TABLE), plainStyle(72)));
    expect(code).toBe(0);
  });

  it('draws the table that the kernel answered', async () => {
    const request = planner.plan({ action: 'table', name: 'data' } as never).steps[0]!.payload;
    const bytes = file('reply', reply(request, { dev: 1n, openCount: 0, flags: 0x20 }));
    const { code, out } = await dmplan(['inspect', bytes, '-c', 'TABLE_STATUS', '--reply', '-f', 'map', '--ascii']);
    expect(out).toMatch(/^TABLE_STATUS, \d+ bytes: what the kernel answered\n/);
    expect(code).toBe(0);
  });
});

describe('on a real terminal', () => {
  const CLI = fileURLToPath(new URL('../../../../dist/cli.js', import.meta.url));

  /** What a command writes to a pseudo-terminal of so many columns (script of util-linux). */
  function typescript(columns: number, environment: Record<string, string> = {}): string {
    const command = `stty cols ${columns}; exec ${process.execPath} ${CLI} plan ${table} --action load`;
    const env = { PATH: process.env.PATH, HOME: '/', LC_ALL: 'C.UTF-8', TERM: 'xterm', ...environment };
    return execFileSync('script', ['-qec', command, '/dev/null'], { env, input: '', encoding: 'utf8' }).replaceAll(
      '\r\n',
      '\n',
    );
  }

  const expected = (columns: number): string => `${drawn(load(TABLE), plainStyle(columns))}\n${digest}\n`;
  const plain = (text: string): string => text.replace(/\x1b\[\d+m/g, '').replace(/ +$/gm, '');

  it('it is drawn in colours, as wide as the terminal', () => {
    for (const columns of [57, 120]) {
      const text = typescript(columns);
      expect(text).toContain('\x1b[7m\x1b[36mAAA');
      expect(plain(text)).toBe(expected(columns));
    }
  });

  it('it is drawn without colours with NO_COLOR', () => {
    expect(typescript(80, { NO_COLOR: '1' })).toBe(expected(80));
  });
});
