/** Images and command lines against Debian's veritysetup, which needs no kernel for files. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERSION_TEXT } from '../../src/cli/veritysetup/texts.ts';
import { formatVerity, loadPlanner, type VerityLayout, verifyVerity } from '../../src/index.ts';
import { BOUNDARIES, SALTS, sample } from '../unit/verity/sample.ts';
import { pattern, scratch } from '../unit/verity/scratch.ts';
import { dmplanVeritysetup, type Ended, veritysetup as veritysetupIn } from './veritysetup.ts';

const file = scratch();
const planner = await loadPlanner();
const uuid = 'a60c98d2-ae9b-4865-bfcb-b4e3ace11033';

const veritysetup = (args: string[], cwd = file('.')): Ended => veritysetupIn(args, cwd);

const ALGORITHMS = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b-512', 'md5', 'sm3'];

interface Case {
  dataBlockSize: number;
  hashBlockSize: number;
  dataBlocks: number | bigint;
  hashType: 0 | 1;
  algorithm: string;
  salt: string;
  superblock: boolean;
}

const BLOCK_SIZES = [512, 1024, 2048, 4096, 16384, 65536];

/** Every value of every parameter, in turn, and then all of them together. */
function matrix(): Case[] {
  const usual: Case = {
    dataBlockSize: 512,
    hashBlockSize: 512,
    dataBlocks: 129,
    hashType: 1,
    algorithm: 'sha256',
    salt: SALTS[2]!,
    superblock: true,
  };
  const cases: Case[] = [];
  for (const hashType of [0, 1] as const) {
    for (const dataBlocks of [1, 2, 15, 16, 17, 127, 128, 129, 256, 257, 4097])
      cases.push({ ...usual, hashType, dataBlocks });
    for (const algorithm of ALGORITHMS) cases.push({ ...usual, hashType, algorithm });
    for (const salt of SALTS) cases.push({ ...usual, hashType, salt, superblock: false });
    for (const dataBlockSize of [512, 1024, 4096, 65536]) {
      for (const hashBlockSize of [512, 1024, 4096, 65536])
        cases.push({ ...usual, hashType, dataBlockSize, hashBlockSize });
    }
  }
  for (const dataBlocks of [16384, 16385]) cases.push({ ...usual, hashBlockSize: 4096, dataBlocks });
  const values = {
    ...{ dataBlocks: BOUNDARIES, dataBlockSize: BLOCK_SIZES, hashBlockSize: BLOCK_SIZES },
    ...{ hashType: [0, 1] as const, algorithm: ALGORITHMS, salt: SALTS },
  };
  return [...cases, ...sample(values, 8).map((one, index) => ({ ...one, superblock: index % 2 === 0 }))];
}

/** A file without a tree ends with the block of its file system that has the superblock, where hash blocks are larger. */
function wholeOf(path: string, { levels, end }: VerityLayout): Buffer {
  const bytes = readFileSync(path);
  return levels.length > 0 || bytes.length === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]);
}

const name = (one: Case): string =>
  `${one.dataBlocks} blocks of ${one.dataBlockSize}, ${one.algorithm} in ${one.hashBlockSize}, type ${one.hashType}, salt of ${one.salt.length / 2}${one.superblock ? '' : ', no superblock'}`;

describe('images', () => {
  it.each(matrix().map((one) => [name(one), one] as const))(
    '%s: the same bytes, verified both ways',
    async (_, one) => {
      const data = file('data');
      writeFileSync(data, pattern(Number(one.dataBlocks) * one.dataBlockSize));
      const flags = [
        `--data-block-size=${one.dataBlockSize}`,
        `--hash-block-size=${one.hashBlockSize}`,
        `--format=${one.hashType}`,
        `--hash=${one.algorithm}`,
        `--salt=${one.salt === '' ? '-' : one.salt}`,
        ...(one.superblock ? [] : ['--no-superblock']),
      ];
      rmSync(file('theirs'), { force: true });
      rmSync(file('ours'), { force: true });
      const theirs = veritysetup(['format', 'data', 'theirs', `--uuid=${uuid}`, ...flags]);
      expect(theirs.err.replace(/^WARNING: .* page size .*\n/, '')).toBe('');
      const { superblock, ...parameters } = one;
      const made = await formatVerity({
        dataDevice: data,
        hashDevice: file('ours'),
        uuid,
        superblock,
        ...parameters,
        planner,
      });
      expect(theirs.out).toContain(made.rootDigest);
      expect(readFileSync(file('ours')).equals(wholeOf(file('theirs'), made.layout))).toBe(true);
      expect(veritysetup(['verify', 'data', 'ours', made.rootDigest, ...flags])).toMatchObject({ code: 0, err: '' });
      const image = { dataDevice: data, hashDevice: file('theirs'), superblock, parameters, planner };
      expect(await verifyVerity({ ...image, rootDigest: made.rootDigest })).toMatchObject({ valid: true });
    },
  );
});

