import { openSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import * as abi from '../assembly/abi.ts';
import { type Payload, viewOf } from './header.ts';
import type { Lock } from './journal.ts';
import type { Ioctl } from './undo.ts';

const LOCK_EX_NB = 6;

type Mknod = (path: string, mode: number, dev: number) => number;

/** The system calls that node itself does not have, on a control node that is open: 0, or the errno. */
export interface Control {
  readonly ioctl: Ioctl;
  readonly mknod: Mknod;
  readonly lock: Lock;
}

/**
 * Opens the control node, once for the life of the worker. Throws what node:fs or the loading of koffi throws: koffi is
 * loaded here and not at the head of the file, so that a machine without its binary gets a message, not a stack trace.
 *
 * Synchronous calls only: they hold the buffer while they last, which koffi's asynchronous ones do not. ioctl is declared
 * with fixed arguments, which Linux passes like variadic ones on the processors that koffi is built for.
 */
export async function openControl(path = '/dev/mapper/control'): Promise<Control> {
  const fd = openSync(path, 'r+');
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  const ioctl: (fd: number, request: number, payload: Payload) => number = libc.func(
    'int ioctl(int fd, ulong request, void *payload)',
  );
  const mknod = bindMknod(libc);
  const flock = libc.func('int flock(int fd, int operation)');
  return {
    ioctl(command, payload) {
      checkArguments(fd, command, payload);
      return ioctl(fd, requestOf(command), payload) === 0 ? 0 : koffi.errno();
    },
    mknod: (node, mode, dev) => (mknod(node, mode, dev) === 0 ? 0 : koffi.errno()),
    lock: (file) => (flock(file, LOCK_EX_NB) === 0 ? 0 : koffi.errno()),
  };
}

/** _IOWR(IOC_TYPE, command, struct dm_ioctl): built here, so that no other ioctl can be asked for. */
export function requestOf(command: number): number {
  return ((abi.IOC_READ_WRITE << 30) | (abi.HEADER_SIZE << 16) | (abi.IOC_TYPE << 8) | command) >>> 0;
}

/**
 * koffi passes a fraction, NaN or a detached buffer on without a word, and the kernel reads and writes data_size bytes
 * from wherever that leads. So this is asked once more where it matters, whatever has been checked before.
 */
export function checkArguments(fd: number, command: number, payload: Payload): void {
  const { buffer, byteLength } = payload;
  const numbers = Number.isInteger(fd) && fd >= 0 && Number.isInteger(command) && command >= 0 && command <= 0xff;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength >= abi.HEADER_SIZE;
  if (!numbers || !whole || viewOf(payload).getUint32(abi.DATA_SIZE_OFFSET, true) !== byteLength) {
    throw new TypeError(`ioctl ${command}: not a whole payload of its own with its length in data_size`);
  }
}

/** Before 2.33 glibc exports mknod only as __xmknod, with the version of its dev_t in front and dev by address. */
function bindMknod(libc: LibraryHandle): Mknod {
  try {
    return libc.func('int mknod(str path, uint mode, uint64_t dev)');
  } catch {
    const xmknod = libc.func('int __xmknod(int version, str path, uint mode, void *dev)');
    return (path, mode, dev) => xmknod(0, path, mode, BigUint64Array.of(BigInt(dev)));
  }
}
