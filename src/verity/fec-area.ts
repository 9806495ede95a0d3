import { existsSync, fstatSync } from 'node:fs';
import { DmError } from '../errors.ts';
import type { VerityFields } from '../targets.ts';
import { writeFec } from './fec.ts';
import { type Covered, checkRoots, FecRounds } from './fec-rounds.ts';
import { type ImageFile, openToRead, openToWrite } from './image-file.ts';
import type { VerityParameters } from './parameters.ts';
import type { OpenImage } from './tree.ts';

/** Where an image's error correction is. */
export interface FecArea {
  /** A file, which is made if there is none, or a block device. */
  device: string;
  /** Bytes from its start. */
  offset?: number | undefined;
  /** Parity symbols of 255, 2 to 24; 2 unless given. */
  roots?: number | undefined;
}

/** veritysetup's. */
export const DEFAULT_ROOTS = 2;

/** @throws {DmError} `verity_fec_roots`, `verity_fec_block_sizes`, `verity_fec_offset` */
export function checkFec(
  { dataBlockSize, hashBlockSize }: VerityParameters,
  { roots = DEFAULT_ROOTS, offset = 0 }: FecArea,
): void {
  checkRoots(roots);
  if (dataBlockSize !== hashBlockSize) {
    throw new DmError({
      code: 'verity_fec_block_sizes',
      message: `error correction needs equal data and hash block sizes, not ${dataBlockSize} and ${hashBlockSize}`,
    });
  }
  if (offset % dataBlockSize === 0) return;
  throw new DmError({
    code: 'verity_fec_offset',
    message: `the error correction offset ${offset} is not a multiple of the block size ${dataBlockSize}`,
  });
}

/**
 * The data, the tree, and what else is on the hash device behind it: all of the device, or up to the area itself
 * (cryptsetup, lib/verity/verity_fec.c VERITY_FEC_blocks).
 * @throws {DmError} `verity_fec_overlap`
 */
function coveredBy({ parameters, layout, data, hash }: OpenImage, file: ImageFile, offset: number): Covered[] {
  const blockSize = parameters.dataBlockSize;
  const tree = layout.hashStartBlock * blockSize;
  const inHash = file.isSameAs(hash);
  if ((inHash && offset < layout.end) || (file.isSameAs(data) && offset < layout.dataSize)) {
    throw new DmError({
      code: 'verity_fec_overlap',
      message: `the error correction area at byte ${offset} lies in what it covers`,
    });
  }
  const end = inHash ? offset : Math.max(hash.isDevice ? hash.size : fstatSync(hash.fd).size, layout.end);
  return [
    { file: data, offset: 0, size: layout.dataSize },
    { file: hash, offset: tree, size: Math.max(0, Math.floor(end / blockSize) * blockSize - tree) },
  ];
}

/** Before anything is written. @throws {DmError} `verity_fec_overlap` */
export function checkFecPlace(image: OpenImage, { device, offset = 0 }: FecArea): void {
  if (!existsSync(device)) return;
  const file = openToRead(device);
  try {
    coveredBy(image, file, offset);
  } finally {
    file.close();
  }
}

/** The codes of an image, whose parity is in that file. @throws {DmError} `verity_fec_overlap` */
function roundsOf(image: OpenImage, { roots = DEFAULT_ROOTS, offset = 0 }: FecArea, fec: ImageFile): FecRounds {
  const covered = coveredBy(image, fec, offset);
  return new FecRounds({ roots, blockSize: image.parameters.dataBlockSize, covered, fec, offset });
}

/** Writes the area; where it ends. @throws {DmError} `verity_fec_overlap`, `cancelled` */
export async function writeFecOf(image: OpenImage, area: FecArea, signal: AbortSignal | undefined): Promise<number> {
  const file = openToWrite(area.device);
  try {
    if (file.isSameAs(image.hash)) file.growTo(area.offset ?? 0);
    const end = await writeFec(roundsOf(image, area, file), signal);
    file.sync();
    return end;
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    file.close();
  }
}

/**
 * Opens the area to read it, and hands its codes over.
 * @throws {DmError} `verity_fec_roots`, `verity_fec_block_sizes`, `verity_fec_offset`, `verity_fec_overlap`, `unreadable_file`
 */
export async function withFec<T>(image: OpenImage, area: FecArea, use: (rounds: FecRounds) => Promise<T>): Promise<T> {
  checkFec(image.parameters, area);
  const file = openToRead(area.device);
  try {
    return await use(roundsOf(image, area, file));
  } finally {
    file.close();
  }
}

/** What the kernel is told of the area. */
export function fecFields(
  image: OpenImage,
  area: FecArea,
): Required<Pick<VerityFields, 'fecDevice' | 'fecStartBlock' | 'fecBlocks' | 'fecRoots'>> {
  checkFec(image.parameters, area);
  const { roots = DEFAULT_ROOTS, offset = 0 } = area;
  const { dataBlockSize } = image.parameters;
  const file = openToRead(area.device);
  try {
    const size = coveredBy(image, file, offset).reduce((sum, run) => sum + run.size, 0);
    return {
      fecDevice: area.device,
      fecStartBlock: offset / dataBlockSize,
      fecBlocks: size / dataBlockSize,
      fecRoots: roots,
    };
  } finally {
    file.close();
  }
}