const U = `--uuid=${uuid}`;
const S = '--salt=abcd';
const ROOT = 'ROOT';
/** Files that a command line may make. */
const MADE = ['X', 'X.root', 'X.fec'];

/** All is compared but the texts about the program itself: its version, its usage and its help. */
const COMMAND_LINES: string[][] = [
  [],
  ['frob'],
  ['--version'],
  ['format', 'data', 'X', U, S],
  ['format', 'data', 'X', U, S, '-v'],
  ['format', 'data', 'X', U, S, '--no-superblock'],
  ['format', 'data', 'X', U, '--salt=-', '-h', 'sha512', '--format=0'],
  ['format', 'data', 'X', U, '-sabcd', '-hsha1', '--data-block-size', '512'],
  ['format', 'data', 'X', U, S, '--hash-offset=4096'],
  ['format', 'data', 'X', U, S, '--hash=SHA256'],
  ['format', 'data', 'X', U, S, '--data-blocks=0'],
  ['format', 'data', 'X', U, S, '--data-blocks=5'],
  ['format', 'data', 'X', '--data-blocks=99'],
  ['format', 'data', 'X', '--fec-device=X.fec', '--fec-roots=99'],
  ['format', 'data', 'X', '--fec-device=X.fec', '--hash-block-size=512'],
  ['format', 'data', 'X', '--fec-device=data', '--fec-offset=4096'],
  ['format', 'data', 'X', '--fec-device=none/X.fec'],
  ['format', 'data', 'X', U, S, '--fec-device=X.fec', '--fec-roots=5'],
  ['format', 'data', 'none/X'],
  ['format', 'partial', 'X', U, S],
  ['format', 'empty', 'X', U, S],
  ['format', 'none', 'X'],
  ['format', '.', 'X'],
  ['format', 'data'],
  ['format', 'data', 'X', '--data-block-size=333'],
  ['format', 'data', 'X', '--hash-block-size=1048576'],
  ['format', 'data', 'X', U, S, '--data-block-size=8192'],
  ['format', 'data', 'X', '--format=3'],
  ['format', 'data', 'X', '--hash=blah'],
  ['format', 'data', 'X', '--salt=abc'],
  ['format', 'data', 'X', '--salt=zz'],
  ['format', 'data', 'X', `--salt=${'ab'.repeat(257)}`],
  ['format', 'data', 'X', '--salt'],
  ['format', 'data', 'X', '--uuid=xyz'],
  ['format', 'data', 'X', '--hash-offset=100'],
  ['format', 'data', 'data', '--hash-offset=8192'],
  ['format', 'data', 'X', '--bogus'],
  ['format', 'data', 'X', '-z'],
  ['format', 'data', 'X', '--debug=1'],
  ['format', 'data', 'X', '--data-blocks=abc'],
  ['format', 'data', 'X', '--ignore-corruption'],
  ['format', 'data', 'X', U, S, '--root-hash-file=/none/root', '-v'],
  ['format', 'data', 'X', U, S, '--root-hash-file=X.root'],
  ['dump', 'hash'],
  ['dump', 'hash', '-v'],
  ['dump', 'data'],
  ['dump', 'none'],
  ['dump', 'empty'],
  ['dump', 'hash', '--hash-offset=512'],
  ['dump', 'hash', '--hash-offset=100'],
  ['verify', 'data', 'hash'],
  ['verify', 'data', 'hash', ROOT],
  ['verify', 'data', 'hash', ROOT, '-v'],
  ['verify', 'data', 'hash', '--root-hash-file=root', '-v'],
  ['verify', 'data', 'hash', 'abcd'],
  ['verify', 'data', 'hash', 'ab'.repeat(32)],
  ['verify', 'bad-data', 'hash', ROOT],
  ['verify', 'bad-data', 'hash', ROOT, '-v'],
  ['verify', 'data', 'bad-hash', ROOT],
  ['verify', 'data', 'bad-padding', ROOT],
  ['verify', 'data', 'empty', ROOT],
  ['verify', 'empty', 'hash', ROOT],
  ['verify', 'data', 'hash', ROOT, '--no-superblock'],
  ['verify', 'data', 'hash', ROOT, '--no-superblock', S, '--hash-offset=4096'],
  ['open', 'data'],
  ['open', 'data', 'x', 'hash', 'ab', '--ignore-corruption', '--restart-on-corruption'],
  ['create', 'x'],
  ['remove'],
];

