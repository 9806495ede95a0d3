import { VERSION } from '../version.ts';

/** The release of veritysetup whose arguments, outputs and exit codes these are. */
export const VERSION_TEXT: string = `veritysetup 2.6.1 (dmplan ${VERSION})\n`;

export const USAGE: string = 'Usage: dmplan veritysetup [options] <action> <arguments>; --help lists them\n';

/** Every option that veritysetup takes, in our words. */
const OPTIONS: readonly [option: string, about: string][] = [
  ['-?, --help', 'this text'],
  ['--usage', 'one line instead'],
  ['-V, --version', 'the version'],
  ['-v, --verbose', 'say more when something fails'],
  ['--debug', 'say everything'],
  ['--format=number', 'hash type: 1, or 0 for that of Chromium OS'],
  ['-h, --hash=name', 'hash algorithm, as the kernel names it'],
  ['-s, --salt=hex', 'salt; - for none, random unless given'],
  ['--uuid=uuid', 'uuid of the superblock, random unless given'],
  ['--data-block-size=bytes', 'block size of the data'],
  ['--hash-block-size=bytes', 'block size of the hash tree'],
  ['--data-blocks=number', 'blocks of data; as many as the device has unless given'],
  ['--hash-offset=bytes', 'where superblock and tree begin on the hash device'],
  ['--no-superblock', 'write and expect none: all parameters have to be given'],
  ['--root-hash-file=file', 'read the root digest from a file, or write it there'],
  ['--root-hash-signature=file', 'signature of the root digest'],
  ['--fec-device=path', 'device of the error correction data'],
  ['--fec-offset=bytes', 'where those begin'],
  ['--fec-roots=number', 'parity bytes of a codeword, 2 to 24'],
  ['--ignore-corruption', 'only log what is corrupt'],
  ['--restart-on-corruption', 'restart the machine when something is corrupt'],
  ['--panic-on-corruption', 'panic when something is corrupt'],
  ['--ignore-zero-blocks', 'take blocks that should be zero for zero, without reading them'],
  ['--check-at-most-once', 'verify a block only when it is first read'],
  ['--shared', 'let several verity devices have one data device'],
  ['--use-tasklets', 'verify in a tasklet where that is faster'],
  ['--deferred', 'close a device in use when it is last closed'],
  ['--cancel-deferred', 'take that back'],
];

const ACTIONS: readonly [action: string, about: string][] = [
  ['format <data> <hash>', 'compute the hash tree and write it'],
  ['verify <data> <hash> [<root digest>]', 'check data and tree without the kernel'],
  ['open <data> <name> <hash> [<root digest>]', 'make the device /dev/mapper/<name>'],
  ['close <name>', 'remove it'],
  ['status <name>', 'show an open device'],
  ['dump <hash>', 'show a superblock'],
];

const WIDTH = 44;

function lines(rows: readonly [string, string][]): string {
  return rows.map(([left, right]) => `  ${left.padEnd(WIDTH)} ${right}\n`).join('');
}

export const HELP: string =
  'Usage: dmplan veritysetup [options] <action> <arguments>\n\n' +
  `Takes the arguments of veritysetup 2.6.1, and prints and exits as it does.\n\nActions:\n${lines(ACTIONS)}\nOptions:\n${lines(OPTIONS)}`;
