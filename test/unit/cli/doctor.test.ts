import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/doctor/findings.ts';
import { Listener } from '../library/listener.ts';
import { dmplan } from './capture.ts';

/** Whether this machine's kernel has device-mapper, as the kernel says. */
const HAS_DEVICE_MAPPER = / device-mapper$/m.test(readFileSync('/proc/misc', 'utf8'));

describe('dmplan doctor', () => {
  it('says of this machine whether it has device-mapper', async () => {
    const { out, code } = await dmplan(['doctor', '--json']);
    const { ok, route, findings } = JSON.parse(out) as { ok: boolean; route: string; findings: Finding[] };
    expect(route).toBe('spawn');
    expect(findings.find(({ name }) => name === 'device-mapper')).toMatchObject({
      ok: HAS_DEVICE_MAPPER,
      needed: true,
    });
    expect(findings.filter(({ name }) => ['node', 'koffi'].includes(name))).toMatchObject([{ ok: true }, { ok: true }]);
    expect(ok).toBe(findings.every(({ ok, needed }) => ok || !needed));
    expect(code).toBe(ok ? 0 : 1);
  });

  it('has a line for a person for every finding, and one for what is to do', async () => {
    const { findings } = JSON.parse((await dmplan(['doctor', '--json'])).out) as { findings: Finding[] };
    const { out, err } = await dmplan(['doctor']);
    for (const { name, what, ok, needed, remedy } of findings) {
      expect(out).toContain(`${ok ? 'ok' : needed ? 'missing' : 'unneeded'}`);
      expect(out).toContain(`${name.padEnd(14)} ${what}\n`);
      if (needed && remedy !== undefined) expect(out).toContain(`to do: ${remedy}\n`);
    }
    expect(err).toBe('');
  });

  it('asks the executor that it is told to, and tells what it says', async () => {
    const listener = new Listener();
    await listener.listen();
    const { out } = await dmplan(['doctor', '--json', '--executor', `unix:${listener.path}`]);
    const { route, findings } = JSON.parse(out) as { route: string; findings: Finding[] };
    expect(route).toBe('socket');
    const socket = findings.find(({ name }) => name === 'socket')!;
    expect(socket).toMatchObject({ ok: true, needed: true, what: expect.stringContaining('a scripted peer') });
    expect(findings.find(({ name }) => name === 'executor')).toBeUndefined();
    await listener.end();
  });
});
