import { fstatSync, lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Why a policy is not taken from this place, or null. Whoever can write the file, or put another in its place, is as
 * good as root, and so must be root. `fd` is the file as it was opened.
 */
export function distrust(path: string, fd: number | null): string | null {
  if (path !== resolve(path)) return `${path} is not an absolute path without detours`;
  try {
    for (let at = path; ; at = dirname(at)) {
      const found = lstatSync(at);
      if (found.isSymbolicLink()) return `${at} is a symbolic link`;
      if (found.uid !== 0) return `${at} belongs to user ${found.uid}, not to root`;
      if ((found.mode & 0o022) !== 0) return `${at} can be written by others than root`;
      const opened = at === path && fd !== null ? fstatSync(fd) : found;
      if (opened.ino !== found.ino || opened.dev !== found.dev) return `${at} is not the file that was opened`;
      if (at === '/') return null;
    }
  } catch (error) {
    return (error as Error).message;
  }
}
