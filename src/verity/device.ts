import type { CallOptions } from '../client/connection.ts';
import type { Created, DeviceMapper } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import { LoopDevices } from '../loop.ts';
import type { TargetLine } from '../reply.ts';
import { type VerityFields, verity } from '../targets.ts';
import type { RemoveOptions } from '../verbs/remove.ts';
import { type FecArea, fecFields } from './fec-area.ts';
import { complete, type FoundImage, type ImageOptions, PARAMETERS, withImage } from './image.ts';
import { checkRoot } from './tree.ts';

/** What the kernel is told beside the image itself: see `VerityFields`. */
export type VerityBehaviour = {
  [Name in
    | 'onCorruption'
    | 'onError'
    | 'ignoreZeroBlocks'
    | 'checkAtMostOnce'
    | 'tryVerifyInTasklet'
    | 'fecDevice'
    | 'fecStartBlock'
    | 'fecBlocks'
    | 'fecRoots'
    | 'rootHashSignatureKey']?: VerityFields[Name] | undefined;
};

export interface OpenVerityOptions extends ImageOptions, VerityBehaviour, CallOptions {
  /** Of the device to make. */
  name: string;
  /** Hex. */
  rootDigest: string;
  /**
   * Take the parameters that are not pinned from the superblock, which nothing authenticates: whoever can write it chooses
   * the salt, the algorithm and how much of the device is read.
   */
  trustSuperblock?: boolean | undefined;
  /** Error correction as `formatVerity` wrote it; the kernel's own four fields may be given instead. */
  fec?: FecArea | undefined;
  /** Puts files on loop devices, which go when the device is removed; takes root and losetup. Without it all have to be devices. */
  loopDevices?: boolean | undefined;
  /** Told what was taken on trust. */
  onWarning?: ((text: string) => void) | undefined;
}

const SECTOR = 512;

/**
 * Makes a device that verifies every block of an image as it is read. All parameters are pinned by the caller, and a
 * superblock has to agree, unless it is trusted.
 * @throws {DmError} `verity_unpinned`, `verity_parameter_mismatch`, `verity_root_digest`, `loop_unavailable`, any of
 * `DeviceMapper.create`
 */
export async function openVerity(dm: DeviceMapper, options: OpenVerityOptions): Promise<Created> {
  const { trustSuperblock, parameters = {}, onWarning } = options;
  const trusted = trustSuperblock === true && options.superblock !== false;
  if (!trusted) complete(parameters);
  return withImage({ ...options, planner: dm.planner }, (image) => {
    const taken = PARAMETERS.filter((name) => parameters[name] === undefined);
    if (trusted && taken.length > 0) {
      onWarning?.(`taken from the superblock, which nothing authenticates: ${taken.join(', ')}`);
    }
    return create(dm, image, options);
  });
}

async function create(dm: DeviceMapper, image: FoundImage, options: OpenVerityOptions): Promise<Created> {
  const { parameters, layout } = image;
  const loops = new LoopDevices();
  const deviceOf = (path: string) => (options.loopDevices ? loops.deviceOf(path, options.signal) : path);
  const behaviour = behaviourOf(options);
  const fec = options.fec && fecFields(image, options.fec);
  const rootDigest = checkRoot(options.rootDigest, layout.digestSize);
  try {
    const target = verity({
      length: layout.dataSize / SECTOR,
      ...parameters,
      hashDevice: await deviceOf(options.hashDevice),
      dataDevice: await deviceOf(options.dataDevice),
      hashStartBlock: layout.hashStartBlock,
      rootDigest,
      ...behaviour,
      ...(fec ? { ...fec, fecDevice: await deviceOf(fec.fecDevice) } : {}),
    });
    const uuid = dm.uuidPrefix === undefined ? { uuid: uuidOf(image, options.name) } : {};
    const fields = { name: options.name, ...uuid, readOnly: true, targets: [target] };
    return await dm.create(fields, { signal: options.signal, deadline: options.deadline });
  } finally {
    loops.close();
  }
}

const BEHAVIOUR: readonly (keyof VerityBehaviour)[] = [
  'onCorruption',
  'onError',
  'ignoreZeroBlocks',
  'checkAtMostOnce',
  'tryVerifyInTasklet',
  'fecDevice',
  'fecStartBlock',
  'fecBlocks',
  'fecRoots',
  'rootHashSignatureKey',
];

function behaviourOf(options: OpenVerityOptions): Partial<VerityFields> {
  return Object.fromEntries(BEHAVIOUR.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined));
}

/** As libcryptsetup writes it, so that its tools know the device (lib/libdevmapper.c dm_prepare_uuid). */
function uuidOf({ superblock }: FoundImage, name: string): string {
  const own = superblock ? `${superblock.uuid.replaceAll('-', '')}-` : '';
  return `CRYPT-VERITY-${own}${name}`.slice(0, 128);
}

/** A verity device that is open. */
export interface VerityStatus {
  name: string;
  uuid: string;
  /** What the table says, typed: see `VerityFields`. */
  fields: Omit<VerityFields, 'length'>;
  /** Whether a block was found corrupt since it was opened. */
  corrupt: boolean;
  inUse: boolean;
  readOnly: boolean;
  sectors: bigint;
}

/** A row of a reply with what the planner made of its words. */
type TypedLine = TargetLine & { fields?: VerityStatus['fields']; status?: { state?: 'valid' | 'corrupt' } };

/**
 * The state of a verity device.
 * @throws {DmError} `no_such_device`, `not_verity`
 */
export async function statusVerity(dm: DeviceMapper, name: string, call: CallOptions = {}): Promise<VerityStatus> {
  const info = await dm.info(name, call);
  const [row, ...more] = (await dm.table(name, call)) as TypedLine[];
  if (row?.type !== 'verity' || more.length > 0 || !row.fields) {
    throw new DmError({
      code: 'not_verity',
      message: `${name} is a ${row?.type ?? 'device without a table'}, not verity`,
    });
  }
  const [status] = (await dm.status(name, call)) as TypedLine[];
  return {
    name: info.name,
    uuid: info.uuid,
    fields: row.fields,
    corrupt: status?.status?.state === 'corrupt',
    inUse: info.openCount > 0,
    readOnly: info.readOnly,
    sectors: row.length,
  };
}

/**
 * Removes a verity device, and no other.
 * @throws {DmError} `no_such_device`, `not_verity`, `device_busy`
 */
export async function closeVerity(
  dm: DeviceMapper,
  name: string,
  options: Pick<RemoveOptions, 'deferred' | 'retry'> & CallOptions = {},
): Promise<void> {
  const { deferred, retry, ...call } = options;
  await statusVerity(dm, name, call);
  await dm.remove(name, { ...(deferred ? { deferred } : {}), ...(retry ? { retry } : {}), ...call });
}
