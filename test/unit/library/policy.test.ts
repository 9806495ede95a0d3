import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkPolicy, type DmError, explainPolicy, loadPlanner, Plan } from '../../../src/index.ts';
import { encode } from '../../../src/planner/codec.ts';
import { SAMPLE } from '../policy/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'dmplan-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const POLICY = {
  policy: 1,
  uuidPrefix: 'DMPLAN-',
  clients: [
    { uid: 990, rules: ['look', 'zeros'] },
    { stdio: true, rules: ['look'] },
    { uid: 990, rules: [] },
  ],
  rules: {
    look: { commands: ['VERSION', 'DEV_STATUS'] },
    zeros: { commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME'], namePrefix: 'img-', targets: { zero: {} } },
  },
};

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const planner = await loadPlanner();
const plan = planner.plan({ action: 'create', name: 'img-1', uuid: 'DMPLAN-1', table: '0 8 zero' });
const good = file('good.json', POLICY);

describe('checkPolicy', () => {
  it('tells the digest of a file, and why its place cannot be trusted', async () => {
    const digest = createHash('sha256').update(readFileSync(good)).digest('hex');
    const { trusted, ...others } = await checkPolicy(good);
    expect(others).toEqual({ digest: `sha256:${digest}`, error: null });
    expect(trusted).toMatch(/belongs to user|can be written by others/);
  });

  it('tells that a file of root’s alone can be trusted', async () => {
    expect(await checkPolicy('/etc/passwd')).toMatchObject({ trusted: true, error: { place: '' } });
  });

  it('reads what a link leads to, and says that it is one', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(good, link);
    expect(await checkPolicy(link)).toMatchObject({ error: null, trusted: `${link} is a symbolic link` });
  });

  it('tells what is wrong by its place', async () => {
    const { error } = await checkPolicy(file('typo.json', { ...POLICY, limits: { device: 3 } }));
    expect(error).toEqual({ place: 'limits.device', message: 'limits.device is not a key here' });
  });

  it('takes the example of the manual', async () => {
    const page = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
    const example = /^ {4}\{\n(?: {4}.*\n)+ {4}\}$/m.exec(page)![0];
    expect((await checkPolicy(file('example.json', example))).error).toBeNull();
  });

  it.each([
    ['no JSON', file('text.json', '{ "policy": '), 'is not JSON'],
    ['no file', join(folder, 'nowhere.json'), 'ENOENT'],
    ['a folder', folder, 'is not a file'],
    ['a device', '/dev/zero', 'is not a file'],
  ])('tells that there is %s', async (_, path, message) => {
    expect((await checkPolicy(path)).error?.message).toContain(message);
  });

  it('does not wait for whoever writes to a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect((await checkPolicy(pipe)).error?.message).toBe('the document is not a file');
  });
});

describe('explainPolicy', () => {
  it('says for every step and client which rule allows it, and what does not hold in those that do not', async () => {
    const { digest, steps } = await explainPolicy(good, plan);
    expect(digest).toBe((await checkPolicy(good)).digest);
    expect(steps.map(({ step, command }) => [step, command])).toEqual([
      [0, 'DEV_CREATE'],
      [1, 'TABLE_LOAD'],
      [2, 'DEV_RESUME'],
    ]);
    for (const { clients } of steps)
      expect(clients).toEqual([
        { client: 990, rule: 'zeros', backing: null, refusal: null, refused: { look: 'commands' } },
        { client: 'stdio', rule: null, backing: null, refusal: 'look.commands', refused: { look: 'commands' } },
      ]);
  });

  it('knows the devices of the plan as the judge does', async () => {
    const narrow = { ...SAMPLE, limits: {} };
    const verity = `0 8 verity 1 7:0 7:1 4096 4096 1 1 sha256 ${'ab'.repeat(32)} -`;
    const create = (uuid: string) =>
      planner.plan({ action: 'create', name: 'img-1', uuid, readOnly: true, table: verity });
    const rulesFor = async (uuid: string) =>
      (await explainPolicy(file('narrow.json', narrow), create(uuid))).steps.map(({ clients }) => clients[0]!.rule);
    expect(await rulesFor('DMPLAN-IMG-1')).toEqual(['images', 'images', 'images']);
    expect(await rulesFor('DMPLAN-1')).toEqual([null, null, null]);
  });

  it('of a policy with an error is that error', async () => {
    const error = await explainPolicy(file('bad.json', { ...POLICY, rules: 7 }), plan).then(
      () => expect.unreachable(),
      (error: DmError) => error,
    );
    expect(error).toMatchObject({ code: 'bad_policy', path: 'rules' });
    expect(error.message).toMatch(/bad\.json: rules is not a map$/);
  });

  it('of a payload that is none is an error too', async () => {
    const broken = Plan.fromBytes(encode({ v: 1, steps: [[9, new Uint8Array(400)]] }));
    await expect(explainPolicy(good, broken)).rejects.toMatchObject({ code: 'bad_plan' });
  });
});
