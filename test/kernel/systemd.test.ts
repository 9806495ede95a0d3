import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import { CLI, quote } from './harness.ts';
import { as, INSTALLED, MEMBER, SOCKET, STRANGER, UNITS, useInstalled } from './installed.ts';

const SERVICE = 'dmplan-executor.service';
const UNIT = '/etc/systemd/system/dmplan-executor.service';
const LIBRARY = fileURLToPath(new URL('../../dist/src/index.js', import.meta.url));
const MEMBER_PROGRAM = fileURLToPath(new URL('member.mjs', import.meta.url));
const PROBE = fileURLToPath(new URL('probe.cjs', import.meta.url));

const kernel = useInstalled({ disks: [4, 4], systemd: true });

const systemctl = (words: string): Promise<string> => kernel.sh(`systemctl ${words}`);
const property = (name: string): Promise<string> => systemctl(`show --value --property=${name} ${SERVICE}`);
const dmplan = (words: string, uid: number) =>
  kernel.guest.run(as(uid, `node ${CLI} --executor unix:${SOCKET} ${words}`));

/** A drop-in of the service, in use from its next start on. */
async function dropIn(name: string, lines: string[]): Promise<void> {
  const folder = `${UNIT}.d`;
  await kernel.sh(
    `mkdir -p ${folder}; printf '%s\\n' '[Service]' ${lines.map(quote).join(' ')} > ${folder}/${name}.conf`,
  );
  await systemctl('daemon-reload');
}

async function withoutDropIn(name: string): Promise<void> {
  await kernel.sh(`rm ${UNIT}.d/${name}.conf`);
  await systemctl('daemon-reload');
}

/** A device-mapper as a member of the group has it. */
async function connect(): Promise<DeviceMapper> {
  const bridge = `const s=require('net').connect(${JSON.stringify(SOCKET)});process.stdin.pipe(s);s.pipe(process.stdout)`;
  const command = ['sh', '-c', as(MEMBER, `node -e ${quote(bridge)}`)];
  return (await kernel.openBy(command, { uuidPrefix: 'DMPLAN-' })).dm;
}

beforeAll(async () => {
  await systemctl('start dbus.socket systemd-udevd.service');
  await kernel.sh('udevadm trigger --subsystem-match=misc --subsystem-match=block && udevadm settle');
  await dropIn('devices', [`DeviceAllow=${kernel.disks[0]} r`]);
  await systemctl('start dmplan-executor.socket');
});

/** Longer than most: every step starts a node of its own in a guest with one processor. */
vi.setConfig({ testTimeout: 180_000 });

describe('the udev rule', () => {
  it('lets the group of the executor open the control node', async () => {
    expect(await kernel.sh("stat -L -c '%U:%G %a' /dev/mapper/control")).toBe('root:dmplan 660');
  });
});

