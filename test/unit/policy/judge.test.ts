/** The judge as an executor has it: the built program, without just-in-time compilation, spoken to over pipes. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { Step } from '../../../src/planner/plan.ts';
import { carrying, encode, frame, map, type Target, table, type Value } from '../executor/payloads.ts';
import { Judge, type JudgeOptions, PROGRAM, question } from './judged.ts';
import { bare, create, load, SAMPLE, step } from './sample.ts';

const isRoot = process.getuid!() === 0;
/** A folder of root's alone, where this may be made; anybody's otherwise. */
const folder = mkdtempSync(join(isRoot ? '/run' : tmpdir(), 'dmplan-judge-'));
if (isRoot) chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(document: unknown, mode = 0o644): string {
  const path = join(folder, `policy-${files++}.json`);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  chmodSync(path, mode);
  return path;
}

const POLICY = {
  policy: 1,
  uuidPrefix: 'OWN-',
  clients: [
    { uid: 990, rules: ['zeros', 'look'] },
    { stdio: true, rules: ['look'] },
  ],
  backing: { loops: [{ loop: true }], numbers: [{ device: '8:1' }, { device: '259:3', diskseq: 12 }, { own: true }] },
  rules: {
    look: { commands: ['VERSION', 'DEV_STATUS'] },
    zeros: {
      commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME'],
      targets: { zero: {}, linear: { backing: ['loops', 'numbers'] } },
    },
  },
};
/** Near the largest payload that the byte rules let through. */
const LARGE = 31 * 1024 * 1024;
const VERSION = step('VERSION', bare());
const made = (name: string) => [create(name, `OWN-${name}`), load({ name }, ['zero', ''])];

/** A table of many targets that are alike. */
function rows(type: string, params: string, count: number): Step {
  return step(
    'TABLE_LOAD',
    table(
      { name: 'a' },
      Array.from({ length: count }, (): Target => [0, 8, type, params]),
    ),
  );
}

const judges: Judge[] = [];
afterAll(() => {
  for (const { child } of judges) child.kill('SIGKILL');
});

/** A judge, and what it said first. */
async function start(path: string, options?: JudgeOptions): Promise<[Judge, Record<string, unknown>]> {
  const judge = new Judge(path, options);
  judges.push(judge);
  return [judge, await judge.hear()];
}

