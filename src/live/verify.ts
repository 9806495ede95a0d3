import type { CallOptions } from '../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../device-mapper.ts';
import { type DeviceResolver, devText } from '../devices.ts';
import type { Request, Table } from '../request.ts';
import { type Difference, TableComparison } from './compare.ts';
import { plannedTargets } from './planned.ts';

/** What a live device is held against; uuid and minor number only where they are given. */
export type Expected = Table & { readOnly?: boolean; uuid?: string; minor?: number };

export interface VerifyOptions extends CallOptions {
  /** How to learn which device a path names; by default as the device-mapper was opened with. */
  resolveDevice?: DeviceResolver;
}

export interface Verified {
  /** Whether the device is in every way as expected. */
  same: boolean;
  differences: Difference[];
}

/**
 * Reads a live device back and compares it with what a request would have made: the targets by meaning, whether it is
 * read-only, its uuid, that it is not suspended, and the devices it has open.
 */
export async function verifyLive(
  dm: DeviceMapper,
  device: DeviceRef,
  expected: Expected,
  resolve: DeviceResolver,
  call: CallOptions,
): Promise<Verified> {
  const { uuid, minor, readOnly = false, ...table } = expected;
  const request = { action: 'load', name: 'expected', readOnly, ...table } as Request;
  const planned = plannedTargets(dm.planner, dm.planner.plan(request).steps[0]!.payload);
  const info = await dm.info(device, call);
  const live = info.liveTable ? await dm.table(device, { showKeys: true, ...call }) : [];
  const comparison = new TableComparison(resolve);
  await comparison.targets(planned, live);
  comparison.check('readOnly', readOnly, info.readOnly);
  comparison.check('suspended', false, info.suspended);
  if (uuid !== undefined) comparison.check('uuid', uuid, info.uuid);
  if (minor !== undefined) comparison.check('minor', minor, info.dev.minor);
  const devices = await comparison.devicesOf(planned);
  if (devices) comparison.check('deps', devices, (await dm.deps(device, call)).map(devText).sort());
  const { differences } = comparison;
  return { same: differences.length === 0, differences };
}
