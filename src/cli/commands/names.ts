import type { Command } from 'commander';
import type { CallOptions } from '../../client/connection.ts';
import type { DeviceRef } from '../../device-mapper.ts';
import type { Context } from '../context.ts';
import { mangle } from '../mangle.ts';

/** How to call with this context. */
export function callOf({ options, signal }: Context): CallOptions {
  return { signal, deadline: options.deadline };
}

/** The devices that the words name. */
export function refsOf(names: string[], uuid: string | undefined): DeviceRef[] {
  const byName = names.map(mangle);
  return uuid === undefined ? byName : [...byName, { uuid: mangle(uuid) }];
}

/** The same; at least one. */
export function devicesOf(names: string[], uuid: string | undefined, command: Command): DeviceRef[] {
  const devices = refsOf(names, uuid);
  if (devices.length === 0) command.error('error: name a device, or give its uuid with --uuid');
  return devices;
}

/** A device and the words behind it: with a uuid all words are behind it, as dmsetup has it. */
export function deviceAnd(words: string[], uuid: string | undefined, command: Command): [DeviceRef, string[]] {
  if (uuid !== undefined) return [{ uuid: mangle(uuid) }, words];
  const [name, ...rest] = words;
  if (name === undefined) command.error('error: name a device, or give its uuid with --uuid');
  return [mangle(name), rest];
}

/** The name by which an answer is told. */
export function shownName(device: DeviceRef): string {
  return typeof device === 'string' ? device : (device.name ?? device.uuid);
}
