import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CLI, quote } from './harness.ts';
import { as, MEMBER, useInstalled } from './installed.ts';

const SERVICE = '/run/service/dmplan';
const SOCKET = '/run/dmplan/socket';

const deploy = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const [run, finish] = [...deploy.matchAll(/```sh\n([^`]*)```/g)].map(([, script]) => script!);

const kernel = useInstalled({ disks: [4] });

/** Longer than most: every step starts a node of its own in a guest with one processor. */
vi.setConfig({ testTimeout: 180_000 });

const dmplan = (words: string) =>
  kernel.guest.run(as(MEMBER, `node ${CLI} --executor unix:${SOCKET} --uuid-prefix DMPLAN- ${words}`));
const stat = (name: string): Promise<string> => kernel.sh(`s6-svstat -o ${name} ${SERVICE}`);

async function script(path: string, text: string): Promise<void> {
  await kernel.sh(`mkdir -p $(dirname ${path}); printf %s ${quote(text)} > ${path}; chmod +x ${path}`);
}

beforeAll(async () => {
  expect(run).toContain('--ready-fd 3');
  expect(finish).toContain('exit 125');
  await kernel.sh('/lib/systemd/systemd-udevd --daemon; udevadm trigger --subsystem-match=misc; udevadm settle');
  await script(`${SERVICE}/run`, run!);
  await script(`${SERVICE}/finish`, finish!);
  await kernel.sh(`echo 3 > ${SERVICE}/notification-fd; echo 30000 > ${SERVICE}/timeout-kill; : > ${SERVICE}/down`);
  await kernel.sh('s6-svscan /run/service > /run/s6.log 2>&1 & until s6-svok /run/service/dmplan; do sleep 0.1; done');
});

describe('an executor under s6, by the scripts of docs/deploy.md', () => {
  it('is ready when it says so, and serves a member of the group', async () => {
    await kernel.sh(`s6-svc -u ${SERVICE} && s6-svwait -U -t 30000 ${SERVICE}`);
    expect(await stat('up,ready')).toBe('true true');
    expect(await kernel.sh(`stat -c '%U:%G %a' ${SOCKET}`)).toBe('dmplan:dmplan-clients 660');
    expect(await dmplan("create data --table '0 8 zero'")).toMatchObject({ code: 0, stderr: '' });
    expect(await kernel.sh('dmsetup table data')).toBe('0 8 zero ');
    expect(await dmplan('remove data')).toMatchObject({ code: 0 });
  });

  it('has CAP_SYS_ADMIN and nothing else, in all of its threads', async () => {
    const status = await kernel.sh(`cat /proc/${await stat('pid')}/task/*/status`);
    for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      const sets = status.match(new RegExp(`^${name}:.*`, 'gm'))!;
      expect(new Set(sets)).toEqual(new Set([`${name}:\t0000000000200000`]));
    }
    expect(new Set(status.match(/^NoNewPrivs:.*/gm))).toEqual(new Set(['NoNewPrivs:\t1']));
  });

  it('is started again when it is killed, on the same socket', async () => {
    const pid = await stat('pid');
    await kernel.sh(
      `kill -KILL ${pid}; while s6-svstat -o pid ${SERVICE} | grep -qx -e ${pid} -e -1; do sleep 0.1; done`,
    );
    await kernel.sh(`s6-svwait -U -t 30000 ${SERVICE}`);
    expect(await stat('pid')).not.toBe(pid);
    expect(await dmplan('version')).toMatchObject({ code: 0 });
  });

  it('ends with 0 when it is told to stop, and stays down', async () => {
    await kernel.sh(`s6-svc -d ${SERVICE} && s6-svwait -D -t 30000 ${SERVICE}`);
    expect(await stat('up,exitcode')).toBe('false 0');
  });

  it('that is started with wrong arguments is a permanent failure, and not started again', async () => {
    await script(`${SERVICE}/run`, run!.replace('--listen', '--listn'));
    await kernel.sh(`s6-svc -u ${SERVICE}`);
    // It is down before, and it is down behind.
    await expect.poll(() => stat('up,wantedup,exitcode'), { timeout: 30_000 }).toBe('false false 64');
  });
});
