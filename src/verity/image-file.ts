import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DmError } from '../errors.ts';

const SECTOR = 512;
const COPY_WINDOW = 1024 * 1024;

/** A file or block device, open by a descriptor that all threads of the process share. */
export class ImageFile {
  readonly path: string;
  readonly fd: number;
  /** Bytes when it was opened. */
  readonly size: number;
  readonly isDevice: boolean;
  /** Whether opening made it. */
  readonly isNew: boolean;
  readonly #identity: string;

  constructor(path: string, fd: number, isNew: boolean) {
    const stat = fstatSync(fd);
    if (!stat.isFile() && !stat.isBlockDevice()) {
      closeSync(fd);
      throw new DmError({ code: 'not_an_image', message: `${path} is neither a file nor a block device` });
    }
    this.path = path;
    this.fd = fd;
    this.isNew = isNew;
    this.isDevice = stat.isBlockDevice();
    this.size = this.isDevice ? sizeOfDevice(stat.rdev) : stat.size;
    this.#identity = this.isDevice ? `device ${stat.rdev}` : `file ${stat.dev} ${stat.ino}`;
  }

  isSameAs(other: ImageFile): boolean {
    return this.#identity === other.#identity;
  }

  /** Fills the bytes from that offset. @throws {DmError} `verity_truncated` */
  read(into: Uint8Array, offset: number): void {
    readFully(this.fd, into, offset);
  }

  write(bytes: Uint8Array, offset: number): void {
    writeFully(this.fd, bytes, offset);
  }

  /** Makes a file that is shorter as long as that, with zeros. */
  growTo(size: number): void {
    if (!this.isDevice && fstatSync(this.fd).size < size) ftruncateSync(this.fd, size);
  }

  /** Writes all of it to another, which is empty. @throws {DmError} `cancelled` */
  async copyTo(other: ImageFile, signal?: AbortSignal): Promise<void> {
    const window = Buffer.alloc(COPY_WINDOW);
    for (let at = 0; at < this.size; at += window.length) {
      const part = window.subarray(0, Math.min(window.length, this.size - at));
      this.read(part, at);
      other.write(part, at);
      await nextTurn();
      if (signal?.aborted) throw new DmError({ code: 'cancelled', message: `cancelled while ${this.path} was copied` });
    }
  }

  /** Everything that was written is on the disk when this returns. */
  sync(): void {
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Removes a file that opening has made. */
  discard(): void {
    if (this.isNew) unlinkSync(this.path);
  }
}

/** `/sys/dev/block/MAJOR:MINOR/size` counts sectors (block/genhd.c part_size_show). */
function sizeOfDevice(rdev: number): number {
  const major = (Math.floor(rdev / 2 ** 32) & 0xfffff000) | ((rdev >> 8) & 0xfff);
  const minor = ((rdev >> 12) & 0xfff00) | (rdev & 0xff);
  return Number(readFileSync(`/sys/dev/block/${major}:${minor}/size`, 'utf8')) * SECTOR;
}

/** @throws {DmError} `unreadable_file` */
export function openToRead(path: string): ImageFile {
  return open(path, constants.O_RDONLY, 'unreadable_file');
}

/** Opens to read and write, and makes a file where there is none. @throws {DmError} `unwritable_file` */
export function openToWrite(path: string): ImageFile {
  try {
    return make(path);
  } catch (error) {
    if (!isTaken(error)) throw unopened(path, 'unwritable_file', error);
  }
  return open(path, constants.O_RDWR, 'unwritable_file');
}

/** Makes a file where there is none. @throws {DmError} `file_exists`, `unwritable_file` */
export function openNew(path: string): ImageFile {
  try {
    return make(path);
  } catch (error) {
    if (!isTaken(error)) throw unopened(path, 'unwritable_file', error);
    throw new DmError({ code: 'file_exists', message: `${path} is there already; name a file that is not` });
  }
}

function make(path: string): ImageFile {
  return new ImageFile(path, openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600), true);
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

function open(path: string, flags: number, code: string): ImageFile {
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (error) {
    throw unopened(path, code, error);
  }
  return new ImageFile(path, fd, false);
}

function unopened(path: string, code: string, cause: unknown): DmError {
  const { message } = cause as Error;
  return new DmError({ code, message: `${path} cannot be opened: ${message}`, cause });
}

/** Reads until the bytes are full, as a short read is no end. @throws {DmError} `verity_truncated` */
export function readFully(fd: number, into: Uint8Array, offset: number): void {
  for (let at = 0; at < into.length; ) {
    const count = readSync(fd, into, at, into.length - at, offset + at);
    if (count === 0) {
      throw new DmError({
        code: 'verity_truncated',
        message: `the device ends at byte ${offset + at}, inside a block`,
      });
    }
    at += count;
  }
}

export function writeFully(fd: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, offset + at);
}
