/** Error correction against Debian's veritysetup: the parity it writes, and what it finds with it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatVerity, loadPlanner, repairVerity } from '../../src/index.ts';
import { pattern, scratch } from '../unit/verity/scratch.ts';
import { dmplanVeritysetup, type Ended, veritysetup as veritysetupIn } from './veritysetup.ts';

const file = scratch();
const planner = await loadPlanner();
const uuid = 'a60c98d2-ae9b-4865-bfcb-b4e3ace11033';
const veritysetup = (args: string[]): Ended => veritysetupIn(args, file('.'));
const dmplan = (args: string[]): Promise<Ended> => dmplanVeritysetup(args, file('.'));

describe('writing', () => {
  const FEC_CASES = [2, 3, 4, 8, 23, 24].flatMap((roots) => [512, 4096].map((size) => [roots, size] as const));

  it.each(FEC_CASES)('with %i roots over blocks of %i bytes: the same parity', async (...[roots, size]) => {
    writeFileSync(file('data'), pattern(300 * size));
    for (const made of ['theirs', 'ours', 'theirs.fec', 'ours.fec']) rmSync(file(made), { force: true });
    const sizes = [`--data-block-size=${size}`, `--hash-block-size=${size}`, `--fec-roots=${roots}`];
    const flags = [`--uuid=${uuid}`, '--salt=ab', ...sizes];
    expect(veritysetup(['format', 'data', 'theirs', '--fec-device=theirs.fec', ...flags]).code).toBe(0);
    const made = await formatVerity({
      ...{ dataDevice: file('data'), hashDevice: file('ours'), uuid, salt: 'ab', planner },
      ...{ dataBlockSize: size, hashBlockSize: size, fec: { device: file('ours.fec'), roots } },
    });
    expect(readFileSync(file('ours')).equals(readFileSync(file('theirs')))).toBe(true);
    expect(readFileSync(file('ours.fec')).equals(readFileSync(file('theirs.fec')))).toBe(true);
    expect(made.fecEnd).toBe(readFileSync(file('ours.fec')).length);
  });

  it.each([
    ['verity_fec_roots', { roots: 25 }],
    ['verity_fec_roots', { roots: 1 }],
    ['verity_fec_offset', { offset: 100 }],
    ['verity_fec_block_sizes', { blockSize: 512 }],
    ['verity_fec_overlap', { inData: true }],
  ])(
    'is refused as %s',
    async (code, wrong: { roots?: number; offset?: number; blockSize?: number; inData?: boolean }) => {
      writeFileSync(file('data'), pattern(10 * 4096));
      const fec = { device: wrong.inData ? file('data') : file('wrong.fec'), roots: wrong.roots, offset: wrong.offset };
      const devices = { dataDevice: file('data'), hashDevice: file('wrong.hash'), dataBlockSize: wrong.blockSize };
      await expect(formatVerity({ ...devices, fec, planner })).rejects.toMatchObject({ code });
      expect(existsSync(file('wrong.fec'))).toBe(false);
      expect(readFileSync(file('data')).equals(pattern(10 * 4096))).toBe(true);
    },
  );
});

/** Numbers below `limit`, the same ones for the same seed (Lehmer's generator). */
function numbers(seed: number): (limit: number) => number {
  let state = seed * 7919 + 1;
  return (limit) => {
    state = (state * 48271) % 0x7fffffff;
    return state % limit;
  };
}

