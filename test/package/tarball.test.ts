/** What is published: neither more nor less than what works, and every tool that reads packages can read it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { expect, inject, test } from 'vitest';
import { runCommand } from '../../src/kernel/command.ts';
import { ROOT, scratch } from './npm.ts';

const tarball = inject('tarball');
const folder = scratch();
await runCommand('tar', ['-xf', tarball, '-C', folder]);
const files = (await runCommand('tar', ['-tf', tarball]))
  .trim()
  .split('\n')
  .map((path) => path.replace(/^package\//, ''));

interface Manifest {
  bin: Record<string, string>;
  man: string[];
  exports: Record<string, string | Record<'types' | 'default', string>>;
}

const text = (path: string): string => readFileSync(join(folder, 'package', path), 'utf8');
const manifest = JSON.parse(text('package.json')) as Manifest;

test('publint has nothing to say', async () => {
  const buffer = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length) as ArrayBuffer },
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

/** The package has no entry for programs that cannot read `exports`, nor for those that cannot load ES modules. */
const UNSUPPORTED = ['node10', 'node16-cjs'];

test('attw finds types wherever it finds code', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!analysis.types) throw new Error('no types');
  const entries = Object.keys(analysis.entrypoints).sort();
  expect(entries).toEqual(['.', './executor', './package.json', './planner', './planner.wasm', './vectors']);
  const problems = analysis.problems.filter(
    (problem) => !('resolutionKind' in problem && UNSUPPORTED.includes(problem.resolutionKind)),
  );
  expect(problems).toEqual([]);
});

/** Read by people, or by name. */
const BY_NAME = /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|docs\/|dist\/(THIRD-PARTY\.md|systemd\/|vectors\/))/;
/** Files that the programs look for in dist/ (src/built-file.ts), or beside themselves. */
const FILTERS = ['x64', 'arm64', 'riscv64'].map((machine) => `dist/ioctls-${machine}.bpf`);
const COMMAND_LINES = ['dmplan', 'images', 'veritysetup'].map((name) => `dist/cli/${name}.cjs`);
const LOOKED_FOR = [...COMMAND_LINES, 'dist/verity-worker.cjs', 'dist/policy.cjs', ...FILTERS, 'dist/web/index.html'];

test('every file can be reached from what the package declares', () => {
  const entries = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  const declared = [...entries, ...Object.values(manifest.bin), ...manifest.man].map((path) => posix.normalize(path));
  const reached = new Set([...declared, ...LOOKED_FOR]);
  for (const path of reached) {
    if (!/^dist\/(src|assembly)\/.*\.(js|d\.ts)$/.test(path)) continue;
    for (const [, found] of text(path).matchAll(/(?:from|import\(?) ?["'](\.[^"']+)["']/g)) {
      const target = posix.join(posix.dirname(path), found!);
      reached.add(path.endsWith('.d.ts') ? target.replace(/\.(js|ts)$/, '.d.ts') : target);
    }
  }
  expect([...reached].filter((path) => !files.includes(path))).toEqual([]);
  const readable = (path: string) => BY_NAME.test(path) || reached.has(path);
  // tsc writes both for every module: of one that holds types alone nobody loads the other
  const isHalf = (path: string) =>
    reached.has(path.replace(/\.js$/, '.d.ts')) || reached.has(path.replace(/\.d\.ts$/, '.js'));
  expect(files.filter((path) => !readable(path) && !isHalf(path))).toEqual([]);
});

test('no file names the folder that it was built in', () => {
  const naming = files.filter((path) => readFileSync(join(folder, 'package', path)).includes(ROOT));
  expect(naming).toEqual([]);
});
