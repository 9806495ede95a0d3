import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FormatOptions, formatVerity, readVerityInfo, verifyVerity } from '../../../src/index.ts';
import { pattern, scratch, write } from './scratch.ts';

const file = scratch();
const uuid = 'a60c98d2-ae9b-4865-bfcb-b4e3ace11033';
const data = write(file('data'), pattern(300 * 512));
let count = 0;

const format = (options: Partial<FormatOptions> = {}) => {
  const hashDevice = file(`hash${count++}`);
  const all = { dataDevice: data, hashDevice, dataBlockSize: 512, hashBlockSize: 512, salt: 'ab', uuid, ...options };
  return formatVerity(all).then((formatted) => ({ ...formatted, hashDevice: all.hashDevice }));
};

describe('formatting', () => {
  it('is reproducible with uuid and salt given, and otherwise is not', async () => {
    const [first, second] = [await format(), await format()];
    expect(readFileSync(first.hashDevice)).toEqual(readFileSync(second.hashDevice));
    const random = await formatVerity({ dataDevice: data, hashDevice: file('random'), dataBlockSize: 512 });
    expect(random.parameters.salt).toMatch(/^[0-9a-f]{64}$/);
    expect(random.rootDigest).not.toBe(first.rootDigest);
  });

  it('gives the same bytes with any number of threads', async () => {
    const large = write(file('large'), randomBytes(70 * 1024 * 1024));
    const sizes = { dataBlockSize: 4096, hashBlockSize: 4096 };
    const made = [];
    for (const threads of [1, 2, 3]) {
      const { hashDevice, rootDigest } = await format({ dataDevice: large, threads, ...sizes });
      made.push([rootDigest, readFileSync(hashDevice)] as const);
    }
    for (const [root, bytes] of made) {
      expect(root).toBe(made[0]![0]);
      expect(bytes.equals(made[0]![1])).toBe(true);
    }
  });

  it('tells its progress up to the last block', async () => {
    const large = write(file('large2'), pattern(5 * 1024 * 1024));
    let last = [0, 1];
    await format({ dataDevice: large, onProgress: (...told) => (last = told) });
    expect(last[0]).toBe(last[1]);
    expect(last[0]).toBeGreaterThan(10240);
  });

  it.each([
    ['verity_partial_block', { dataDevice: write(file('partial'), pattern(5000)) }],
    ['verity_no_data', { dataDevice: write(file('empty'), Buffer.alloc(0)) }],
    ['verity_data_too_short', { dataBlocks: 301 }],
    ['verity_uuid', { uuid: 'xyz' }],
    ['bad_hex', { salt: 'zz' }],
    ['odd_hex', { salt: 'abc' }],
    ['verity_salt_size', { salt: 'ab'.repeat(257) }],
    ['verity_tree_in_data', { hashDevice: data, hashOffset: 8192 }],
    ['verity_algorithm_unavailable', { algorithm: 'streebog256' }],
    ['unreadable_file', { dataDevice: file('none') }],
    ['unwritable_file', { hashDevice: '/none/hash' }],
    ['not_an_image', { hashDevice: '/dev/null' }],
  ] as const)('refuses as %s, leaving no file and the data as it was', async (code, options) => {
    const before = readFileSync(data);
    const name = file(`hash${count}`);
    await expect(format(options)).rejects.toMatchObject({ code });
    expect(existsSync(name)).toBe(false);
    expect(readFileSync(data).equals(before)).toBe(true);
  });

  it('that is cancelled leaves no superblock, not even the one that was there', async () => {
    const large = write(file('large3'), pattern(8 * 1024 * 1024));
    const { hashDevice } = await format({ dataDevice: large });
    expect(readFileSync(hashDevice).subarray(0, 6).toString()).toBe('verity');
    const abort = new AbortController();
    abort.abort();
    const again = format({ dataDevice: large, hashDevice, signal: abort.signal });
    await expect(again).rejects.toMatchObject({ code: 'cancelled' });
    expect(readFileSync(hashDevice).subarray(0, 512)).toEqual(Buffer.alloc(512));
  });

  it.each([1, 2])(
    'ends, leaving no hash file, when its data is cut short meanwhile, on %i threads',
    async (threads) => {
      const dataDevice = write(file(`shrinking${threads}`), new Uint8Array(0));
      truncateSync(dataDevice, 2 ** 30);
      const hashDevice = file(`hash${count}`);
      const cut = () => truncateSync(dataDevice, 4096);
      await expect(format({ dataDevice, threads, onProgress: cut })).rejects.toMatchObject({
        code: 'verity_truncated',
      });
      expect(existsSync(hashDevice)).toBe(false);
    },
  );

  it('puts data and tree into one file', async () => {
    const one = write(file('one'), pattern(40 * 4096));
    const sizes = { dataBlockSize: 4096, hashBlockSize: 4096 };
    const made = await format({ dataDevice: one, hashDevice: one, hashOffset: 40 * 4096, ...sizes });
    expect(
      readFileSync(one)
        .subarray(0, 40 * 4096)
        .equals(pattern(40 * 4096)),
    ).toBe(true);
    expect(statSync(one).size).toBe(42 * 4096);
    expect(await readVerityInfo(one, 40 * 4096)).toEqual({
      ext4SizeInBytes: 40 * 4096,
      version: 1,
      algorithm: 'sha256',
      superBlock: true,
      rootDigest: made.rootDigest,
      salt: 'ab',
      blockSize: 4096,
      superblockVersion: 1,
      uuid,
    });
    const image = { dataDevice: one, hashDevice: one, hashOffset: 40 * 4096 };
    expect(await verifyVerity({ ...image, rootDigest: made.rootDigest })).toMatchObject({ valid: true });
  });
});
