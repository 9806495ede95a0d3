import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker } from '../../../executor/worker.ts';

const worker = fileURLToPath(new URL('../../../executor/worker.ts', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'worker-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The greeting of a worker whose control is made by the expression. */
async function greeting(control: string, own = ''): Promise<unknown> {
  const [entry, outfile] = [join(directory, 'entry.ts'), join(directory, 'worker.cjs')];
  writeFileSync(
    entry,
    `import { serveWorker } from ${JSON.stringify(worker)};\nserveWorker(async () => ${control});\n`,
  );
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
  return startWorker(outfile, { own, folder: directory }, () => undefined).greeting;
}

const failing = (errno: number) => `{ throw Object.assign(new Error('open'), { errno: -${errno} }) }`;
const refusing = (errno: number) => `({ ioctl: () => ${errno}, mknod: () => 0, lock: () => 0 })`;

test.each([
  ['no control node', failing(2), { reason: { name: 'no_device_mapper' } }],
  ['a control node without a driver', failing(6), { reason: { name: 'no_device_mapper' } }],
  ['a control node without a device', failing(19), { reason: { name: 'no_device_mapper' } }],
  ['a node of something else', refusing(25), { reason: { name: 'no_device_mapper' } }],
  ['a control node that may not be opened', failing(13), { reason: { name: 'permission_denied' } }],
  ['a control node that may not be opened at all', failing(1), { reason: { name: 'permission_denied' } }],
  ['no CAP_SYS_ADMIN', refusing(13), { reason: { name: 'permission_denied' } }],
  ['too many open files', failing(24), { defect: expect.stringContaining('errno 24') }],
  [
    'koffi that does not load',
    `{ throw new Error('Cannot find module koffi\\nRequire stack:') }`,
    {
      reason: {
        name: 'no_koffi',
        message: expect.stringMatching(/npm install koffi \(Error: Cannot find module koffi\)$/),
      },
    },
  ],
  [
    'a driver',
    '({ ioctl: (_: number, p: Uint8Array) => (p.set([4, 0, 0, 0, 50]), 0), mknod: () => 0, lock: () => 0 })',
    { driver: [4, 50, 0] },
  ],
])('%s is told apart', async (_, control, expected) => {
  expect(await greeting(control)).toMatchObject(expected);
});

test('a policy of own devices takes a kernel that lists those alone', async () => {
  const driver = (minor: number) =>
    `({ ioctl: (_: number, p: Uint8Array) => (p.set([4, 0, 0, 0, ${minor}]), 0), mknod: () => 0, lock: () => 0 })`;
  expect(await greeting(driver(44), 'OWN-')).toMatchObject({ reason: { name: 'bad_policy' } });
  expect(await greeting(driver(45), 'OWN-')).toMatchObject({ driver: [4, 45, 0] });
});

test('a worker that ends leaves nobody waiting', async () => {
  const outfile = join(directory, 'ending.cjs');
  writeFileSync(outfile, "require('node:worker_threads').parentPort.once('message', () => process.exit(1));");
  const died: unknown[] = [];
  const { greeting, applier } = startWorker(outfile, { own: '', folder: directory }, (why) => died.push(why));
  const applying = applier.apply({ steps: [], due: null });
  expect(await greeting).toEqual({ defect: 'the worker ended' });
  await expect(applying).rejects.toThrow('the worker ended');
  expect(died).toEqual(['the worker ended']);
});
