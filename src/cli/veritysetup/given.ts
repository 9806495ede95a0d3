import { existsSync, readFileSync } from 'node:fs';
import { DmError } from '../../errors.ts';
import type { FecArea } from '../../verity/fec-area.ts';
import type { ImageOptions } from '../../verity/image.ts';
import { openToRead } from '../../verity/image-file.ts';
import { DEFAULTS, type VerityParameters } from '../../verity/parameters.ts';
import type { Arguments } from './arguments.ts';
import { EXIT, Failure } from './failures.ts';
import type { Work } from './work.ts';

/** In hex digits. veritysetup says nothing of a longer one. */
const LONGEST_SALT = 512;
const SUPERBLOCK_ALIGNMENT = 512;

export function fecOf({ texts, numbers }: Arguments): FecArea | undefined {
  const device = texts['fec-device'];
  if (device === undefined) return undefined;
  return { device, offset: numbers['fec-offset'], roots: numbers['fec-roots'] };
}

function saltOf({ texts }: Arguments): string | undefined {
  const { salt } = texts;
  if (salt === undefined) return undefined;
  if (salt === '-') return '';
  if (salt.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(salt)) throw new Failure('Invalid salt string specified.');
  if (salt.length > LONGEST_SALT) throw new Failure('');
  return salt.toLowerCase();
}

/** What was given, with veritysetup's default for what was not. */
export function parametersOf({ args, names }: Work): Omit<VerityParameters, 'salt'> & { salt: string | undefined } {
  const { numbers, texts } = args;
  const dataBlockSize = numbers['data-block-size'] ?? DEFAULTS.dataBlockSize;
  const hashType = numbers.format ?? DEFAULTS.hashType;
  if (hashType > 1) throw new Failure(`Unsupported VERITY hash type ${hashType}.`);
  return {
    hashType: hashType as 0 | 1,
    algorithm: (texts.hash ?? DEFAULTS.algorithm).toLowerCase(),
    dataBlockSize,
    hashBlockSize: numbers['hash-block-size'] ?? DEFAULTS.hashBlockSize,
    dataBlocks: numbers['data-blocks'] || wholeBlocks(names.data!, dataBlockSize),
    salt: saltOf(args),
  };
}

/** As many as fit: the rest of the device is not verified, and not part of the image. */
function wholeBlocks(path: string, blockSize: number): number {
  const file = openToRead(path);
  file.close();
  return blockSize > 0 ? Math.floor(file.size / blockSize) : 0;
}

/** The root hash of `verify` and `open`: in its file, if one is given, or behind the other operands. */
export function rootOf({ args, operands }: Work, index: number): string {
  const file = args.texts['root-hash-file'];
  if (file === undefined) {
    const given = operands[index];
    if (given !== undefined) return given;
    throw new Failure('Command requires <root_hash> or --root-hash-file option as argument.');
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Failure(`Cannot read root hash file ${file}.`);
  }
}

/** Where the image is; without a superblock, with the parameters that were given. */
export function imageOf(work: Work, dataDevice: string, hashDevice: string): ImageOptions {
  const { args, names } = work;
  Object.assign(names, { data: dataDevice, hash: hashDevice });
  const superblock = !args.switches.has('no-superblock');
  if (superblock) {
    checkOffset(work, hashDevice);
    checkFecDevice(work, hashDevice);
  }
  const parameters = superblock ? {} : { ...parametersOf(work), salt: saltOf(args) ?? '' };
  return { dataDevice, hashDevice, hashOffset: args.numbers['hash-offset'], superblock, parameters };
}

/** With a superblock it is opened together with it. */
function checkFecDevice({ args, output }: Work, hashDevice: string): void {
  const device = args.texts['fec-device'];
  if (device === undefined || existsSync(device)) return;
  output.error(`Device ${device} does not exist or access denied.`);
  throw new Failure(`Device ${hashDevice} is not a valid VERITY device.`, EXIT.device);
}

/** Before a superblock is read. */
export function checkOffset({ args, output }: Work, hashDevice: string): void {
  if ((args.numbers['hash-offset'] ?? 0) % SUPERBLOCK_ALIGNMENT === 0) return;
  output.error('Unsupported VERITY hash offset.');
  throw new Failure(`Device ${hashDevice} is not a valid VERITY device.`);
}

/** A hash device that ends before its superblock is no verity device. */
export function invalidDevice(error: unknown, hashDevice: string): unknown {
  const isCut = error instanceof DmError && error.code === 'verity_truncated';
  if (!isCut) return error;
  if (/superblock/.test(error.message)) return new Failure(`Device ${hashDevice} is not a valid VERITY device.`);
  return new Failure(`Header detected but device ${error.message.split(' has ')[0]} is too small.`);
}
