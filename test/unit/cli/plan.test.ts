import { describe, expect, it } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { dmplan, scratch } from './capture.ts';

const planner = await loadPlanner();
const { file } = scratch();

const TABLE = '0 2048 linear /dev/loop0 0\n';
const table = file('data.table', TABLE);
const request = file('request.json', JSON.stringify({ action: 'create', name: 'data', table: TABLE }));
const expected = planner.plan({ action: 'create', name: 'data', table: TABLE });
const hex = expected.steps.map(({ command, payload }) => ({ command, payload: Buffer.from(payload).toString('hex') }));

describe.each([
  ['a table, named after its file', table],
  ['a JSON request', request],
])('dmplan plan of %s', (_, source) => {
  it('prints JSON of the version, the digest and the payloads in hex', async () => {
    const { code, out, err } = await dmplan(['plan', source, '--format', 'json']);
    const steps = hex.map(({ command, payload }) => `{"command":"${command}","payload":"${payload}"}`).join(',');
    expect(out).toBe(`{"v":1,"digest":"${await expected.digest()}","steps":[${steps}]}\n`);
    expect([code, err]).toEqual([0, '']);
  });

  it('prints the same JSON with --json, before or behind the verb', async () => {
    const { out } = await dmplan(['plan', source, '--format', 'json']);
    expect((await dmplan(['plan', source, '--json'])).out).toBe(out);
    expect((await dmplan(['--json', 'plan', source])).out).toBe(out);
  });

  it('prints hex, a line for each step', async () => {
    const { code, out } = await dmplan(['plan', source, '-f', 'hex']);
    expect(out).toBe(hex.map(({ command, payload }) => `${command} ${payload}\n`).join(''));
    expect(code).toBe(0);
  });

  it('prints the bytes for an executor, and nothing behind them', async () => {
    const { code, bytes } = await dmplan(['plan', source, '--format', 'msgpack']);
    expect(bytes.equals(expected.bytes)).toBe(true);
    expect(code).toBe(0);
  });

  it('prints every field of every step unless told otherwise', async () => {
    const { code, out } = await dmplan(['plan', source]);
    expect(out).toBe((await dmplan(['plan', source, '--format', 'annotated'])).out);
    expect(out.match(/^\d\. .*$/gm)).toEqual([
      '1. DEV_CREATE, 312 bytes',
      '2. TABLE_LOAD, 368 bytes',
      '3. DEV_SUSPEND, 312 bytes',
    ]);
    for (const [i, { command, payload }] of expected.steps.entries()) {
      const section = out.split(/^(?=\d\. )/m)[i]!;
      for (const { offset, field } of planner.inspect(command, payload)) {
        expect(section).toMatch(new RegExp(`^ +${offset}  .* ${field.replace(/[.[\]]/g, '\\$&')}( |$)`, 'm'));
      }
    }
    expect(out.trimEnd().split('\n').at(-1)).toBe(await expected.digest());
    expect(code).toBe(0);
  });
});

describe('dmplan plan of a table', () => {
  it.each([
    ['--name', ['--name', 'other'], { name: 'other' }],
    ['a name that dmsetup mangles', ['--name', 'my disk'], { name: 'my\\x20disk' }],
    ['--uuid', ['--uuid', 'ACME-1'], { uuid: 'ACME-1' }],
    ['--readonly', ['-r'], { readOnly: true }],
    ['--action load', ['--action', 'load'], { action: 'load' }],
    ['--action reload', ['--action', 'reload'], { action: 'reload' }],
  ])('follows %s', async (_, options, fields) => {
    const { bytes } = await dmplan(['plan', table, '--format', 'msgpack', ...options]);
    const request = { action: 'create', name: 'data', table: TABLE, ...fields } as never;
    expect(bytes.equals(planner.plan(request).bytes)).toBe(true);
  });

  it('takes the name of a file that the kernel’s rules would refuse as dmsetup would write it', async () => {
    const { code, out } = await dmplan(['plan', file('my table.v1.txt', TABLE), '--json']);
    expect(code).toBe(0);
    const [create] = (JSON.parse(out) as { steps: { payload: string }[] }).steps;
    expect(planner.decode('DEV_CREATE', Buffer.from(create!.payload, 'hex')).header.name).toBe('my\\x20table.v1');
  });

  it('shows no byte of a key', async () => {
    const { out } = await dmplan(['plan', file('crypt.table', `0 8 crypt aes ${'1a'.repeat(16)} 0 /dev/a 0\n`)]);
    expect(out).toContain('61 65 73 20 ** ** ** **…');
    expect(out).not.toContain('31 61');
  });

  it('with an action that it does not have says which it has', async () => {
    const { code, err } = await dmplan(['plan', table, '--action', 'remove']);
    expect(code).toBe(1);
    expect(err).toContain('Allowed choices are create, load, reload');
  });
});

describe('dmplan plan of JSON', () => {
  it('plans any action', async () => {
    const list = file('list.json', '\n { "action": "list", "uuids": true }');
    const { bytes } = await dmplan(['plan', list, '-f', 'msgpack']);
    expect(bytes.equals(planner.plan({ action: 'list', uuids: true }).bytes)).toBe(true);
  });

  it.each([
    ['{', 'bad_json'],
    ['{"action": "create",}', 'bad_json'],
    ['{}', 'missing_field'],
    ['{"v":2,"action":"version"}', 'unsupported_version'],
    ['{"action":"explode"}', 'unknown_action'],
    ['{"action":"version","more":1}', 'unknown_field'],
    ['{"action":"create","name":"a","targets":[{"type":"zero","length":0.5}]}', 'fraction'],
  ])('%s is refused as %s', async (text, errorCode) => {
    const { code, out, err } = await dmplan(['plan', file('bad.json', text)]);
    expect(err).toMatch(new RegExp(`^error ${errorCode}: `));
    expect([code, out]).toEqual([1, '']);
  });
});
