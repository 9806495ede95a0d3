/** The same sources give the same bytes, wherever they lie and whichever Node builds them. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { runCommand } from '../../src/kernel/command.ts';
import { NODES, nodeMajor, nodeProgram } from '../embed/npm.ts';
import { pack, ROOT, scratch } from './npm.ts';

const folder = join(scratch(), 'another folder');
const dist = join(folder, 'dist');

beforeAll(async () => {
  const listed = await runCommand('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  const files = listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  for (const path of files) cpSync(join(ROOT, path), join(folder, path));
  await runCommand('npm', ['ci', '--ignore-scripts', '--prefer-offline'], { cwd: folder });
});

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The digest of every file below a folder. */
function digests(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(root, path), sha256(path)]));
}

test('a tarball that is packed in another folder is the same', async () => {
  const tarball = await pack(folder, scratch());
  expect(sha256(tarball)).toBe(sha256(inject('tarball')));
  expect(sha256(join(dist, 'planner.wasm'))).toBe(sha256(join(ROOT, 'dist/planner.wasm')));
});

/** The tarball was built by the one that runs. */
const OTHERS = NODES.filter((version) => nodeMajor(version) !== nodeMajor(process.versions.node));

test.for(OTHERS)('Node %s builds the same files', async (version) => {
  const program = await nodeProgram(version);
  rmSync(dist, { recursive: true, force: true });
  for (const script of ['.scripts/build.mjs', '.scripts/vectors.mjs'])
    await runCommand(program, [script], { cwd: folder });
  const published = scratch();
  await runCommand('tar', ['-xf', inject('tarball'), '-C', published]);
  const expected = digests(join(published, 'package/dist'));
  expect(Object.keys(expected)).toContain('planner.wasm');
  expect(digests(dist)).toMatchObject(expected);
});
