import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../client/connection.ts';
import { executorProgram, NODE_FLAGS } from '../client/spawn.ts';
import { type DeviceMapper, type OpenOptions, openDeviceMapper } from '../device-mapper.ts';
import type { Dev } from '../reply.ts';
import { type BlockDevice, blockDeviceOf, folderOf, READ_AHEAD } from '../sysfs.ts';
import { bootKernel, type Guest } from './boot.ts';
import { type GuestDisk, OWN_FOLDERS } from './guest.ts';
import { ensureKernel } from './install.ts';
import type { GuestProgram } from './program.ts';
import { kernelRelease } from './releases.ts';

export interface KernelSessionOptions {
  /** The series: `6.1`, `6.12`, `7.2`. */
  release: string;
  disks?: GuestDisk[];
  /** Told what is going on, for a person who waits. */
  log?: (text: string) => void;
  signal?: AbortSignal;
}

/** A throwaway kernel, and the device-mapper of its executor. Closing the device-mapper powers the kernel off. */
export interface KernelSession {
  guest: Guest;
  dm: DeviceMapper;
}

/**
 * Boots a throwaway kernel with an executor in it.
 * @throws KernelMissing where a package is missing that cannot be installed; Error where it does not boot
 */
export async function openInKernel(options: KernelSessionOptions): Promise<KernelSession> {
  const log = options.log ?? ((): void => {});
  const kernel = await ensureKernel(kernelRelease(options.release), { install: true, log });
  log(`booting Linux ${kernel.release}`);
  const guest = await bootKernel({
    kernel,
    disks: options.disks ?? [],
    executor: executorArguments(),
    readable: hidden([executorProgram(), process.execPath]),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  try {
    return { guest, dm: await openInGuest(guest, guest.executor!) };
  } catch (error) {
    await guest.close();
    throw error;
  }
}

/** The folders, right below one that the guest has for itself, in which these files lie. */
export function hidden(files: string[]): string[] {
  const folders = files
    .map((file) => realpathSync(file))
    .flatMap((file) => {
      const own = OWN_FOLDERS.find((folder) => file.startsWith(`${folder}/`));
      return own === undefined ? [] : [join(own, file.slice(own.length + 1).split('/')[0]!)];
    });
  return [...new Set(folders)];
}

/** What starts the executor inside a guest. `program`: its file, the package's own unless given. */
export function executorArguments(program: string = executorProgram()): string[] {
  return [process.execPath, ...NODE_FLAGS, program, '--stdio', '--policy', 'unrestricted'];
}

/** A device-mapper over an executor that runs in a guest. Closing it closes the guest, unless `keep` is set. */
export async function openInGuest(
  guest: Guest,
  program: GuestProgram,
  { keep = false, ...options }: { keep?: boolean } & Pick<OpenOptions, 'uuidPrefix'> = {},
): Promise<DeviceMapper> {
  const executor = connect({
    input: program.output,
    output: program.input,
    close: async () => {
      await program.exited.catch(() => {});
      if (!keep) await guest.close();
    },
  });
  return openDeviceMapper({
    executor,
    holders: (dev) => holdersIn(guest, dev),
    resolveDevice: (path) => resolveIn(guest, path),
    blockDevice: (dev) => blockDeviceIn(guest, dev),
    ...options,
  });
}

async function resolveIn(guest: Guest, path: string): Promise<Dev | undefined> {
  const word = `'${path.replaceAll("'", `'\\''`)}'`;
  const { stdout } = await guest.run(`test -b ${word} && stat -L -c '%t %T' ${word}`);
  const [major, minor] = stdout.split(' ').map((number) => Number.parseInt(number, 16));
  return major === undefined || minor === undefined ? undefined : { major, minor };
}

async function holdersIn(guest: Guest, dev: Dev): Promise<string[]> {
  const { stdout } = await guest.run(`ls ${folderOf(dev)}/holders 2>/dev/null`);
  return stdout.split('\n').filter((name) => name !== '');
}

async function blockDeviceIn(guest: Guest, dev: Dev): Promise<BlockDevice | undefined> {
  const folder = folderOf(dev);
  const { code, stdout } = await guest.run(
    `readlink ${folder} && { cat ${folder}/${READ_AHEAD} 2>/dev/null || echo 0; }`,
  );
  const [target = '', readAhead = '0'] = stdout.split('\n');
  return code === 0 ? blockDeviceOf(target, readAhead) : undefined;
}
