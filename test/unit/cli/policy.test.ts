import { describe, expect, it } from 'vitest';
import { dmplan, scratch } from './capture.ts';

const { file } = scratch();
const POLICY = {
  policy: 1,
  uuidPrefix: 'DMPLAN-',
  clients: [
    { uid: 990, rules: ['look', 'zeros'] },
    { stdio: true, rules: [] },
  ],
  backing: { disk: [{ device: '8:1' }, { own: true }] },
  rules: {
    look: { commands: ['VERSION'] },
    zeros: {
      commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME'],
      targets: { zero: {}, linear: { backing: ['disk'] } },
    },
  },
};
const policy = file('policy.json', JSON.stringify(POLICY));
const request = file(
  'request.json',
  JSON.stringify({ action: 'create', name: 'a', uuid: 'DMPLAN-1', table: '0 8 zero' }),
);
const table = file('img.table', '0 8 error\n');

describe('dmplan policy check', () => {
  it('prints the digest, and to standard error that the place is not root’s alone', async () => {
    const { code, out, err } = await dmplan(['policy', 'check', policy]);
    expect([code, out]).toEqual([0, expect.stringMatching(/policy\.json: sha256:[0-9a-f]{64}\n$/)]);
    expect(err).toContain('an executor would not take it from this place: ');
    const json = JSON.parse((await dmplan(['policy', 'check', policy, '--json'])).out);
    expect(json).toMatchObject({ digest: expect.stringContaining('sha256:'), error: null });
  });

  it('ends with 1 and the place of what is wrong', async () => {
    const bad = file('bad.json', JSON.stringify({ ...POLICY, limits: { device: 3 } }));
    const { code, out, err } = await dmplan(['policy', 'check', bad]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error bad_policy: .*bad\.json: limits\.device/);
    const json = await dmplan(['policy', 'check', bad, '--json']);
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { error: { place: 'limits.device' } }]);
  });
});

describe('dmplan policy explain', () => {
  it('prints for a person who may do each step by which rule', async () => {
    expect(await dmplan(['policy', 'explain', policy, request])).toEqual(
      expect.objectContaining({
        code: 0,
        err: '',
        out: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME']
          .map(
            (command, index) =>
              `${index + 1}. ${command}\n  uid 990    allowed by zeros\n  stdio      refused: clients\n`,
          )
          .join(''),
      }),
    );
  });

  it('takes table text too, and says what does not hold', async () => {
    const { code, out } = await dmplan(['policy', 'explain', policy, table, '--name', 'a', '--uuid', 'DMPLAN-2']);
    expect(code).toBe(0);
    expect(out).toContain('2. TABLE_LOAD\n  uid 990    refused: look: commands; zeros: targets.error');
  });

  it('says on what a table may lie', async () => {
    const linear = file('linear.table', '0 8 linear /dev/sda 0\n');
    const { out } = await dmplan(['policy', 'explain', policy, linear, '--name', 'a', '--uuid', 'DMPLAN-2']);
    expect(out).toContain('2. TABLE_LOAD\n  uid 990    allowed by zeros, on 8:1, own alone\n');
  });

  it('says what is refused whatever the rule', async () => {
    const { out } = await dmplan(['policy', 'explain', policy, table, '--name', 'a', '--uuid', 'LVM-2']);
    expect(out).toContain('1. DEV_CREATE\n  uid 990    refused: uuidPrefix\n');
  });

  it('of a policy with an error is that error', async () => {
    const bad = file('typo.json', JSON.stringify({ ...POLICY, limits: { device: 3 } }));
    const { code, out } = await dmplan(['policy', 'explain', bad, request, '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { error: { code: 'bad_policy', path: 'limits.device' } }]);
  });

  it('prints the same for programs', async () => {
    const { out } = await dmplan(['policy', 'explain', policy, request, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      steps: [{ step: 0, command: 'DEV_CREATE', clients: [{ client: 990 }, { client: 'stdio' }] }, {}, {}],
    });
  });

  it('of a request that the planner refuses is the planner’s error', async () => {
    const bad = file('gap.table', '0 8 zero\n16 8 zero\n');
    expect(await dmplan(['policy', 'explain', policy, bad])).toMatchObject({
      code: 1,
      err: expect.stringContaining('error gap'),
    });
  });
});
