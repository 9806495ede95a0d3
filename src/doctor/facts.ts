import { execFile } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Hello } from '../client/messages.ts';
import { readHello } from '../client/socket.ts';
import { executorProgram, spawnExecutor } from '../client/spawn.ts';
import type { DmError } from '../errors.ts';

/** Where the package's units have an executor listen. */
export const DEFAULT_SOCKET = '/run/dmplan.sock';

const CONTROL = '/dev/mapper/control';
const JOURNAL = '/run/dmplan';
const TMPFS_MAGIC = 0x01021994;
/** Bit of CAP_SYS_ADMIN (linux/capability.h). */
const SYS_ADMIN = 21n;

/** What the first hello of an executor was, or why there was none. */
export type Heard = { hello: Hello } | { error: DmError };

/** What can be seen of a host without changing anything. */
export interface HostFacts {
  /** Which way dmplan takes: a child of its own, or the executor behind a socket. */
  route: 'spawn' | 'socket';
  platform: string;
  arch: string;
  node: string;
  kernel: string;
  /** Why koffi's binary does not load. */
  koffi: string | undefined;
  /** The minor number of the control node as the kernel has it (/proc/misc), when device-mapper is there. */
  driver: number | undefined;
  /** Where dm_mod is to be had from when it is not there. */
  module: 'builtin' | 'loadable' | 'none';
  control: ControlNode | undefined;
  uid: number;
  sysAdmin: boolean;
  /** Whether this is the user namespace that the kernel asks capabilities of. */
  initialNamespace: boolean;
  udev: boolean;
  container: string | undefined;
  journal: { folder: string; writable: boolean; tmpfs: boolean };
  socket: (Heard & { path: string }) | undefined;
  /** A child executor; not tried where dmplan takes the socket. */
  child: Heard | undefined;
}

/** The control node as a file. */
export interface ControlNode {
  /** Whether it leads to where the kernel has device-mapper. */
  current: boolean;
  /** `crw-------` as `0600`. */
  mode: string;
  uid: number;
  gid: number;
  /** Why this process cannot open it; undefined when it can, or where there is nothing behind it. */
  refused: string | undefined;
}

/** Looks at this host. `socket`: the path of the one that dmplan is told to take. */
export async function readFacts(socket: string | undefined, signal?: AbortSignal): Promise<HostFacts> {
  const path = socket ?? (existsSync(DEFAULT_SOCKET) ? DEFAULT_SOCKET : undefined);
  const driver = miscMinor(textOf('/proc/misc'), 'device-mapper');
  const given = signal ? { signal } : {};
  const [koffi, behind, child] = await Promise.all([
    koffiProblem(),
    path === undefined ? undefined : heard(readHello(path, given)).then((heard) => ({ ...heard, path })),
    socket === undefined ? heard(ownHello(given)) : undefined,
  ]);
  return {
    route: socket === undefined ? 'spawn' : 'socket',
    platform: process.platform,
    arch: process.arch,
    node: process.version,
    kernel: release(),
    koffi,
    driver,
    module: moduleOf(release()),
    control: controlNode(driver),
    uid: process.getuid?.() ?? -1,
    sysAdmin: hasCapability(textOf('/proc/self/status'), SYS_ADMIN),
    initialNamespace: /^\s*0\s+0\s+4294967295\s*$/.test(textOf('/proc/self/uid_map')),
    udev: existsSync('/run/udev/control'),
    container: containerOf(),
    journal: journalOf(),
    socket: behind,
    child,
  };
}

async function heard(hello: Promise<Hello>): Promise<Heard> {
  return hello.then(
    (hello) => ({ hello }),
    (error: DmError) => ({ error }),
  );
}

/** With a journal of its own: what a killed executor left behind is not a doctor's to clean up. */
async function ownHello(given: { signal?: AbortSignal }): Promise<Hello> {
  const journal = mkdtempSync(join(tmpdir(), 'dmplan-doctor-'));
  try {
    const executor = await spawnExecutor({ ...given, journal });
    await executor.close();
    return executor.hello;
  } finally {
    rmSync(journal, { recursive: true, force: true });
  }
}

/** In a process of its own: a binary for another libc may end the one that loads it. */
function koffiProblem(): Promise<string | undefined> {
  const options = { cwd: dirname(executorProgram()) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', 'require("koffi").load(null)'], options, (error, _, stderr) => {
      const said = stderr.split('\n').find((line) => line.includes('Error'));
      resolve(error ? (said ?? error.message.split('\n')[0]) : undefined);
    });
  });
}

/** The minor number that a driver has in /proc/misc. */
export function miscMinor(text: string, name: string): number | undefined {
  const line = text.split('\n').find((line) => line.trim().split(/\s+/)[1] === name);
  return line === undefined ? undefined : Number.parseInt(line, 10);
}

/** Whether a capability is in the effective set of /proc/self/status. */
export function hasCapability(status: string, bit: bigint): boolean {
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
}

function moduleOf(kernel: string): HostFacts['module'] {
  const folder = `/lib/modules/${kernel}`;
  if (/\/dm-mod\.ko$/m.test(textOf(`${folder}/modules.builtin`))) return 'builtin';
  return /\/dm-mod\.ko[^:]*:/.test(textOf(`${folder}/modules.dep`)) ? 'loadable' : 'none';
}

/** A node that leads nowhere is not opened: that would have the kernel load a module. */
function controlNode(driver: number | undefined): ControlNode | undefined {
  const stat = statSync(CONTROL, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const current = stat.isCharacterDevice() && driver !== undefined && stat.rdev === 10 * 256 + minorBits(driver);
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
  return { current, mode, uid: stat.uid, gid: stat.gid, refused: current ? whyNotOpened() : undefined };
}

/** As the kernel packs a minor number beside a small major one (linux/kdev_t.h new_encode_dev). */
function minorBits(minor: number): number {
  return (minor & 0xff) + (minor >> 8) * 2 ** 20;
}

function whyNotOpened(): string | undefined {
  try {
    closeSync(openSync(CONTROL, 'r+'));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Only root may look into PID 1; for others the file that Docker or Podman leaves has to do. */
function containerOf(): string | undefined {
  const [, named] = /(?:^|\0)container=([^\0]+)/.exec(textOf('/proc/1/environ')) ?? [];
  if (named !== undefined) return named;
  if (existsSync('/run/.containerenv')) return 'podman';
  return existsSync('/.dockerenv') ? 'docker' : undefined;
}

function journalOf(): HostFacts['journal'] {
  const folder = existsSync(JOURNAL) ? JOURNAL : dirname(JOURNAL);
  try {
    accessSync(folder, constants.W_OK);
    return { folder: JOURNAL, writable: true, tmpfs: statfsSync(folder).type === TMPFS_MAGIC };
  } catch {
    return { folder: JOURNAL, writable: false, tmpfs: false };
  }
}

/** The text of a file of the kernel's, empty where it cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
