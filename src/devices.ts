import { stat } from 'node:fs/promises';
import type { Dev } from './reply.ts';

/** Tells which block device a path names; undefined when it names none. */
export type DeviceResolver = (path: string) => Promise<Dev | undefined>;

/** From this host's file system, following links. */
export async function resolveDevice(path: string): Promise<Dev | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isBlockDevice() ? devOf(found.rdev) : undefined;
}

/** glibc's dev_t: twelve bits of each number where they always were, the rest above (sys/sysmacros.h). */
export function devOf(rdev: bigint): Dev {
  return {
    major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)),
    minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)),
  };
}

export function devText({ major, minor }: Dev): string {
  return `${major}:${minor}`;
}
