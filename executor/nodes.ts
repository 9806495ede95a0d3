import { existsSync, lstatSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf, failure, Refused } from './failure.ts';
import { isDeviceName } from './rules.ts';

const BLOCK_NODE = 0o060600; // S_IFBLK, read and write for root
const UDEV_WAIT = 2000;
const UDEV_POLL = 10;
const { EEXIST, ETIMEDOUT } = constants.errno;

/** `mknod` is mknod(2): 0 or the errno. `udev` exists while udev runs, which makes and removes the nodes itself. */
interface Options {
  mknod: (path: string, mode: number, dev: number) => number;
  pause: (milliseconds: number) => void;
  directory?: string;
  udev?: string;
}

export type Nodes = ReturnType<typeof createNodes>;

/**
 * The nodes in /dev/mapper. A dev number needs no translation: the kernel's huge_encode_dev and the dev_t of glibc and
 * musl agree for every major to 4095 and minor below 2^20, and dm has no others; `rdev` compares with it directly.
 */
export function createNodes({ mknod, pause, directory = '/dev/mapper', udev = '/run/udev/control' }: Options) {
  function waitForUdev(done: () => boolean): void {
    for (let waited = 0; waited < UDEV_WAIT && existsSync(udev) && !done(); waited += UDEV_POLL) pause(UDEV_POLL);
  }

  return {
    /** Sees to it that the device has its node, and gives its path; null for a name that no node may have. Throws Refused. */
    appear(name: string, dev: number): string | null {
      if (!isDeviceName(name)) return null;
      const path = `${directory}/${name}`;
      if (kindOf(path) === 'none' && !existsSync(udev) && mknod(path, BLOCK_NODE, dev) === 0) return path;
      waitForUdev(() => leadsTo(path, dev) || kindOf(path) === 'foreign');
      if (leadsTo(path, dev)) return path;
      if (kindOf(path) === 'foreign') throw nodeFailed(path, EEXIST, 'a file that is no device node; move it away');
      if (existsSync(udev)) throw nodeFailed(path, ETIMEDOUT, 'udev did not make it within two seconds');
      attempt(path, () => mkdirSync(directory, { recursive: true, mode: 0o755 }));
      if (kindOf(path) === 'node') attempt(path, () => unlinkSync(path));
      const errno = mknod(path, BLOCK_NODE, dev);
      if (errno !== 0) throw nodeFailed(path, errno);
      return path;
    },

    /** Sees to it that no node has this name. Throws Refused. */
    vanish(name: string): void {
      if (!isDeviceName(name)) return;
      const path = `${directory}/${name}`;
      waitForUdev(() => kindOf(path) !== 'node');
      if (kindOf(path) === 'node') attempt(path, () => unlinkSync(path));
    },
  };
}

/** Whether the path is the device's node, or a link to it as udev makes one. */
function leadsTo(path: string, dev: number): boolean {
  const stats = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  return stats?.isBlockDevice() === true && stats.rdev === dev;
}

function kindOf(path: string): 'none' | 'node' | 'foreign' {
  const stats = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  return stats === undefined ? 'none' : stats.isBlockDevice() || stats.isSymbolicLink() ? 'node' : 'foreign';
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw nodeFailed(path, errnoOf(error));
  }
}

function nodeFailed(path: string, errno: number, why = 'the executor must be able to write /dev/mapper'): Refused {
  return new Refused(failure('node_failed', `${path}: ${why}`, errno));
}
