import { readdir } from 'node:fs/promises';
import type { Dev } from './reply.ts';

/** Names what is stacked on a block device. */
export type HolderReader = (dev: Dev) => Promise<string[]>;

/** From this host's sysfs: the kernel's names (`dm-3`, `md0`) of the devices on top. Empty when it cannot be read. */
export async function readHolders(dev: Dev): Promise<string[]> {
  return readdir(`/sys/dev/block/${dev.major}:${dev.minor}/holders`).catch(() => []);
}
