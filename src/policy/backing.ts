import { readFileSync, statSync } from 'node:fs';
import { devOf, devText } from '../devices.ts';
import { folderOf } from '../sysfs.ts';
import type { Entry, Policy } from './document.ts';

/** Something that a table may lie on, as text that an executor compares with what the kernel says the table opened. */
export interface Ground {
  /** `259:3`, `259:3 12` with the disk's sequence number, `7:*`, or `own`. */
  text: string;
  readOnly: boolean;
}

export type Grounds = ReadonlyMap<string, readonly Ground[]>;

/** Every set by its name, its paths followed once and for all; `lost` is told of paths that lead to no block device. */
export function resolveBacking({ backing = {} }: Policy, lost: (path: string) => void): Grounds {
  const groundOf = (entry: Entry): Ground[] => {
    const text = textOf(entry);
    if (text === null) lost(entry.path!);
    return text === null ? [] : [{ text, readOnly: entry.readOnly ?? false }];
  };
  return new Map(Object.entries(backing).map(([set, entries]) => [set, entries.flatMap(groundOf)]));
}

/** Any minor number of the loop driver's major (Documentation/admin-guide/devices.txt). */
const LOOP = '7:*';

function textOf({ device, diskseq, path, loop }: Entry): string | null {
  if (loop) return LOOP;
  if (device !== undefined) return diskseq === undefined ? device : `${device} ${diskseq}`;
  return path === undefined ? 'own' : deviceAt(path);
}

function deviceAt(path: string): string | null {
  try {
    const found = statSync(path, { bigint: true });
    if (!found.isBlockDevice()) return null;
    const dev = devOf(found.rdev);
    const folder = folderOf(dev);
    // A partition has the sequence number of its disk, whose folder its own lies in.
    const diskseq = contentOf(`${folder}/diskseq`) ?? contentOf(`${folder}/../diskseq`);
    return diskseq === null ? devText(dev) : `${devText(dev)} ${diskseq}`;
  } catch {
    return null;
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
}