describe('command lines', () => {
  let root = '';

  beforeAll(() => {
    const changed = (from: string, to: string, at: number): void => {
      const bytes = readFileSync(file(from));
      bytes[at]! ^= 0xff;
      writeFileSync(file(to), bytes);
    };
    rmSync(file('hash'), { force: true });
    writeFileSync(file('data'), pattern(10 * 4096));
    writeFileSync(file('partial'), pattern(5000));
    writeFileSync(file('empty'), '');
    veritysetup(['format', 'data', 'hash', U, S, '--root-hash-file=root']);
    root = readFileSync(file('root'), 'utf8');
    changed('data', 'bad-data', 5000);
    changed('hash', 'bad-hash', 4096 + 70);
    changed('hash', 'bad-padding', 4500);
    mkdirSync(file('a'));
    mkdirSync(file('b'));
    for (const folder of ['a', 'b']) {
      for (const one of ['data', 'partial', 'empty', 'hash', 'root', 'bad-data', 'bad-hash', 'bad-padding']) {
        copyFileSync(file(one), file(`${folder}/${one}`));
      }
    }
  });

  const bytesOf = (path: string): string | undefined =>
    existsSync(path) ? readFileSync(path).toString('base64') : undefined;

  const dmplan = (args: string[]): Promise<Ended> => dmplanVeritysetup(args, file('b'));

  /** A usage error is the usage, in lines of its own, and behind it what is wrong. */
  function withoutUsage(text: string): string {
    return text.startsWith('Usage: ') ? text.trimEnd().split('\n').at(-1)! : text;
  }

  it.each(['--help', '--usage'])('%s goes where it goes there and exits the same', async (option) => {
    const [theirs, ours] = [veritysetup([option]), await dmplan([option])];
    expect(ours.code).toBe(theirs.code);
    for (const stream of ['out', 'err'] as const) expect(ours[stream] === '').toBe(theirs[stream] === '');
  });

  it('--help lists every option that veritysetup lists', async () => {
    const options = (text: string): string[] => [...new Set(text.match(/--[a-z]+(?:-[a-z]+)*/g))].sort();
    const theirs = options(veritysetup(['--help']).out);
    expect(theirs.length).toBeGreaterThan(20);
    expect(options((await dmplan(['--help'])).out)).toEqual(expect.arrayContaining(theirs));
  });

  it.each(COMMAND_LINES.map((args) => [args.join(' ').slice(0, 100), args] as const))('%s', async (_, words) => {
    const args = words.map((word) => (word === ROOT ? root : word));
    for (const folder of ['a', 'b']) for (const made of MADE) rmSync(file(`${folder}/${made}`), { force: true });
    const theirs = veritysetup(args, file('a'));
    const ours = await dmplan(args);
    const out = theirs.out.replace(/^veritysetup .* flags: .*\n/, VERSION_TEXT);
    expect({ ...ours, err: withoutUsage(ours.err) }).toEqual({ ...theirs, out, err: withoutUsage(theirs.err) });
    const random = args[0] === 'format' && theirs.code === 0 && !args.includes(U);
    if (random) return;
    if (theirs.code !== 0) {
      for (const made of MADE) expect(existsSync(file(`b/${made}`))).toBe(existsSync(file(`a/${made}`)));
      return;
    }
    for (const made of MADE) expect(bytesOf(file(`b/${made}`))).toBe(bytesOf(file(`a/${made}`)));
  });
});
