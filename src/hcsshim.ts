/**
 * The surface of hcsshim's Go package `devicemapper`: its names, its sequences and its retries, on top of the planner
 * and an executor. Payload bytes are the same; what it accepts silently and wrongly is refused here.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from './client/connection.ts';
import { spawnExecutor } from './client/spawn.ts';
import { type DeviceMapper, openDeviceMapper } from './device-mapper.ts';
import { DmError } from './errors.ts';
import { linear, type TableTarget, verity } from './targets.ts';
import { type Bytes, bytes, sectors, toSectors } from './units.ts';

/** Flags of `createDevice`. */
export const CreateFlags = {
  /** The device is not writable. */
  ReadOnly: 1,
} as const;

export type CreateFlags = 0 | (typeof CreateFlags)[keyof typeof CreateFlags];

/** One row of a table in the kernel's words; lengths and starts in 512-byte sectors. */
export interface Target {
  type: string;
  sectorStart: number | bigint;
  lengthInBlocks: number | bigint;
  params: string;
}

/** What describes a verity image that carries its own hash tree behind its data. */
export interface DeviceVerityInfo {
  ext4SizeInBytes: number | bigint;
  /** The hash type of the tree. */
  version: number;
  algorithm: string;
  /** Whether a superblock of one block stands between the data and the tree. */
  superBlock: boolean;
  rootDigest: string;
  salt: string;
  blockSize: number;
}

/** The part of a device that a linear target maps. */
export interface MappingInfo {
  deviceOffsetInBytes: number | bigint;
  deviceSizeInBytes: number | bigint;
}

export interface HcsOptions extends CallOptions {
  /** An open device-mapper; a child executor for this one call unless given. */
  dm?: DeviceMapper;
}

/** Errors that a device which is about to appear gives, as hcsshim retries them. */
const RETRIED_ERRNOS = ['EBUSY', 'ENOENT', 'ENXIO', 'ENODEV'];
const CREATE_PAUSE_MS = 100;
/** What hcsshim's callers allow (internal/guest/runtime/hcsv2/uvm.go). */
const CREATE_DEADLINE_MS = 5000;
const REMOVE_ATTEMPTS = 10;
const REMOVE_PAUSE_MS = 10;

/** A linear target: `lengthBlocks` sectors from `sectorStart` on, to `deviceStart` of the device at `path`. */
export function linearTarget(
  sectorStart: number | bigint,
  lengthBlocks: number | bigint,
  path: string,
  deviceStart: number | bigint,
): Target {
  return { type: 'linear', sectorStart, lengthInBlocks: lengthBlocks, params: `${path} ${deviceStart}` };
}

/**
 * Creates a device with a table. Resolves with the path of its node.
 * @throws {DmError} any of `DeviceMapper.create`
 */
export async function createDevice(
  name: string,
  flags: CreateFlags,
  targets: Target[],
  options: HcsOptions = {},
): Promise<string> {
  return withDeviceMapper(options, (dm, call) => create(dm, name, flags, targets.map(rawRow), call));
}

/**
 * Removes a device and its node; while it is busy, tries 10 times, 10 ms apart.
 * @throws {DmError} `no_such_device`, `device_busy`
 */
export async function removeDevice(name: string, options: HcsOptions = {}): Promise<void> {
  await withDeviceMapper(options, async (dm, call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await dm.remove(name, call);
        return;
      } catch (error) {
        if (!(error instanceof DmError) || error.code !== 'device_busy' || attempt === REMOVE_ATTEMPTS) throw error;
      }
      await pause(REMOVE_PAUSE_MS, call.signal);
    }
  });
}

/**
 * Maps part of a device, read-only. Waits, up to the deadline (5 s unless given), for a device that is about to appear.
 * @throws {DmError} `not_whole_sectors`, any of `DeviceMapper.create`
 */
export async function createZeroSectorLinearTarget(
  devPath: string,
  devName: string,
  mappingInfo: MappingInfo,
  options: HcsOptions = {},
): Promise<string> {
  const { deviceOffsetInBytes, deviceSizeInBytes } = mappingInfo;
  const size = toSectors(bytes(deviceSizeInBytes));
  const offset = toSectors(bytes(deviceOffsetInBytes));
  return createRetrying(
    devName,
    linear({ start: sectors(0), length: size, device: devPath, offset }),
    `failed to create dm-linear target, device=${devPath}, offset=${deviceOffsetInBytes}`,
    options,
  );
}