describe.runIf(isRoot)('a judge whose policy is in order', () => {
  it('says its digest and prefix first, and ends with its input', async () => {
    const path = file(POLICY);
    const [judge, greeting] = await start(path);
    const digest = `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    expect(greeting).toEqual({ digest, uuidPrefix: 'OWN-', filter: expect.any(Uint8Array), reason: null });
    expect(Object.keys(greeting)).toEqual(['digest', 'uuidPrefix', 'filter', 'reason']);
    expect(await judge.close()).toBe(0);
  });

  it('answers one question after the other, in order, however they arrive', async () => {
    const [judge] = await start(file(POLICY));
    const resume = step('DEV_SUSPEND', bare({ name: 'a' }));
    const loaded = load({ name: 'a' }, ['linear', '7:0 0']);
    const questions = Buffer.concat([
      question(990, [create('a', 'OWN-1'), loaded, resume]),
      question('stdio', [VERSION, resume]),
      question(7, [VERSION]),
    ]);
    for (const byte of questions.subarray(0, 300)) judge.send(Uint8Array.of(byte));
    judge.send(questions.subarray(300));
    expect(await judge.hear()).toEqual({
      refused: null,
      rules: ['zeros', 'zeros', 'zeros'],
      backing: [null, ['7:*', '8:1', '259:3 12', 'own'], null],
    });
    expect(await judge.hear()).toEqual({
      refused: { step: 1, rule: 'look.commands', message: 'the policy does not allow DEV_RESUME' },
    });
    expect(await judge.hear()).toEqual({
      refused: { step: null, rule: 'clients', message: 'the policy has no rules for this client' },
    });
    expect(await judge.close()).toBe(0);
  });

  it('needs no right but to read what it was given', async () => {
    const path = file(POLICY, 0o600);
    const [judge, greeting] = await start(path, { uid: 65534 });
    expect(greeting).toMatchObject({ uuidPrefix: 'OWN-', reason: null });
    expect(await judge.ask(990, ...made('a'))).toMatchObject({ rules: ['zeros', 'zeros'] });
    const status = readFileSync(`/proc/${judge.child.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(await judge.close()).toBe(0);
  });

  it('is ended by SIGTERM', async () => {
    const [judge] = await start(file(POLICY));
    judge.child.kill('SIGTERM');
    expect(await judge.ended).toEqual([null, 'SIGTERM']);
  });

  it('takes the largest document, and a large table', async () => {
    const [judge, { reason }] = await start(file(JSON.stringify(POLICY).padEnd(262144)));
    expect(reason).toBeNull();
    const targets = Array.from({ length: 20_000 }, (): [string, string] => ['zero', '']);
    expect(await judge.ask(990, create('a', 'OWN-1'), load({ name: 'a' }, ...targets))).toMatchObject({
      refused: null,
    });
    expect(await judge.close()).toBe(0);
  });

  it.each<[string, () => Step]>([
    ['message', () => step('TARGET_MSG', carrying({ name: 'a' }, ' '.repeat(LARGE), 8))],
    ['params', () => rows('verity', `1 7:0 7:1 1 1 1 1 x 00 -${' fec_start 0'.repeat(LARGE / 12)}`, 1)],
    ['table', () => rows('zero', '', LARGE / 48)],
    ['table of verity', () => rows('verity', '12345678', LARGE / 56)],
  ])('judges the largest %s in little more memory than it takes', async (_, make) => {
    const rules = {
      all: { commands: ['TARGET_MSG', 'TABLE_LOAD'], targets: { zero: {}, verity: { options: ['fec_start'] } } },
    };
    const [judge] = await start(file({ ...POLICY, clients: [{ uid: 1, rules: ['all'] }], rules }));
    expect(await judge.ask(1, make())).toHaveProperty('refused');
    const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${judge.child.pid}/status`, 'utf8'))![1]);
    expect(peak).toBeLessThan(192 * 1024);
    expect(await judge.close()).toBe(0);
  });

  it('says on standard error which path leads to no block device, and allows nothing for it', async () => {
    const paths = ['/dev/nowhere', '/dev/null', '/etc'];
    const rules = { all: { commands: ['TABLE_LOAD'], targets: { linear: { backing: ['paths'] } } } };
    const backing = { paths: paths.map((path) => ({ path })) };
    const [judge] = await start(file({ ...POLICY, clients: [{ uid: 1, rules: ['all'] }], backing, rules }));
    expect(await judge.ask(1, load({ name: 'a' }, ['linear', '8:1 0']))).toMatchObject({ backing: [[]] });
    expect(await judge.close()).toBe(0);
    const lines = judge.said.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      paths.map((path) => ({ event: 'judge: no device', path, time: expect.stringMatching(/Z$/) })),
    );
  });

  it.each<[string, Uint8Array]>([
    ['no MessagePack', frame(Uint8Array.of(0xc1))],
    ['nothing', Buffer.alloc(4)],
    ['a value behind another', frame(Uint8Array.of(0x80, 0x80))],
    ['no map', frame(encode([1, 2]))],
    ['a question without a client', frame(encode(map({ plan: map({ v: 1, steps: [] }) })))],
    ['a question with more', frame(encode(map({ client: 1, plan: map({ v: 1, steps: [] }), more: 1 })))],
    ['a client that is none', question('root', [])],
    ['a plan of another version', frame(encode(map({ client: 1, plan: map({ v: 2, steps: [] }) })))],
    ['a step that is none', frame(encode(map({ client: 1, plan: map({ v: 1, steps: [[3] as Value] }) })))],
    ['a command that is none', frame(encode(map({ client: 1, plan: map({ v: 1, steps: [[99, bare()]] as Value }) })))],
    ['a payload that is too short', question(990, [step('DEV_STATUS', bare().subarray(0, 100))])],
    ['a length that is too long', Buffer.of(0x7f, 0, 0, 0)],
  ])('is ended by %s', async (_, bytes) => {
    const [judge] = await start(file({ ...POLICY, clients: [...POLICY.clients, { uid: 1, rules: ['look'] }] }));
    judge.send(question(990, [VERSION]), bytes, question(990, [VERSION]));
    expect(await judge.hear()).toMatchObject({ refused: null });
    expect(await judge.ended).toEqual([76, null]);
    expect(judge.said).toMatch(/"event":"judge: ended","why":"/);
    await expect(judge.hear()).rejects.toThrow('the judge ended');
  });

  it('is ended by an end inside a frame', async () => {
    for (const size of [1, 3, 4, 5, 100]) {
      const [judge] = await start(file(POLICY));
      judge.send(question(990, [VERSION]).subarray(0, size));
      expect(await judge.close()).toBe(76);
    }
  });
});

test('the judge is one file that needs nothing but Node, and is small', () => {
  const program = readFileSync(PROGRAM, 'utf8');
  const required = [...program.matchAll(/\brequire\d*\(["']([^"']+)["']\)/g)].map(([, name]) => name!);
  expect(required.length).toBeGreaterThan(0);
  expect(required.filter((name) => !name.startsWith('node:'))).toEqual([]);
  const own = program.slice(program.indexOf('// src/policy/judge.ts'));
  expect(own.split('\n').length).toBeLessThan(1000);
});

describe.runIf(isRoot)('limits', () => {
  const limited = (limits: object) => file({ ...POLICY, limits });

  it('count the devices that a plan would make one too many', async () => {
    const [judge] = await start(limited({ devices: 2 }), { uid: 65534 });
    const three = [...made('a'), ...made('b'), ...made('c')];
    expect(await judge.ask(990, ...three)).toMatchObject({ refused: { step: 4, rule: 'limits.devices' } });
    expect(await judge.ask(990, ...three.slice(2))).toMatchObject({ refused: null });
    expect(await judge.ask(990, create('d', 'OWN-d'))).toMatchObject({ refused: { step: 0, rule: 'limits.devices' } });
    expect(await judge.ask(990, load({ name: 'd' }, ['zero', '']))).toMatchObject({ refused: null });
    await judge.close();
  });

  it('are reached where the devices cannot be counted', async () => {
    const hide = 'mount -t tmpfs none /sys && exec "$@"';
    const [judge] = await start(limited({ devices: 2 }), { via: ['unshare', '-m', 'sh', '-c', hide, 'sh'] });
    expect(await judge.ask(990, ...made('a'))).toMatchObject({ refused: { step: 0, rule: 'limits.devices' } });
    expect(await judge.ask(990, load({ name: 'd' }, ['zero', '']))).toMatchObject({ refused: null });
    await judge.close();
  });

  it('count what was created in the last minute by all clients', async () => {
    const [judge] = await start(limited({ createsPerMinute: 3 }));
    expect(await judge.ask(990, ...made('a'), ...made('b'))).toMatchObject({ refused: null });
    const refused = { step: 2, rule: 'limits.createsPerMinute' };
    expect(await judge.ask(990, ...made('c'), ...made('d'))).toMatchObject({ refused });
    expect(await judge.ask(990, create('c', 'OWN-c'))).toMatchObject({ refused: null });
    expect(await judge.ask(990, create('d', 'OWN-d'))).toMatchObject({ refused: { ...refused, step: 0 } });
    expect(await judge.ask('stdio', VERSION)).toMatchObject({ refused: null });
    await judge.close();
  });

  it('of 0 allow none', async () => {
    for (const limit of ['devices', 'createsPerMinute']) {
      const [judge] = await start(limited({ [limit]: 0 }));
      expect(await judge.ask(990, ...made('a'))).toMatchObject({ refused: { step: 0, rule: `limits.${limit}` } });
      await judge.close();
    }
  });
});

describe('a judge that cannot take its policy', () => {
  /** What it says of it, and that it then refuses everything. */
  async function reasonOf(path: string, options?: JudgeOptions): Promise<unknown> {
    const [judge, { digest, uuidPrefix, reason }] = await start(path, options);
    expect(uuidPrefix).toBe('');
    expect(digest === null || /^sha256:[0-9a-f]{64}$/.test(digest as string)).toBe(true);
    expect(await judge.ask(990, VERSION)).toEqual({ refused: { step: null, rule: 'policy', message: reason } });
    expect(await judge.close()).toBe(0);
    return reason;
  }

  it.each<[string, unknown, string]>([
    ['a key that is not known', { ...SAMPLE, limits: { device: 3 } }, 'limits.device is not a key here'],
    ['no JSON', '{', 'the document is not JSON: '],
    ['more than 256 KiB', ' '.repeat(262145), 'the document is longer than 262144 bytes'],
  ])('says that it has %s', async (_, document, reason) => {
    expect(await reasonOf(file(document))).toContain(reason);
  });

  it('says that there is nothing to read', async () => {
    expect(await reasonOf(file(POLICY), { opened: null })).toMatch(/./);
    expect(await reasonOf(file(POLICY), { opened: folder })).toBe('the document is not a file');
    expect(await reasonOf(file(POLICY), { opened: '/dev/zero' })).toBe('the document is not a file');
  });

  it('says that its place is open to others', async () => {
    const anybodys = mkdtempSync(join(tmpdir(), 'dmplan-judge-'));
    const path = join(anybodys, 'policy.json');
    writeFileSync(path, JSON.stringify(POLICY));
    expect(await reasonOf(path)).toContain(tmpdir());
    rmSync(anybodys, { recursive: true });
  });

  it('says that it was told no path', async () => {
    for (const path of ['', 'policy.json', '/etc/../etc/passwd', '/etc//passwd'])
      expect(await reasonOf(path, { opened: file(POLICY) })).toContain('is not an absolute path');
  });

  it('says that the file is no longer where it was', async () => {
    expect(await reasonOf('/etc/passwd', { opened: file(POLICY) })).toBe('/etc/passwd is not the file that was opened');
    expect(await reasonOf('/etc/nowhere', { opened: file(POLICY) })).toContain('ENOENT');
  });

  it.runIf(isRoot)('says who else could write it, wherever on its path', async () => {
    expect(await reasonOf(file(POLICY, 0o664))).toMatch(/policy-\d+\.json can be written by others than root/);
    expect(await reasonOf(file(POLICY, 0o646))).toContain('can be written by others than root');
    const owned = file(POLICY);
    chownSync(owned, 65534, 0);
    expect(await reasonOf(owned)).toBe(`${owned} belongs to user 65534, not to root`);
    const link = join(folder, 'link.json');
    symlinkSync(file(POLICY), link);
    expect(await reasonOf(link)).toBe(`${link} is a symbolic link`);
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    writeFileSync(join(inner, 'policy.json'), JSON.stringify(POLICY));
    symlinkSync(inner, join(folder, 'outer'));
    expect(await reasonOf(join(folder, 'outer/policy.json'))).toBe(`${join(folder, 'outer')} is a symbolic link`);
    chmodSync(inner, 0o777);
    expect(await reasonOf(join(inner, 'policy.json'))).toBe(`${inner} can be written by others than root`);
    chmodSync(inner, 0o700);
    expect(await reasonOf(join(inner, 'policy.json'), { uid: 65534 })).toContain('EACCES');
  });
});
