import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { errnoOf } from './failure.ts';
import { buildHeader, viewOf } from './header.ts';
import { abandoned, openJournal } from './journal.ts';
import type { Policy } from './judge.ts';
import { log } from './log.ts';
import type { Driver, Reason } from './messages.ts';
import { createNodes } from './nodes.ts';
import type { System } from './system.ts';
import { type Kernel, recover } from './undo.ts';

/** What the worker needs, of the system that a test may put a model in the place of. */
export type Control = Pick<System, 'ioctl' | 'mknod' | 'lock'>;

const { EACCES, EPERM, ENOENT, ENXIO, ENODEV, ENOTTY } = constants.errno;
const DENIED = 'the control node may not be used: run with CAP_SYS_ADMIN as a user that may open it';
const OLD = 'this policy takes device-mapper 4.45, which Linux has from 5.13 on';
const MISSING = 'no device-mapper behind /dev/mapper/control: load it (modprobe dm_mod), or make the node';
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** `own` is how the uuids of the devices begin that may be touched. */
export function kernelOf({ ioctl, mknod }: Control, own: string): Kernel {
  // Blocks the thread, which has nothing else to do.
  const pause = (milliseconds: number) => void Atomics.wait(NEVER, 0, 0, milliseconds);
  return { ioctl, nodes: createNodes({ mknod, pause }), pause, own };
}

type Readiness = { reason: Reason; driver: null; journal: null } | { reason: null; driver: Driver; journal: number };

/**
 * Whether plans can be forwarded, or the reason why not. Undoes what dead executors owed, before anything else is done,
 * and opens a journal in the folder.
 */
export function prepare(control: Control, { uuidPrefix: own, reason }: Policy, folder: string): Readiness {
  const not = (name: Reason['name'], message: string) =>
    ({ reason: { name, message }, driver: null, journal: null }) as const;
  if (reason !== null) return not('bad_policy', reason);
  const driver = driverOf(control);
  if ('name' in driver) return not(driver.name, driver.message);
  // From 4.45 on a list has only the devices that are asked for.
  if (own !== '' && driver[0] === 4 && driver[1] < 45) return not('bad_policy', OLD);
  try {
    const journal = openJournal(folder, control.lock);
    for (const debts of abandoned(folder, control.lock)) {
      const devices = [...new Set(debts.map(({ name }) => name))];
      if (debts.length > 0) log('recovered', { devices, undone: recover(kernelOf(control, own), debts) });
    }
    return { reason: null, driver, journal };
  } catch (error) {
    errnoOf(error);
    return not('no_journal', `${(error as Error).message}: name a folder that can be written with --journal`);
  }
}

/** VERSION is the first ioctl: the kernel checks CAP_SYS_ADMIN before anything else (dm-ioctl.c ctl_ioctl). */
export function driverOf({ ioctl }: Pick<Control, 'ioctl'>): Driver | Reason {
  const payload = buildHeader('', '');
  const errno = ioctl(abi.DM_VERSION, payload);
  const part = (index: number) => viewOf(payload).getUint32(abi.VERSION_OFFSET + 4 * index, true);
  if (errno === 0) return [part(0), part(1), part(2)];
  if ([EACCES, EPERM].includes(errno)) return { name: 'permission_denied', message: DENIED };
  if ([ENOENT, ENXIO, ENODEV, ENOTTY].includes(errno)) return { name: 'no_device_mapper', message: MISSING };
  throw new Error(`/dev/mapper/control could not be used: errno ${errno}`);
}