/**
 * Puts dm-verity on a device that carries its hash tree behind its data. Waits as `createZeroSectorLinearTarget` does.
 * @throws {DmError} `bad_block_size`, `not_whole_blocks`, any of `DeviceMapper.create`
 */
export async function createVerityTarget(
  devPath: string,
  devName: string,
  verityInfo: DeviceVerityInfo,
  options: HcsOptions = {},
): Promise<string> {
  const size = bytes(verityInfo.ext4SizeInBytes);
  return createRetrying(
    devName,
    verityRow(devPath, size, verityInfo),
    `failed to create dm-verity target for device=${devPath}`,
    options,
  );
}

/** By fields and not by words: whoever writes the salt must not be able to write options behind it. */
function verityRow(device: string, size: Bytes, info: DeviceVerityInfo): TableTarget {
  const { blockSize, version, algorithm, rootDigest, salt, superBlock } = info;
  if (!Number.isInteger(blockSize) || blockSize < 512) {
    throw new DmError({
      code: 'bad_block_size',
      message: `a block size of ${blockSize} bytes is none; give 512 to 65536`,
    });
  }
  if (size % BigInt(blockSize) !== 0n) {
    throw new DmError({
      code: 'not_whole_blocks',
      message: `${size} bytes are not a whole number of blocks of ${blockSize} bytes; the rest would not be verified`,
    });
  }
  const dataBlocks = size / BigInt(blockSize);
  return verity({
    start: sectors(0),
    length: toSectors(size),
    hashType: version as 0 | 1,
    dataDevice: device,
    hashDevice: device,
    dataBlockSize: blockSize,
    hashBlockSize: blockSize,
    dataBlocks,
    hashStartBlock: superBlock ? dataBlocks + 1n : dataBlocks,
    algorithm,
    rootDigest,
    salt,
  });
}

function rawRow({ type, sectorStart, lengthInBlocks, params }: Target): TableTarget {
  return { type, start: sectors(sectorStart), length: sectors(lengthInBlocks), params };
}

async function create(
  dm: DeviceMapper,
  name: string,
  flags: CreateFlags,
  targets: TableTarget[],
  call: CallOptions,
): Promise<string> {
  const { path } = await dm.create({ name, targets, readOnly: (flags & CreateFlags.ReadOnly) !== 0 }, call);
  if (path === undefined) throw new DmError({ code: 'node_failed', message: `the device ${name} has no node` });
  return path;
}

async function createRetrying(
  name: string,
  target: TableTarget,
  context: string,
  options: HcsOptions,
): Promise<string> {
  const deadline = options.deadline ?? CREATE_DEADLINE_MS;
  const end = Date.now() + deadline;
  try {
    return await withDeviceMapper(options, async (dm, call) => {
      let reason: unknown;
      for (;;) {
        try {
          return await create(dm, name, CreateFlags.ReadOnly, [target], {
            ...call,
            deadline: Math.max(1, end - Date.now()),
          });
        } catch (error) {
          if (error instanceof DmError && error.code === 'deadline_exceeded') throw reason ?? error;
          if (!isWorthRetrying(error) || Date.now() + CREATE_PAUSE_MS > end) throw error;
          reason = error;
        }
        await pause(CREATE_PAUSE_MS, call.signal);
      }
    });
  } catch (error) {
    if (!(error instanceof DmError)) throw error;
    throw new DmError({ ...error, message: `${context}: ${error.message}`, cause: error });
  }
}

/**
 * Only TABLE_LOAD opens the device that is waited for. EBUSY of DEV_CREATE says that the name is taken, which no waiting
 * mends, and neither does it mend what could not be undone.
 */
function isWorthRetrying(error: unknown): boolean {
  return (
    error instanceof DmError &&
    error.step?.command === 'TABLE_LOAD' &&
    error.rollback?.complete !== false &&
    error.errno !== undefined &&
    RETRIED_ERRNOS.includes(error.errno.name)
  );
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new DmError({ code: 'cancelled', message: 'cancelled between two attempts; nothing is left', cause });
  }
}

async function withDeviceMapper<T>(
  { dm, signal, deadline }: HcsOptions,
  use: (dm: DeviceMapper, call: CallOptions) => Promise<T>,
): Promise<T> {
  if (dm) return use(dm, { signal, deadline });
  const own = await openDeviceMapper({ executor: spawnExecutor(signal ? { signal } : {}) });
  try {
    return await use(own, { signal, deadline });
  } finally {
    await own.close();
  }
}