describe.each([2, 3, 8, 23, 24])('verifying with %i parity symbols', (roots) => {
  const BLOCK = 4096;
  const BLOCKS = 260;
  const flags = ['--fec-device=fec', `--fec-roots=${roots}`];
  const right: Record<string, Buffer> = {};
  let root = '';

  beforeAll(() => {
    for (const name of ['data', 'hash', 'fec', 'root']) rmSync(file(name), { force: true });
    writeFileSync(file('data'), pattern(BLOCKS * BLOCK));
    veritysetup(['format', 'data', 'hash', ...flags, '--salt=ab', '--root-hash-file=root']);
    for (const name of ['data', 'hash', 'fec']) right[name] = readFileSync(file(name));
    root = readFileSync(file('root'), 'utf8');
  });

  /** Writes the image with other bytes at some places. */
  function damage(change: (bytes: Record<string, Buffer>) => void): void {
    const bytes = Object.fromEntries(Object.entries(right).map(([name, original]) => [name, Buffer.from(original)]));
    change(bytes);
    for (const [name, changed] of Object.entries(bytes)) writeFileSync(file(name), changed);
  }

  const verify = (given = root): string[] => ['verify', 'data', 'hash', given, ...flags];

  const image = () => ({ dataDevice: file('data'), hashDevice: file('hash'), rootDigest: root, planner });
  const fec = { device: file('fec'), roots };

  it.each([1, 2, 3, 4, 5, 6])(
    'finds as many errors as veritysetup does in bytes that are corrupt anywhere (%i)',
    async (seed) => {
      const random = numbers(seed * 31 + roots);
      damage((bytes) => {
        bytes.data![random(BLOCKS * BLOCK)]! ^= 1 + random(255);
        for (let count = random(12); count > 0; count--) {
          const bad = bytes[['data', 'hash', 'fec'][random(3)]!]!;
          const at = BLOCK + random(bad.length - BLOCK);
          bad[at]! ^= 1 + random(255);
        }
      });
      const theirs = veritysetup(verify());
      expect(theirs).toMatchObject({
        code: 0,
        err: expect.stringMatching(/Found \d+ repairable errors with FEC device/),
      });
      expect(await dmplan(verify())).toEqual(theirs);
      await repairVerity({ ...image(), fec, into: 'in-place' });
      expect(readFileSync(file('data')).equals(right.data!)).toBe(true);
      expect(readFileSync(file('hash')).equals(right.hash!)).toBe(true);
      expect(veritysetup(['verify', 'data', 'hash', root])).toEqual({ code: 0, out: '', err: '' });
    },
  );

  it('finds the errors of whole blocks, as many in a round as half of the symbols', async () => {
    damage(({ data }) => data!.fill(0x33, 5 * BLOCK, (5 + (roots >> 1)) * BLOCK));
    const theirs = veritysetup(verify());
    expect(theirs.code).toBe(0);
    expect(await dmplan(verify())).toEqual(theirs);
  });

  it('finds the errors of a corrupt root block', async () => {
    damage(({ hash }) => hash!.fill(0x33, BLOCK, 2 * BLOCK));
    const theirs = veritysetup(verify());
    expect(theirs.code).toBe(0);
    expect(await dmplan(verify())).toEqual(theirs);
  });

  it('refuses what it cannot repair as veritysetup does', async () => {
    const random = numbers(roots);
    damage(({ data }) => {
      for (let at = 0; at < data!.length; at++) data![at] = random(256);
    });
    const theirs = veritysetup(verify());
    expect(theirs).toMatchObject({
      code: 2,
      err: expect.stringContaining('Errors cannot be repaired with FEC device.'),
    });
    expect(await dmplan(verify())).toEqual(theirs);
    await expect(repairVerity({ ...image(), fec })).rejects.toMatchObject({ code: 'verity_irreparable' });
  });

  it('refuses a wrong root hash as veritysetup does', async () => {
    damage(() => {});
    const wrong = verify('ab'.repeat(32));
    const theirs = veritysetup(wrong);
    expect(theirs.code).toBe(2);
    expect(await dmplan(wrong)).toEqual(theirs);
  });

  it('refuses a wrong root hash also of an image with errors that could be repaired, which veritysetup takes for right', async () => {
    damage(({ data }) => {
      data![7]! ^= 1;
    });
    const wrong = verify('ab'.repeat(32));
    expect(veritysetup(wrong).code).toBe(0);
    expect(await dmplan(wrong)).toMatchObject({ code: 2, err: expect.stringContaining('Errors cannot be repaired') });
  });

  it('says of an area that is not there what veritysetup says', async () => {
    damage(() => {});
    const given = ['verify', 'data', 'hash', root, '--fec-device=nowhere', '--fec-roots=2'];
    expect(await dmplan(given)).toEqual(veritysetup(given));
  });
});
