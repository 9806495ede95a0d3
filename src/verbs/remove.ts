import { Budget } from '../budget.ts';
import type { CallOptions } from '../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../device-mapper.ts';
import { DmError, isDmError } from '../errors.ts';
import { error } from '../targets.ts';
import { sectors } from '../units.ts';

export interface RemoveOptions extends CallOptions {
  /** When in use, remove it on last close. */
  deferred?: boolean;
  /** First puts an error target over the device, so that it lets go of what lies below and I/O that hangs ends. */
  force?: boolean;
  /** While it is busy, tries again: 25 times, 200 ms apart, as libdm does. */
  retry?: boolean;
}

export interface RemoveAllOptions extends CallOptions {
  deferred?: boolean;
  /** Also those in use: an error target is put over each, and they are tried once more. */
  force?: boolean;
}

/** What became of each device. */
export interface RemovedAll {
  removed: string[];
  /** In use, and why. */
  kept: { name: string; error: DmError }[];
}

/** libdm/ioctl/libdm-targets.h DM_RETRY_MAX, DM_RETRY_USLEEP_DELAY. */
const ATTEMPTS = 25;
const PAUSE_MS = 200;

/** How a device is removed once. */
type RemoveOnce = (device: DeviceRef, options: { deferred?: boolean } & CallOptions) => Promise<void>;

export async function remove(
  dm: DeviceMapper,
  once: RemoveOnce,
  device: DeviceRef,
  { deferred = false, force = false, retry = false, ...call }: RemoveOptions,
): Promise<void> {
  if (!force && !retry) return once(device, { ...(deferred ? { deferred } : {}), ...call });
  const budget = new Budget(call);
  if (force) await tryWipe(dm, device, budget);
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(device, { ...(deferred ? { deferred } : {}), ...budget.call() });
    } catch (error) {
      if (!retry || attempt >= ATTEMPTS || !isDmError(error, 'device_busy')) throw error;
    }
    await budget.pause(PAUSE_MS);
  }
}

/** dmsetup goes on to remove a device that takes no error table: without a table there is nothing to put it over. */
async function tryWipe(dm: DeviceMapper, device: DeviceRef, budget: Budget): Promise<void> {
  try {
    await wipeTable(dm, device, { noFlush: true, skipLockfs: true, ...budget.call() });
  } catch (error) {
    if (!isDmError(error) || error.code === 'cancelled' || error.code === 'deadline_exceeded') throw error;
  }
}

export interface WipeOptions extends CallOptions {
  noFlush?: boolean;
  skipLockfs?: boolean;
}

/** An error target as long as the live table takes its place. */
export async function wipeTable(dm: DeviceMapper, device: DeviceRef, options: WipeOptions): Promise<void> {
  const { noFlush = false, skipLockfs = false, ...call } = options;
  const budget = new Budget(call);
  const rows = await dm.table(device, { noFlush: true, ...budget.call() });
  const length = rows.reduce((sum, row) => sum + row.length, 0n);
  if (length === 0n) {
    throw new DmError({ code: 'no_table', message: 'the device has no live table to wipe', operation: 'wipe_table' });
  }
  await dm.load(device, { targets: [error({ length: sectors(length) })], ...budget.call() });
  await dm.resume(device, { noFlush, skipLockfs, ...budget.call() });
}

/**
 * Every device of the list, again and again for as long as one more goes: a device below another goes after it. Only
 * what was there at the beginning is removed, and what is in use is left and named; REMOVE_ALL tells neither.
 */
export async function removeAll(
  dm: DeviceMapper,
  once: RemoveOnce,
  { deferred = false, force = false, ...call }: RemoveAllOptions,
): Promise<RemovedAll> {
  const budget = new Budget(call);
  const removed: string[] = [];
  const devices = (await dm.list(budget.call())).map(({ name }) => name);
  const options = deferred ? { deferred } : {};
  let kept = await removePasses(devices, removed, (name) => once(name, { ...options, ...budget.call() }));
  if (force && kept.length > 0) {
    for (const { name } of kept) await tryWipe(dm, name, budget);
    const names = kept.map(({ name }) => name);
    kept = await removePasses(names, removed, (name) => once(name, { ...options, ...budget.call() }));
  }
  return { removed, kept };
}

async function removePasses(
  names: string[],
  removed: string[],
  once: (name: string) => Promise<void>,
): Promise<RemovedAll['kept']> {
  const kept: RemovedAll['kept'] = [];
  for (const name of names) {
    try {
      await once(name);
      removed.push(name);
    } catch (error) {
      if (isDmError(error, 'device_busy')) kept.push({ name, error });
      else if (!isDmError(error, 'no_such_device')) throw error;
    }
  }
  if (kept.length === 0 || kept.length === names.length) return kept;
  return removePasses(
    kept.map(({ name }) => name),
    removed,
    once,
  );
}
