/** Images over the whole matrix of parameters that kernels take, opened by the library and by veritysetup. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatVerity } from '../../src/index.ts';
import { bootKernel } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';
import { hidden } from '../../src/kernel/session.ts';
import { BOUNDARIES, describeParameters, SALTS, sample } from '../unit/verity/sample.ts';
import { pattern } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'verity-matrix-'));
const script = fileURLToPath(new URL('matrix.mjs', import.meta.url));
afterAll(() => rmSync(folder, { recursive: true }));

/** A data block is at most a page (dm-verity-target.c verity_ctr). */
const CASES = sample(
  {
    dataBlocks: BOUNDARIES,
    dataBlockSize: [512, 1024, 2048, 4096],
    hashBlockSize: [512, 1024, 4096, 16384, 65536],
    hashType: [0, 1],
    algorithm: ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    salt: SALTS,
  },
  6,
);

interface Told {
  error?: string;
  ours?: string;
  theirs?: string;
  bytes?: number;
  corrupt?: boolean;
  salt?: string;
  status?: boolean;
}

let told: Told[] = [];

beforeAll(async () => {
  const images = [];
  for (const [index, parameters] of CASES.entries()) {
    const [data, hash] = [join(folder, `${index}.data`), join(folder, `${index}.hash`)];
    writeFileSync(data, bytesOf(index));
    const { rootDigest } = await formatVerity({ dataDevice: data, hashDevice: hash, ...parameters });
    images.push({ data, hash, rootDigest, parameters });
  }
  writeFileSync(join(folder, 'cases'), JSON.stringify(images));
  const kernel = await ensureKernel(kernelRelease(process.env.DMPLAN_KERNEL ?? '6.1'), { install: true });
  const guest = await bootKernel({ kernel, readable: [folder, ...hidden([script, process.execPath])] });
  try {
    const { stdout, stderr } = await guest.run(`${process.execPath} ${script} ${join(folder, 'cases')}`);
    expect(stderr).toBe('');
    told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    await guest.close();
  }
}, 600_000);

const bytesOf = (index: number): Buffer =>
  pattern(Number(CASES[index]!.dataBlocks) * CASES[index]!.dataBlockSize, index);

it.each(CASES.map((one, index) => [describeParameters(one), index] as const))('%s reads as it was', (_, index) => {
  const bytes = bytesOf(index);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { salt } = CASES[index]!;
  expect(told[index]).toEqual({
    ours: sha256,
    theirs: sha256,
    bytes: bytes.length,
    corrupt: false,
    salt,
    status: true,
  });
});
