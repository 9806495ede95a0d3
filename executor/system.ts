import * as abi from '../assembly/abi.ts';
import { type Payload, viewOf } from './header.ts';

const [O_RDONLY_CLOEXEC, O_RDWR_CLOEXEC, LOCK_EX_NB, AT_FDCWD] = [0o2000000, 0o2000002, 6, -100];
/** Before 2.33 glibc has no mknod that could be called by its name. */
const MKNODAT = { x64: 259, ia32: 297, arm: 324 }[process.arch as string] ?? 33;

/** seccomp(2) where there are filters for; its operation and its flag, both 1, are SET_MODE_FILTER and TSYNC. */
const SECCOMP = process.arch === 'x64' ? 317 : 277;
const [AF_UNIX, SOCK_DGRAM, SOL_SOCKET, SO_PEERCRED] = [1, 0x80002, 1, 17];

export type System = Awaited<ReturnType<typeof loadSystem>>;

/**
 * The system calls that node itself does not have, each 0 or the errno unless it says otherwise. Rejects where koffi does
 * not load: it is loaded here and not at the head of the file, so that a machine without its binary gets a message.
 *
 * Synchronous calls only: they hold the buffer while they last, which koffi's asynchronous ones do not. Variadic
 * functions are declared with fixed arguments, which Linux passes alike on the processors that koffi is built for.
 */
export async function loadSystem(path = '/dev/mapper/control') {
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  const errno = (result: number) => (result === 0 ? 0 : koffi.errno());
  const ioctl = libc.func('int ioctl(int fd, ulong request, void *payload)');
  const open = libc.func('int open(str path, int flags)');
  const flock = libc.func('int flock(int fd, int operation)');
  const mknodat = libc.func('long syscall(long number, long folder, str path, ulong mode, ulong dev)');
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *size)');
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const sendto = libc.func('long sendto(int fd, void *text, ulong size, int flags, void *to, uint length)');
  const prctl = libc.func('int prctl(int option, ulong what, ulong a, ulong b, ulong c)');
  const program = koffi.struct({ length: 'uint16', filter: 'void *' });
  const seccomp = libc.func('syscall', 'long', ['long', 'long', 'long', koffi.pointer(program)]);
  let control = -1;
  return {
    /** On the control node, which the first one opens. */
    ioctl(command: number, payload: Payload): number {
      if (control < 0) control = open(path, O_RDWR_CLOEXEC);
      if (control < 0) return koffi.errno();
      checkArguments(control, command, payload);
      return errno(ioctl(control, requestOf(command), payload));
    },
    mknod: (node: string, mode: number, dev: number) => errno(mknodat(MKNODAT, AT_FDCWD, node, mode, dev)),
    /** Holds all threads, and those to come, to what the classic BPF lets through; whether it does: TSYNC may give a thread. */
    confine: (filter: Uint8Array) =>
      filter.length > 0 && seccomp(SECCOMP, 1, 1, { length: filter.length / 8, filter }) === 0,
    /** To read from; null where that cannot be. */
    open: (path: string) => [open(path, O_RDONLY_CLOEXEC)].find((fd) => fd >= 0) ?? null,
    /** What this thread starts from now on has no capability, but for root's: PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL. */
    surrender: () => errno(prctl(47, 4, 0, 0, 0)),
    /** flock(2), exclusive and without waiting. */
    lock: (file: number) => errno(flock(file, LOCK_EX_NB)),
    /** The uid of the process that connected; null when that cannot be learnt. */
    peer(fd: number): number | null {
      // struct ucred: pid, uid, gid.
      const [value, size] = [new Uint32Array(3), Uint32Array.of(12)];
      return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, size) === 0 && size[0] === 12 ? value[1]! : null;
    },
    /** Where to send datagrams to a Unix socket, whose name is abstract behind a `@`. */
    sender(path: string): (text: string) => void {
      const fd = socket(AF_UNIX, SOCK_DGRAM, 0);
      const to = Buffer.from(`\x01\0${path.replace(/^@/, '\0')}`, 'latin1');
      return (text) => sendto(fd, Buffer.from(text), Buffer.byteLength(text), 0, to, to.length);
    },
  };
}

/** _IOWR(IOC_TYPE, command, struct dm_ioctl): built here, so that no other ioctl can be asked for. */
export const requestOf = (command: number) =>
  ((abi.IOC_READ_WRITE << 30) | (abi.HEADER_SIZE << 16) | (abi.IOC_TYPE << 8) | command) >>> 0;

/**
 * koffi passes a fraction, NaN or a detached buffer on without a word, and the kernel reads and writes data_size bytes
 * from wherever that leads. So this is asked once more where it matters, whatever has been checked before.
 */
export function checkArguments(fd: number, command: number, payload: Payload): void {
  const { buffer, byteLength } = payload;
  const numbers = Number.isInteger(fd) && fd >= 0 && Number.isInteger(command) && command >= 0 && command <= 0xff;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength >= abi.HEADER_SIZE;
  if (!numbers || !whole || viewOf(payload).getUint32(abi.DATA_SIZE_OFFSET, true) !== byteLength)
    throw new TypeError(`ioctl ${command}: not a whole payload of its own with its length in data_size`);
}