describe('the unit', () => {
  it('is rated 1.5 or better', () => {
    const rated = execFileSync('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=15',
      '--no-pager',
      join(UNITS, SERVICE),
    ]);
    expect(rated.toString()).toMatch(/Overall exposure level for .*: [01]\.\d/);
  });

  it('is started by its first client', async () => {
    expect(await property('ActiveState')).toBe('inactive');
    expect(await dmplan('version', MEMBER)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Driver version'),
    });
    expect(await property('ActiveState')).toBe('active');
    expect(await property('StatusText')).toBe('ready');
  });

  it('serves nobody who is not a member of the group', async () => {
    expect(await dmplan('version', STRANGER)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error executor_unreachable: .*EACCES.*to do: .*member of its group/s),
    });
  });

  it('tells dmplan doctor that all is well, for a member without privilege', async () => {
    const { code, stdout } = await dmplan('doctor', MEMBER);
    expect({ code, missing: stdout.match(/^missing .*/gm) }, stdout).toEqual({ code: 0, missing: null });
    expect(stdout).toMatch(/^ok +socket +\/run\/dmplan\.sock is ready: .*policy own:DMPLAN-/m);
  });

  it('has no capability beyond CAP_SYS_ADMIN in any of its threads, and gains none', async () => {
    const pid = await property('MainPID');
    expect(await kernel.sh('journalctl -o cat -u dmplan-executor.service')).not.toContain('"event":"unconfined"');
    const wanted = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000200000`);
    const status = await kernel.sh(`cat /proc/${pid}/task/*/status`);
    const threads = status.split(/^(?=Name:)/m);
    expect(threads.length).toBeGreaterThan(5);
    for (const thread of threads) {
      for (const line of [...wanted, 'NoNewPrivs:\t1', 'Seccomp:\t2']) expect(thread.split('\n')).toContain(line);
      expect(thread).not.toMatch(/^Uid:\t0|^Uid:.*\t0\t/m);
    }
  });
});

describe('a document as policy', () => {
  const document = {
    policy: 1,
    uuidPrefix: 'DMPLAN-',
    clients: [{ uid: MEMBER, rules: ['all'] }],
    rules: {
      all: {
        commands: ['VERSION', 'DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME', 'DEV_REMOVE', 'DEV_STATUS'],
        namePrefix: 'img-',
        targets: { zero: {} },
      },
    },
  };

  it('is judged by a process without any capability, for a member by its uid', async () => {
    await kernel.sh(`mkdir -p /etc/dmplan; echo ${quote(JSON.stringify(document))} > /etc/dmplan/policy.json`);
    const start = (await kernel.sh(`grep ^ExecStart= ${UNIT}`)).replace(
      /--policy .*/,
      '--policy /etc/dmplan/policy.json',
    );
    await dropIn('policy', ['ExecStart=', start]);
    await systemctl(`restart ${SERVICE}`);
    const { stdout } = await dmplan('doctor', MEMBER);
    expect(stdout).toMatch(/^ok +socket .*policy own:DMPLAN- sha256:[0-9a-f]{64}/m);
    const judge = await kernel.sh(`pgrep -P ${await property('MainPID')}`);
    const status = await kernel.sh(`cat /proc/${judge}/task/*/status`);
    for (const name of ['CapPrm', 'CapEff', 'CapAmb'])
      expect(new Set(status.match(new RegExp(`^${name}:.*`, 'gm')))).toEqual(new Set([`${name}:\t0000000000000000`]));
    const created = await dmplan("create img-1 --table '0 8 zero'", MEMBER);
    expect(created.code, created.stderr).toBe(0);
    expect((await dmplan('remove img-1', MEMBER)).code).toBe(0);
    expect(await dmplan("create img-1 --table '0 8 error'", MEMBER)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error policy_refused.*rule: all\.targets\.error/s),
    });
    expect(await kernel.sh(`journalctl -o cat -u ${SERVICE}`)).not.toContain('"event":"unconfined"');
  });

  afterAll(async () => {
    await withoutDropIn('policy');
    await systemctl(`restart ${SERVICE}`);
  });
});

describe('a process under the unit', () => {
  it('reads no secrets, writes and mounts no files, has no network, makes no code and no memory to run it in', async () => {
    const unit = '/run/systemd/system/dmplan-probe.service';
    await kernel.sh(`mkdir -p /opt/probe && cp ${PROBE} /opt/probe/
      sed -e 's|${INSTALLED}.*|/opt/probe/probe.cjs|' -e 's/^Type=.*/Type=oneshot\\nStandardError=file:\\/run\\/probe.err\\nStandardOutput=file:\\/run\\/probe.json/' \\
        -e '/^Requires\\|^Restart\\|^Watchdog\\|^RuntimeDirectory/d' ${UNIT} > ${unit}
      systemctl daemon-reload && systemctl start dmplan-probe.service || { systemctl status --no-pager dmplan-probe.service; cat /run/probe.err; exit 1; }`);
    expect(JSON.parse(await kernel.sh('cat /run/probe.json'))).toEqual({
      shadow: 'EACCES',
      etc: 'EROFS',
      home: 'EACCES',
      others: [],
      inet: 'EAFNOSUPPORT',
      interfaces: ['lo'],
      mount: 'EPERM',
      swap: 'EPERM',
      namespace: 'EPERM',
      traced: 'EPERM',
      wasm: 'undefined',
      code: 'EvalError',
      executable: 'EPERM',
      uid: Number(await kernel.sh('id -u dmplan')),
    });
  });
});

