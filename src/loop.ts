/** Files as block devices: device-mapper takes no others. */
import { execFile } from 'node:child_process';
import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { DmError } from './errors.ts';

const PROGRAM = 'losetup';
/** A plain user's PATH may lack the folders of a system's programs. */
const SYSTEM_FOLDERS = '/usr/sbin:/sbin';

/**
 * Loop devices, read-only, that are there for as long as something has them open: this object, until it is closed, and then
 * the tables they are in. Nothing is left of those that no table has taken, however this process ends; but for a kill between
 * the two calls of losetup, which cannot attach a device that clears itself.
 */
export class LoopDevices {
  readonly #devices = new Map<string, string>();
  readonly #descriptors: number[] = [];

  /**
   * The block device with what a path has: a loop device for a file, the same one each time; any other path itself, absolute.
   * @throws {DmError} `loop_unavailable` where losetup is missing or refused; `unreadable_file`
   */
  async deviceOf(path: string, signal?: AbortSignal): Promise<string> {
    const real = realPathOf(path);
    if (!statSync(real).isFile()) return real;
    const device = this.#devices.get(real) ?? (await this.#attach(real, signal));
    this.#devices.set(real, device);
    return device;
  }

  /** Detaching one that is open makes the kernel do it on its last close (drivers/block/loop.c loop_clr_fd). */
  async #attach(file: string, signal: AbortSignal | undefined): Promise<string> {
    const device = (await losetup(['-r', '-f', '--show', file], file)).trim();
    try {
      this.#descriptors.push(openSync(device, 'r'));
    } finally {
      await losetup(['-d', device], file);
    }
    signal?.throwIfAborted();
    return device;
  }

  /** Lets go of all of them. */
  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DmError({ code: 'unreadable_file', message: `${path} cannot be opened: ${message}`, cause });
  }
}

async function losetup(args: string[], file: string): Promise<string> {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:${SYSTEM_FOLDERS}` };
  try {
    return (await promisify(execFile)(PROGRAM, args, { env })).stdout;
  } catch (cause) {
    const { code, stderr, message } = cause as Error & { code?: unknown; stderr?: string };
    const why = code === 'ENOENT' ? `${PROGRAM} is not installed (package mount or util-linux)` : stderr || message;
    throw new DmError({
      code: 'loop_unavailable',
      message: `${file} is a file, and needs a loop device: ${why.trim()}. As root with ${PROGRAM} it is made here; else give a block device`,
      cause,
    });
  }
}
