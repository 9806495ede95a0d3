import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DmError } from '../../errors.ts';
import type { FecArea } from '../../verity/fec-area.ts';
import type { VerityParameters } from '../../verity/parameters.ts';

/** The options of the verity commands that say what a tree is made with. */
export interface ParameterOptions {
  hash?: string;
  format?: 0 | 1;
  dataBlockSize?: number;
  hashBlockSize?: number;
  dataBlocks?: number;
  salt?: string;
  hashOffset?: number;
  superblock?: boolean;
  threads?: number;
  fecDevice?: string;
  fecOffset?: number;
  fecRoots?: number;
}

export function whole(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** `-`: none, as in a table. */
function saltOf(text: string): string {
  return text === '-' ? '' : text;
}

export function addParameters(command: Command): Command {
  return command
    .option('-h, --hash <algorithm>', 'hash algorithm (sha256)')
    .addOption(new Option('--format <number>', 'hash type: 1, or 0 for the one of Chromium OS').argParser(whole))
    .option('--data-block-size <bytes>', '512 to 65536 (4096)', whole)
    .option('--hash-block-size <bytes>', '512 to 65536 (4096)', whole)
    .option('--data-blocks <blocks>', 'how many blocks of the data count (all)', whole)
    .option('-s, --salt <hex>', 'at most 256 bytes; - for none')
    .option('--hash-offset <bytes>', 'where the superblock, or the tree, is on the hash device (0)', whole)
    .option('--no-superblock', 'there is none')
    .helpOption('--help', 'display help for command');
}

export function addFec(command: Command): Command {
  return command
    .option('--fec-device <path>', 'where the error correction area is')
    .option('--fec-offset <bytes>', 'where it begins there (0)', whole)
    .option('--fec-roots <count>', 'parity bytes of a code, 2 to 24 (2)', whole);
}

export function fecOf({ fecDevice, fecOffset, fecRoots }: ParameterOptions): FecArea | undefined {
  return fecDevice === undefined ? undefined : { device: fecDevice, offset: fecOffset, roots: fecRoots };
}

/** What was given, in the library's words; what was not is left out. */
export function parametersOf(options: ParameterOptions): Partial<VerityParameters> {
  const { hash, format, dataBlockSize, hashBlockSize, dataBlocks, salt } = options;
  const all = {
    algorithm: hash,
    hashType: format,
    dataBlockSize,
    hashBlockSize,
    dataBlocks,
    salt: salt === undefined ? undefined : saltOf(salt),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The root digest: given in its place, or in a file. @throws {DmError} `missing_root_digest` */
export function rootDigestOf(given: string | undefined, file: string | undefined): string {
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  if (given !== undefined) return given;
  throw new DmError({
    code: 'missing_root_digest',
    message: 'give the root digest, or its file with --root-hash-file',
  });
}
