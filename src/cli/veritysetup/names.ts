import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { devText, resolveDevice } from '../../devices.ts';
import { mangle } from '../mangle.ts';
import { Failure } from './failures.ts';

const FOLDER = '/dev/mapper/';
/** Bytes of a name, DM_NAME_LEN without the byte that ends it. */
const LONGEST = 127;

/** The name of a device to make, as the kernel gets it. */
export function newName(given: string): string {
  if (given.includes('/')) throw new Failure(`Name "${given}" invalid. It contains "/".`);
  const name = mangle(given);
  if (name.length <= LONGEST) return name;
  throw new Failure(`Name "${given}" too long.\nCannot use device ${given}, name is invalid or still in use.`);
}

/** The name of a device that is there: given as a name, or as the path of a node. */
export async function knownName(given: string): Promise<string> {
  if (!given.includes('/')) return mangle(given);
  const name = (await nameOfNode(given)) ?? (given.startsWith(FOLDER) ? given.slice(FOLDER.length) : undefined);
  if (name === undefined || name.includes('/')) throw new Failure(`Device ${basename(given)} not found`);
  return name;
}

/** By `/sys/dev/block/MAJOR:MINOR/dm/name` (drivers/md/dm-sysfs.c); undefined for what is no node of device-mapper. */
async function nameOfNode(path: string): Promise<string | undefined> {
  const dev = await resolveDevice(path);
  if (!dev) return undefined;
  try {
    return readFileSync(`/sys/dev/block/${devText(dev)}/dm/name`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
