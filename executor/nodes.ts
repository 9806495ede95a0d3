import { existsSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf, failure, Refused } from './failure.ts';
import { isDeviceName } from './rules.ts';

const BLOCK_NODE = 0o060600; // S_IFBLK, read and write for root
const [UDEV_WAIT, UDEV_POLL] = [2000, 10];
const { EEXIST, ETIMEDOUT } = constants.errno;

type Mknod = (path: string, mode: number, dev: number) => number;
/** `mknod` is mknod(2): 0 or the errno. `udev` exists while udev runs, which makes and removes the nodes itself. */
type Options = { mknod: Mknod; pause: (milliseconds: number) => void; directory?: string; udev?: string };

export type Nodes = ReturnType<typeof createNodes>;

/**
 * The nodes in /dev/mapper. A dev number needs no translation: the kernel's huge_encode_dev and the dev_t of glibc and
 * musl agree for every major to 4095 and minor below 2^20, and dm has no others; `rdev` compares with it directly.
 */
export function createNodes({ mknod, pause, directory = '/dev/mapper', udev = '/run/udev/control' }: Options) {
  function waitForUdev(done: () => boolean): void {
    for (let waited = 0; waited < UDEV_WAIT && existsSync(udev) && !done(); waited += UDEV_POLL) pause(UDEV_POLL);
  }

  function make(path: string, dev: number): void {
    waitForUdev(() => ['ours', 'foreign'].includes(kindOf(path, dev)));
    const kind = kindOf(path, dev);
    if (kind === 'ours') return;
    if (kind === 'foreign') throw nodeFailed(path, EEXIST, 'a file that is no device node; move it away');
    if (existsSync(udev)) throw nodeFailed(path, ETIMEDOUT, 'udev did not make it within two seconds');
    if (kind === 'other') unlinkSync(path);
    const errno = mknod(path, BLOCK_NODE, dev);
    if (errno !== 0) throw nodeFailed(path, errno);
  }

  function clear(path: string): void {
    waitForUdev(() => kindOf(path) !== 'other');
    if (kindOf(path) === 'other') unlinkSync(path);
  }

  /** Gives the path, or null for a name that no node may have. Throws Refused. */
  function at(name: string, act: (path: string) => void): string | null {
    if (!isDeviceName(name)) return null;
    const path = `${directory}/${name}`;
    try {
      act(path);
      return path;
    } catch (error) {
      throw error instanceof Refused ? error : nodeFailed(path, errnoOf(error));
    }
  }

  return {
    /** Sees to it that the device has its node, and gives its path. */
    appear: (name: string, dev: number) => at(name, (path) => make(path, dev)),
    /** Sees to it that no node has this name. */
    vanish: (name: string) => void at(name, clear),
  };
}

/** What stands there: the device's own node, or a link to it as udev makes one; another's; or a file that is none. */
function kindOf(path: string, dev = 0): 'none' | 'ours' | 'other' | 'foreign' {
  const [node, end] = [lstatSync(path, { throwIfNoEntry: false }), statSync(path, { throwIfNoEntry: false })];
  if (node === undefined) return 'none';
  if (end?.isBlockDevice() && end.rdev === dev) return 'ours';
  return node.isBlockDevice() || node.isSymbolicLink() ? 'other' : 'foreign';
}

const nodeFailed = (path: string, errno: number, why = 'the executor must be able to write /dev/mapper') =>
  new Refused(failure('node_failed', `${path}: ${why}`, errno));
