import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, it } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { dmplanProcess, scratch, start } from './capture.ts';

/** The built program as a process, for what only a process has: standard input, pipes and an exit code. */

const planner = await loadPlanner();
const { file } = scratch();
const TABLE = '0 2048 linear /dev/loop0 0\n';
const expected = planner.plan({ action: 'create', name: 'data', table: TABLE });
const large = file('large.table', Array.from({ length: 20_000 }, (_, i) => `${i * 8} 8 zero\n`).join(''));

/** What a process with these streams ends with. */
async function ended(args: string[], stdio: ('pipe' | 'ignore' | number)[]): Promise<{ code: number; err: string }> {
  const child = start(args, stdio);
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, err };
}

describe.concurrent('the program', { timeout: 30_000 }, () => {
  it('plans what comes on standard input, in every format', async ({ expect }) => {
    const [json, hex, msgpack, annotated] = await Promise.all(
      ['json', 'hex', 'msgpack', 'annotated'].map((format) =>
        dmplanProcess(['plan', '-', '--name', 'data', '--format', format], TABLE),
      ),
    );
    expect(JSON.parse(json!.out)).toMatchObject({ v: 1, digest: await expected.digest() });
    expect(hex!.out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'DEV_CREATE',
      'TABLE_LOAD',
      'DEV_SUSPEND',
      '',
    ]);
    expect(msgpack!.bytes.equals(expected.bytes)).toBe(true);
    expect(annotated!.out).toContain('2. TABLE_LOAD, 368 bytes');
    for (const ran of [json, hex, msgpack, annotated]) expect([ran!.code, ran!.err]).toEqual([0, '']);
  });

  it('plans JSON from standard input too', async ({ expect }) => {
    const request = JSON.stringify({ action: 'create', name: 'data', table: TABLE });
    const { bytes } = await dmplanProcess(['plan', '-', '-f', 'msgpack'], request);
    expect(bytes.equals(expected.bytes)).toBe(true);
  });

  it('explains through a pipe what it planned', async ({ expect }) => {
    const planned = await dmplanProcess(['plan', '-', '--name', 'data', '-f', 'msgpack'], TABLE);
    const { code, out } = await dmplanProcess(['inspect', '-'], planned.bytes);
    expect([code, out.match(/^[A-Z_]+, \d+ bytes$/gm)]).toEqual([
      0,
      ['DEV_CREATE, 312 bytes', 'TABLE_LOAD, 368 bytes', 'DEV_SUSPEND, 312 bytes'],
    ]);
  });

  it('says of nothing on standard input that there is no table, and of junk what is wrong', async ({ expect }) => {
    const [empty, none, junk] = await Promise.all([
      dmplanProcess(['plan', '-']),
      ended(['plan', '-'], ['ignore', 'ignore', 'pipe']),
      dmplanProcess(
        ['plan', '-'],
        Uint8Array.from({ length: 9999 }, (_, i) => (i * i * 7) % 256),
      ),
    ]);
    expect([empty.code, empty.out, empty.err]).toEqual([
      1,
      '',
      'error empty_table: table: the table holds no target\n',
    ]);
    expect(none).toEqual({ code: 1, err: empty.err });
    expect([junk.code, junk.out]).toEqual([1, '']);
    expect(junk.err).toMatch(/^error [a-z_]+: /);
    expect(junk.err).not.toMatch(/\n\s+at /);
  });

  it('ends in silence, with 0, when its reader has seen enough', async ({ expect }) => {
    const child = start(['plan', large, '--format', 'annotated']);
    let err = '';
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [code] = (await once(child, 'close')) as [number];
    expect([code, err]).toEqual([0, '']);
  });

  it.runIf(existsSync('/dev/full'))('ends with 1 when what it prints cannot be written', async ({ expect }) => {
    const full = openSync('/dev/full', 'w');
    const { code, err } = await ended(['plan', large, '--json'], ['ignore', full, 'pipe']);
    closeSync(full);
    expect(err).toMatch(/^error unwritable_output: ENOSPC.*\n$/);
    expect(code).toBe(1);
  });

  it.skipIf(existsSync('/dev/mapper/control'))('names --kernel on a host without device-mapper', async ({ expect }) => {
    const [text, json] = await Promise.all([dmplanProcess(['ls']), dmplanProcess(['ls', '--json'])]);
    expect(text.err).toMatch(/^error no_device_mapper: .*\n.*add --kernel\n$/);
    expect([text.code, text.out]).toEqual([1, '']);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'no_device_mapper' } });
    expect([json.code, json.err]).toEqual([1, '']);
  });
});
