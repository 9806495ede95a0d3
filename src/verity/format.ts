import { randomBytes, randomUUID } from 'node:crypto';
import { DmError } from '../errors.ts';
import { loadPlanner, type Planner } from '../planner/planner.ts';
import { nodeHashOf } from './algorithms.ts';
import { checkFec, checkFecPlace, type FecArea, writeFecOf } from './fec-area.ts';
import { type ImageFile, openToRead, openToWrite } from './image-file.ts';
import { layoutOf, type VerityLayout } from './layout.ts';
import { DEFAULTS, type SomeParameters, type VerityParameters } from './parameters.ts';
import type { WorkOptions } from './pool.ts';
import { encodeSuperblock } from './superblock.ts';
import { rootOf, workOnTree } from './tree.ts';

export interface FormatOptions extends SomeParameters, WorkOptions {
  /** The file or block device with the data; it is only read. */
  dataDevice: string;
  /** Where superblock and tree go: a file, which is made if there is none, or a block device; may be the data device. */
  hashDevice: string;
  /** Bytes from the start of the hash device to the superblock. */
  hashOffset?: number | undefined;
  /** Whether to write a superblock; yes unless told. */
  superblock?: boolean | undefined;
  /** Random unless given. With it and a salt given, the same data gives the same bytes. */
  uuid?: string | undefined;
  /** Error correction, which lets the kernel repair blocks: where its area goes, and how strong it is. */
  fec?: FecArea | undefined;
  planner?: Planner | undefined;
}

export interface Formatted {
  parameters: VerityParameters;
  layout: VerityLayout;
  hashOffset: number;
  /** Empty without a superblock. */
  uuid: string;
  /** Where the error correction area ends, where there is one. */
  fecEnd?: number;
  /** Hex. This, and not the superblock, is what makes the image trustworthy: keep it apart from the image. */
  rootDigest: string;
}

/**
 * Writes the hash tree of a device, and then its superblock: whenever this ends before, there is none.
 * @throws {DmError} `verity_partial_block`, `verity_data_too_short`, `verity_tree_in_data`, `verity_block_size`, `cancelled` …
 */
export async function formatVerity(options: FormatOptions): Promise<Formatted> {
  const planner = options.planner ?? (await loadPlanner());
  const data = openToRead(options.dataDevice);
  try {
    const hash = openToWrite(options.hashDevice);
    try {
      return await format(data, hash, options, planner);
    } catch (error) {
      hash.discard();
      throw error;
    } finally {
      hash.close();
    }
  } finally {
    data.close();
  }
}

async function format(data: ImageFile, hash: ImageFile, options: FormatOptions, planner: Planner): Promise<Formatted> {
  const { superblock = true, hashOffset = 0 } = options;
  const uuid = superblock ? (options.uuid ?? randomUUID()) : '';
  const parameters = parametersOf(data, options);
  const place = { hashOffset, superblock, sameDevice: data.isSameAs(hash) };
  const layout = layoutOf(parameters, place, planner);
  if (options.fec) checkFec(parameters, options.fec);
  if (options.dataBlocks === undefined) checkWhole(data, parameters.dataBlockSize);
  const encoded = encodeSuperblock({ ...parameters, uuid: superblock ? uuid : randomUUID() }, planner);
  nodeHashOf(parameters.algorithm);
  checkSizes(data, hash, layout);
  const image = { parameters, layout, data, hash };
  if (options.fec) checkFecPlace(image, options.fec);
  const head = Buffer.alloc(superblock ? layout.hashStartBlock * parameters.hashBlockSize - hashOffset : 0);
  if (superblock) {
    hash.write(head, hashOffset);
    hash.sync();
  }
  await workOnTree(image, false, options);
  const rootDigest = rootOf(image);
  const fecEnd = options.fec ? { fecEnd: await writeFecOf(image, options.fec, options.signal) } : {};
  hash.sync();
  if (superblock) {
    hash.write(encoded, hashOffset);
    hash.sync();
  }
  return { parameters, layout, hashOffset, uuid, rootDigest, ...fecEnd };
}

function parametersOf(data: ImageFile, options: FormatOptions): VerityParameters {
  const { hashType, algorithm, dataBlockSize, hashBlockSize } = { ...DEFAULTS, ...given(options) };
  const salt = options.salt ?? randomBytes(DEFAULTS.saltBytes).toString('hex');
  const dataBlocks = options.dataBlocks ?? (dataBlockSize > 0 ? Math.floor(data.size / dataBlockSize) : 0);
  return { hashType, algorithm, dataBlockSize, hashBlockSize, dataBlocks, salt };
}

function given(options: FormatOptions): Partial<VerityParameters> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Without a number of blocks, all of the data counts. */
function checkWhole(data: ImageFile, blockSize: number): void {
  if (data.size % blockSize === 0) return;
  throw new DmError({
    code: 'verity_partial_block',
    message: `${data.path} has ${data.size} bytes, not a whole number of blocks of ${blockSize}; the rest would not be verified. Pad it, or say how many blocks count`,
  });
}

function checkSizes(data: ImageFile, hash: ImageFile, layout: VerityLayout): void {
  if (layout.dataSize > data.size) {
    throw new DmError({
      code: 'verity_data_too_short',
      message: `${data.path} has ${data.size} bytes; ${layout.dataSize} are to be hashed`,
    });
  }
  if (hash.isDevice && layout.end > hash.size) {
    throw new DmError({
      code: 'verity_hash_too_short',
      message: `${hash.path} has ${hash.size} bytes; the hash area ends at ${layout.end}`,
    });
  }
}
