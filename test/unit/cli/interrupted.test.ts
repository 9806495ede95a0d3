/** A format that is ended by a signal, at whatever moment, as a person or the system ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatVerity, loadPlanner, verifyVerity } from '../../../src/index.ts';
import { pattern, scratch, write } from '../verity/scratch.ts';

const file = scratch();
const planner = await loadPlanner();
const main = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

const data = pattern(8 * 1024 * 1024);
const roots: Record<'before' | 'after', string> = { before: '', after: '' };

/** What is on its way has another salt, so that not a block of one tree stands for one of the other. */
beforeAll(async () => {
  write(file('data'), data);
  const image = { dataDevice: file('data'), dataBlockSize: 512, planner };
  roots.before = (await formatVerity({ ...image, hashDevice: file('before'), salt: 'ab' })).rootDigest;
  roots.after = (await formatVerity({ ...image, hashDevice: file('after'), salt: 'cd' })).rootDigest;
});

async function endedBy(signal: NodeJS.Signals, after: number, words: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [main, ...words], { stdio: 'ignore' });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([sleep(after), exited]);
  child.kill(signal);
  return (await exited)[0];
}

/** The whole of an image is right, with that root. */
async function holds(rootDigest: string): Promise<boolean> {
  const image = { dataDevice: file('data'), hashDevice: file('hash'), rootDigest, planner };
  return verifyVerity(image).then(
    ({ valid }) => valid,
    () => false,
  );
}

const isSuperblock = (): boolean => readFileSync(file('hash')).subarray(0, 6).toString() === 'verity';

/** From before the program has begun to after it is done, on machines of any speed. */
const MOMENTS = [0, 80, 140, 200, 260, 320, 400, 500, 700, 1000, 4000];
const OPTIONS = ['--data-block-size', '512', '--salt', 'cd'];

describe('a format that is ended', () => {
  it.each([
    ['SIGINT', 'verity'],
    ['SIGTERM', 'verity'],
    ['SIGKILL', 'verity'],
    ['SIGINT', 'veritysetup'],
  ] as const)('by %s leaves the data as it was, and no superblock without its tree (%s)', async (signal, words) => {
    for (const moment of MOMENTS) {
      copyFileSync(file('before'), file('hash'));
      const code = await endedBy(signal, moment, [words, 'format', file('data'), file('hash'), ...OPTIONS]);
      if (code === 0) expect(await holds(roots.after)).toBe(true);
      else if (isSuperblock()) expect((await holds(roots.before)) || (await holds(roots.after))).toBe(true);
      expect(readFileSync(file('data')).equals(data), `the data after ${moment} ms`).toBe(true);
      if (code === 0) break;
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s leaves no file that was not there', async (signal) => {
    const fresh = file(`fresh-${signal}`);
    for (const moment of MOMENTS) {
      const code = await endedBy(signal, moment, ['verity', 'format', file('data'), fresh, ...OPTIONS]);
      if (code === 0) break;
      expect(existsSync(fresh), `the file after ${moment} ms`).toBe(false);
    }
  });
});
