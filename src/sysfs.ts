import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Dev } from './reply.ts';

/** Names what is stacked on a block device. */
export type HolderReader = (dev: Dev) => Promise<string[]>;

/** What the kernel tells of a block device outside of device-mapper. */
export interface BlockDevice {
  /** The kernel's name: `dm-3`, `sda1`. */
  name: string;
  /** Sectors. */
  readAhead: number;
}

/** Tells it; undefined where there is no such device, as for one that has never had a table. */
export type BlockDeviceReader = (dev: Dev) => Promise<BlockDevice | undefined>;

/** From this host's sysfs: the kernel's names (`dm-3`, `md0`) of the devices on top. Empty when it cannot be read. */
export async function readHolders(dev: Dev): Promise<string[]> {
  return readdir(`${folderOf(dev)}/holders`).catch(() => []);
}

/** From this host's sysfs. */
export async function readBlockDevice(dev: Dev): Promise<BlockDevice | undefined> {
  const target = await readlink(folderOf(dev)).catch(() => undefined);
  if (target === undefined) return undefined;
  const readAhead = await readFile(`${folderOf(dev)}/${READ_AHEAD}`, 'latin1').catch(() => '0');
  return blockDeviceOf(target, readAhead);
}

/** Where sysfs has a block device, a link to its folder. */
export function folderOf({ major, minor }: Dev): string {
  return `/sys/dev/block/${major}:${minor}`;
}

/** Below it; a partition has none of its own. */
export const READ_AHEAD = 'queue/read_ahead_kb';

/** From where the link leads, and what the file says. */
export function blockDeviceOf(target: string, readAheadKib: string): BlockDevice {
  return { name: basename(target), readAhead: Number(readAheadKib) * 2 };
}