describe('a member of the group', () => {
  let dm: DeviceMapper;
  beforeAll(async () => {
    dm = await connect();
  });
  afterAll(() => dm.close());

  const linear = (disk: string) => `0 8 linear ${disk} 0`;

  it('makes a device, and udev its node', async () => {
    const [own] = kernel.disks;
    expect(await dm.create({ name: 'own', table: linear(own!), readOnly: true })).toMatchObject({
      path: '/dev/mapper/own',
      uuid: expect.stringMatching(/^DMPLAN-/),
    });
    expect((await kernel.read('/dev/mapper/own', 0, 512)).length).toBe(512);
    await dm.remove('own');
  });

  it('is refused by the kernel what the device rules do not allow', async () => {
    const [own, other] = kernel.disks;
    for (const fields of [
      { table: linear(own!) },
      { table: linear(other!), readOnly: true },
      { table: linear(other!) },
    ]) {
      await expect(dm.create({ name: 'not', ...fields })).rejects.toMatchObject({
        code: 'backing_device_denied',
        errno: { name: 'EPERM' },
        step: { command: 'TABLE_LOAD' },
        rollback: { complete: true },
      });
    }
  });

  it('reaches no device but those of this service', async () => {
    await kernel.sh("dmsetup create foreign --uuid LVM-1 --table '0 8 zero'");
    const refused = { code: 'policy_refused', rule: 'own', remedy: expect.any(String) };
    for (const act of [dm.info('foreign'), dm.suspend('foreign'), dm.remove('foreign'), dm.table('foreign')])
      await expect(act).rejects.toMatchObject(refused);
    await expect(dm.create({ name: 'not', noTable: true, uuid: 'LVM-2' })).rejects.toMatchObject(refused);
    await dm.create({ name: 'mine', table: '0 8 zero' });
    expect((await dm.list()).map(({ name }) => name)).toEqual(['mine']);
    await dm.remove('mine');
    expect(await kernel.sh('dmsetup ls')).toContain('foreign');
    await kernel.sh('dmsetup remove foreign');
  });
});

describe('the socket', () => {
  it('outlives an executor that has nothing to forward to, which says why', async () => {
    await dropIn('closed', ['DeviceAllow=', 'DeviceAllow=/dev/null rw']);
    await systemctl(`restart ${SERVICE}`);
    for (let i = 0; i < 2; i++) {
      const { code, stderr } = await dmplan('version', MEMBER);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('error permission_denied') });
    }
    expect(await property('NRestarts')).toBe('0');
    expect(await property('StatusText')).toContain('control node');
    await withoutDropIn('closed');
    await systemctl(`restart ${SERVICE}`);
    expect(await dmplan('version', MEMBER)).toMatchObject({ code: 0 });
  });

  it('outlives an executor that always fails, and its clients are served when it no longer does', async () => {
    await systemctl(`stop ${SERVICE}`);
    await dropIn('broken', ['ExecStart=', 'ExecStart=/bin/false', 'RestartSec=100ms']);
    const waiting = dmplan('version', MEMBER);
    await kernel.sh(`until [ "$(systemctl show --value -p NRestarts ${SERVICE})" -gt 6 ]; do sleep 0.2; done`);
    expect(await systemctl('is-active dmplan-executor.socket')).toBe('active');
    await withoutDropIn('broken');
    expect(await waiting).toMatchObject({ code: 0 });
    expect(await systemctl('is-active dmplan-executor.socket')).toBe('active');
  });
});

