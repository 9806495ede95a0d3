import type { Created, DeviceMapper } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import type { DeviceInfo } from '../reply.ts';
import type { Actions } from '../request.ts';
import type { Difference } from './compare.ts';
import type { Expected, VerifyOptions } from './verify.ts';

/**
 * The device that is in the way of a `create`, if it is what was asked for. One that took only the uuid is not.
 * @throws {DmError} `device_differs` with the differences; `reason` where no device has the name
 */
export async function existing(
  dm: DeviceMapper,
  fields: Actions['create'],
  reason: DmError,
  options: VerifyOptions,
): Promise<Created> {
  const { name, uuid: wanted, ...expected } = fields;
  const { resolveDevice: _, ...call } = options;
  const info = await dm.info(name, call).catch(() => undefined);
  if (!info) throw reason;
  const uuid = wanted || chosenBefore(dm, info);
  const differences = expected.noTable
    ? noTableDifferences(info, uuid, expected.minor)
    : (await dm.verifyLive(name, { ...(expected as Expected), uuid }, options)).differences;
  if (differences.length > 0) {
    throw new DmError({
      ...reason,
      code: 'device_differs',
      message: `${name} exists and is not what was asked for: ${differences.map(({ path }) => path).join(', ')}`,
      differences,
      cause: reason,
    });
  }
  return { name, uuid: info.uuid, dev: info.dev, path: await dm.makeNode(name, call), existed: true };
}

/** The uuid that a device would have been given without being asked for: of those that begin so, one is as good as another. */
function chosenBefore({ uuidPrefix }: DeviceMapper, { uuid }: DeviceInfo): string {
  return uuidPrefix !== undefined && uuid.startsWith(uuidPrefix) ? uuid : '';
}

/** What a device that was to be made without a table has too much. */
function noTableDifferences(info: DeviceInfo, uuid: string, minor: number | undefined): Difference[] {
  const differences: Difference[] = [];
  if (info.liveTable) differences.push({ path: 'targets.length', expected: 0, actual: info.targetCount });
  if (info.uuid !== uuid) differences.push({ path: 'uuid', expected: uuid, actual: info.uuid });
  if (minor !== undefined && info.dev.minor !== minor) {
    differences.push({ path: 'minor', expected: minor, actual: info.dev.minor });
  }
  return differences;
}
