import { describe, expect, it } from 'vitest';
import { type HostFacts, hasCapability, miscMinor } from '../../../src/doctor/facts.ts';
import { type Finding, findingsOf } from '../../../src/doctor/findings.ts';
import { DmError, type Hello } from '../../../src/index.ts';
import { HELLO } from '../library/peer.ts';

const hello = HELLO as unknown as Hello;
const degraded: Hello = {
  ...hello,
  state: 'degraded',
  reason: { name: 'bad_policy', message: 'too old' },
  policy: 'own:DMPLAN-',
};
const unreachable = new DmError({ code: 'executor_unreachable', message: 'connect EACCES', remedy: 'join the group' });

/** Root on a host that has everything. */
const READY: HostFacts = {
  route: 'spawn',
  platform: 'linux',
  arch: 'x64',
  node: 'v20.19.0',
  kernel: '6.1.0',
  koffi: undefined,
  driver: 236,
  module: 'loadable',
  control: { current: true, mode: '0600', uid: 0, gid: 0, refused: undefined },
  uid: 0,
  sysAdmin: true,
  initialNamespace: true,
  udev: true,
  container: undefined,
  journal: { folder: '/run/dmplan', writable: true, tmpfs: true },
  socket: undefined,
  child: { hello },
};

const found = (facts: Partial<HostFacts>) => findingsOf({ ...READY, ...facts });
const named = (name: string, facts: Partial<HostFacts>): Finding | undefined =>
  found(facts).find((finding) => finding.name === name);

/** What is needed and missing, by name. */
const missing = (facts: Partial<HostFacts>): string[] =>
  found(facts)
    .filter(({ ok, needed }) => needed && !ok)
    .map(({ name }) => name);

describe('on a host that has everything', () => {
  it('nothing is missing, and nothing is to do', () => {
    expect(missing({})).toEqual([]);
    expect(found({}).filter(({ ok, remedy }) => !ok || remedy !== undefined)).toEqual([]);
  });

  it('the interface of the driver is told, and what executor there is', () => {
    expect(named('device-mapper', {})?.what).toContain('interface 4.48.0');
    expect(named('executor', {})?.what).toContain('policy unrestricted');
  });

  it('an executor that listens is pointed to', () => {
    const { ok, needed, what } = named('socket', { socket: { hello, path: '/run/dmplan.sock' } })!;
    expect([ok, needed]).toEqual([true, false]);
    expect(what).toContain('--executor unix:/run/dmplan.sock');
  });
});

describe('what is missing has a name and a remedy:', () => {
  it.each<[string, Partial<HostFacts>, string, string]>([
    ['another system', { platform: 'darwin' }, 'node', 'Linux'],
    ['an old node', { node: 'v20.18.3' }, 'node', '20.19'],
    ['an older node', { node: 'v18.20.0' }, 'node', '20.19'],
    ['koffi’s binary', { koffi: 'Error: Cannot find the native Koffi module' }, 'koffi', 'optional'],
    ['a module that is not loaded', { driver: undefined, control: undefined }, 'device-mapper', 'modprobe dm_mod'],
    ['a kernel without it', { driver: undefined, control: undefined, module: 'none' }, 'device-mapper', '--kernel'],
    ['the node', { control: undefined }, 'control node', 'mknod /dev/mapper/control c 10 236'],
    ['a node that leads elsewhere', { control: { ...READY.control!, current: false } }, 'control node', 'rm '],
    [
      'the permission to open it',
      { control: { ...READY.control!, refused: 'EACCES' }, uid: 1000 },
      'control node',
      'as root',
    ],
    [
      'a device rule of a container',
      { control: { ...READY.control!, refused: 'EPERM' }, container: 'docker' },
      'device rules',
      '--device /dev/mapper/control',
    ],
    ['the capability', { sysAdmin: false }, 'CAP_SYS_ADMIN', '--cap-add SYS_ADMIN'],
    ['the capability outside of a namespace', { initialNamespace: false }, 'CAP_SYS_ADMIN', 'hostUsers: true'],
    ['the folder of the journal', { journal: { ...READY.journal, writable: false } }, 'journal', '--journal DIR'],
    ['a policy that can be taken', { child: { hello: degraded } }, 'executor', 'Linux 5.13'],
  ])('%s', (_, facts, name, remedy) => {
    expect(missing(facts)).toEqual([name]);
    const finding = named(name, facts)!;
    expect(finding.remedy).toContain(remedy);
    expect(finding.what).not.toBe('');
  });

  it('an executor that does not listen, with its own remedy', () => {
    const facts: Partial<HostFacts> = { route: 'socket', child: undefined, socket: { error: unreachable, path: '/s' } };
    expect(missing(facts)).toEqual(['socket']);
    expect(named('socket', facts)).toMatchObject({ what: expect.stringContaining('EACCES'), remedy: 'join the group' });
  });
});

describe('a client of an executor that listens', () => {
  const facts: Partial<HostFacts> = {
    route: 'socket',
    uid: 1000,
    sysAdmin: false,
    control: { ...READY.control!, refused: 'EACCES' },
    journal: { ...READY.journal, writable: false },
    koffi: 'no binary',
    child: undefined,
    socket: { hello, path: '/run/dmplan.sock' },
  };

  it('needs nothing of what only the executor needs', () => {
    expect(missing(facts)).toEqual([]);
    expect(named('control node', facts)).toMatchObject({ ok: false, needed: false });
  });

  it('needs the executor to be ready', () => {
    expect(missing({ ...facts, socket: { hello: degraded, path: '/s' } })).toEqual(['socket']);
  });
});

describe('the kernel’s files', () => {
  it('/proc/misc has the minor number of the control node', () => {
    const text = '234 btrfs-control\n236 device-mapper\n 58 hpet\n';
    expect(miscMinor(text, 'device-mapper')).toBe(236);
    expect(miscMinor(text, 'hpet')).toBe(58);
    expect(miscMinor('', 'device-mapper')).toBeUndefined();
  });

  it('/proc/self/status has the capabilities, as bits', () => {
    expect(hasCapability('CapPrm:\t0\nCapEff:\t0000000000200000\n', 21n)).toBe(true);
    expect(hasCapability('CapEff:\t000001ffffdfffff\n', 21n)).toBe(false);
    expect(hasCapability('', 21n)).toBe(false);
  });
});
