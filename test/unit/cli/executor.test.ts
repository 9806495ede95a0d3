import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Listener } from '../library/listener.ts';
import { FAILED } from '../library/peer.ts';
import { dmplan } from './capture.ts';

let listener: Listener;
beforeEach(async () => {
  listener = new Listener();
  await listener.listen();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await listener.end();
});

/** Answers the first plan of the next client with its own payloads; resolves with the plan's. */
async function served(): Promise<Buffer[]> {
  const client = await listener.client();
  const { id, plan } = await client.heard();
  const replies = plan!.steps.map(([, payload]) => new Uint8Array(payload));
  client.say({ type: 'result', id, replies, node: null });
  return replies.map((reply) => Buffer.from(reply));
}

/** The uuid of a payload. */
const uuidOf = (payload: Buffer): string => payload.subarray(176, 305).toString('latin1').split('\0')[0]!;

describe('--executor unix:PATH', () => {
  it('uses the executor that listens there', async () => {
    const [ran] = await Promise.all([dmplan(['--executor', `unix:${listener.path}`, 'version']), served()]);
    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Library version:.*\nDriver version: {4}4\.0\.0\n/),
    });
  });

  it('may stand behind the command, and in DMPLAN_EXECUTOR', async () => {
    const [behind] = await Promise.all([dmplan(['version', '--executor', `unix:${listener.path}`]), served()]);
    expect(behind.code).toBe(0);
    vi.stubEnv('DMPLAN_EXECUTOR', `unix:${listener.path}`);
    const [fromEnvironment] = await Promise.all([dmplan(['version']), served()]);
    expect(fromEnvironment.code).toBe(0);
    expect(listener.count).toBe(2);
  });

  it('goes before DMPLAN_EXECUTOR, and spawn too', async () => {
    vi.stubEnv('DMPLAN_EXECUTOR', 'unix:/nowhere/at/all');
    const [ran] = await Promise.all([dmplan(['--executor', `unix:${listener.path}`, 'version']), served()]);
    expect(ran.code).toBe(0);
    const { err } = await dmplan(['--executor', 'spawn', 'version']);
    expect(err).not.toContain('/nowhere');
  });

  it.each(['unix:', 'tcp:1', ''])('of %j is refused by name', async (text) => {
    expect(await dmplan(['--executor', text, 'version'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error bad_executor: --executor is .*unix:PATH/),
    });
  });

  it('in the environment is named when it is wrong', async () => {
    vi.stubEnv('DMPLAN_EXECUTOR', 'somewhere');
    expect((await dmplan(['version'])).err).toContain('DMPLAN_EXECUTOR is "somewhere"');
  });

  it('and --kernel exclude each other', async () => {
    const { code, err } = await dmplan(['--kernel', '--executor', 'unix:/x', 'version']);
    expect([code, err]).toEqual([1, expect.stringContaining("cannot be used with option '--executor")]);
  });

  it('of nobody says what to do', async () => {
    const { code, err } = await dmplan(['--executor', 'unix:/nowhere', 'ls']);
    expect(err).toMatch(/^error executor_unreachable: no executor at \/nowhere: .*\n {2}to do: .*start the executor/);
    expect(code).toBe(1);
  });

  it('prints a refusal with the rule and what to do', async () => {
    const answered = listener.client().then(async (client) => {
      const { id } = await client.heard();
      client.say({
        ...FAILED,
        id,
        name: 'policy_refused',
        rule: 'own',
        errno: null,
        message: 'no',
      });
    });
    const [{ err }] = await Promise.all([dmplan(['--executor', `unix:${listener.path}`, 'ls']), answered]);
    expect(err).toBe(
      'error policy_refused: no\n  rule: own\n' +
        '  to do: see what the policy allows (dmplan policy explain FILE REQUEST); devices have a uuid that begins as it says: --uuid-prefix PREFIX\n',
    );
  });
});

describe('--uuid-prefix', () => {
  const create = (...words: string[]) =>
    dmplan(['--executor', `unix:${listener.path}`, ...words, 'create', 'data', '--table', '0 8 zero', '--json']);

  it('gives a device without a uuid one that begins so, as DMPLAN_UUID_PREFIX does', async () => {
    const [, payloads] = await Promise.all([create('--uuid-prefix', 'OURS-'), served()]);
    expect(uuidOf(payloads[0]!)).toMatch(/^OURS-[0-9a-f]{32}$/);
    vi.stubEnv('DMPLAN_UUID_PREFIX', 'ENV-');
    const [, others] = await Promise.all([create(), served()]);
    expect(uuidOf(others[0]!)).toMatch(/^ENV-/);
  });

  it('is not there unless it is asked for', async () => {
    const [, payloads] = await Promise.all([create(), served()]);
    expect(uuidOf(payloads[0]!)).toBe('');
  });
});