describe('the watchdog', () => {
  it('replaces an executor that hangs: its client is told of the plan in doubt, and served by the next', async () => {
    await dropIn('watchdog', ['WatchdogSec=5']);
    await systemctl(`restart ${SERVICE}`);
    const hanging = await property('MainPID');
    const program = ['sh', '-c', as(MEMBER, `node ${MEMBER_PROGRAM} ${LIBRARY} ${SOCKET}`)];
    const { input, output, exited } = await kernel.guest.startExecutor(program);
    const lines = createInterface({ input: output });
    input.write('before\n');
    await Promise.race([once(lines, 'line'), exited]);
    await kernel.sh(`kill -STOP ${hanging}`);
    const said: unknown[] = [];
    lines.on('line', (line) => said.push(JSON.parse(line)));
    const closed = once(lines, 'close');
    input.end('doubtful\nafter\n');
    expect(await exited).toBe(0);
    await closed;
    expect(said).toEqual([
      expect.objectContaining({ code: 'indeterminate' }),
      expect.objectContaining({ path: '/dev/mapper/after' }),
    ]);
    expect(await kernel.sh('dmsetup ls')).not.toContain('doubtful');
    expect(await property('MainPID')).not.toBe(hanging);
    expect(await property('NRestarts')).not.toBe('0');
    await withoutDropIn('watchdog');
  });
});

describe('stopping', () => {
  it('ends the executor with 0, and the socket goes with its unit', async () => {
    await systemctl(`stop ${SERVICE}`);
    expect(await property('ExecMainStatus')).toBe('0');
    expect(await property('Result')).toBe('success');
    await systemctl('stop dmplan-executor.socket');
    expect((await kernel.guest.run(`test -e ${SOCKET}`)).code).toBe(1);
  });
});

describe('an executor for one use, by systemd-run', () => {
  it('makes what its device rules allow, and nothing else', async () => {
    const [own, other] = kernel.disks;
    const { dm, program } = await kernel.openBy([
      ...['systemd-run', '--pipe', '--wait', '--quiet', '--collect'],
      ...['-p', 'User=dmplan', '-p', 'AmbientCapabilities=CAP_SYS_ADMIN', '-p', 'CapabilityBoundingSet=CAP_SYS_ADMIN'],
      ...['-p', 'NoNewPrivileges=yes', '-p', 'MemoryDenyWriteExecute=yes', '-p', 'PrivateNetwork=yes'],
      ...['-p', 'SystemCallFilter=@system-service', '-p', 'SystemCallErrorNumber=EPERM'],
      ...['-p', 'RuntimeDirectory=dmplan-once', '-p', 'DevicePolicy=closed'],
      ...['-p', 'DeviceAllow=/dev/mapper/control rw', '-p', `DeviceAllow=${own} r`],
      ...[process.execPath, '--jitless', '--disallow-code-generation-from-strings'],
      ...[INSTALLED, '--stdio', '--policy', 'unrestricted'],
    ]);
    const table = `0 8 linear ${own} 0`;
    expect(await dm.create({ name: 'once', table, readOnly: true })).toMatchObject({ path: '/dev/mapper/once' });
    await expect(dm.create({ name: 'twice', table })).rejects.toMatchObject({ code: 'backing_device_denied' });
    await expect(dm.create({ name: 'twice', table: `0 8 linear ${other} 0`, readOnly: true })).rejects.toMatchObject({
      code: 'backing_device_denied',
    });
    await dm.remove('once');
    await dm.close();
    expect(await program.exited).toBe(0);
  });
});

describe('dmplan doctor', () => {
  it('tells root of a unit that its device rules are in the way', async () => {
    const unit = 'systemd-run --pipe --wait --quiet -p DevicePolicy=closed';
    const { code, stdout } = await kernel.guest.run(`${unit} node ${CLI} doctor`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^missing +device rules +a .* whose device rules do not let .*\n +to do: .*DeviceAllow=/m);
    expect(stdout).toMatch(/^ok +control node /m);
  });
});
