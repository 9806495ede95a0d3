import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker } from '../../../executor/worker.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'worker-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a worker that ends is a defect', async () => {
  const outfile = join(directory, 'ending.cjs');
  writeFileSync(outfile, "require('node:worker_threads').parentPort.once('message', () => process.exit(1));");
  const died = new Promise((resolve) => {
    startWorker(outfile, { own: '', journal: 0 }, resolve).ping();
  });
  expect(await died).toBe('the worker ended');
});

test('a worker that does not load is a defect, asked or not', async () => {
  const died = new Promise((resolve) => startWorker(join(directory, 'none.cjs'), { own: '', journal: 0 }, resolve));
  expect(await died).toMatchObject({ code: 'MODULE_NOT_FOUND' });
});
