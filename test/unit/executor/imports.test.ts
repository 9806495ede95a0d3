import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = new URL('../../../executor/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
const sources = new Map(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')]));
const BUDGET = 1200;

function codeOf(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function importsOf(source: string): string[] {
  const code = codeOf(source);
  return [...code.matchAll(/\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'|\brequire\s*\(\s*'([^']+)'/g)].map(
    (found) => (found[1] ?? found[2] ?? found[3])!,
  );
}

test('the executor imports koffi, msgpackr, node:, the kernel’s constants and itself, and nothing else', () => {
  const foreign = new Set<string>();
  for (const source of sources.values()) {
    for (const name of importsOf(source)) {
      const own = name.startsWith('./') && sources.has(basename(name));
      if (!own && !name.startsWith('node:') && name !== '../assembly/abi.ts') foreign.add(name);
    }
  }
  // 'msgpackr' itself stands only in the declaration of its build's types.
  expect([...foreign].sort()).toEqual(['koffi', 'msgpackr', 'msgpackr/index-no-eval']);
  expect(importsOf(sources.get('msgpackr.d.ts')!)).toEqual(['msgpackr']);
});

test('the library imports nothing of the executor: they meet in the protocol', () => {
  const library = fileURLToPath(new URL('../../../src/', import.meta.url));
  const paths = readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  expect(paths.length).toBeGreaterThan(50);
  const across = paths.filter((path) =>
    importsOf(readFileSync(path, 'utf8')).some((name) =>
      resolve(dirname(path), name).startsWith(fileURLToPath(folder)),
    ),
  );
  expect(across).toEqual([]);
});

test('files lie flat in executor/, beside the units of systemd', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isFile());
  expect(folders.map(({ name }) => name)).toEqual(['systemd']);
  expect(readdirSync(new URL('systemd/', folder)).filter((file) => file.endsWith('.ts'))).toEqual([]);
});

test('no file reaches back up the way that a request takes', () => {
  const seen = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    expect(path).not.toContain(file);
    if (seen.has(file)) return;
    for (const name of importsOf(sources.get(file)!)) {
      if (name.startsWith('./')) visit(basename(name), [...path, file]);
    }
    seen.add(file);
  };
  visit('main.ts', []);
  expect([...seen].sort()).toEqual(files.filter((file) => file !== 'msgpackr.d.ts').sort());
});

test('nothing calls koffi asynchronously, waits for device events or makes code from strings', () => {
  for (const source of sources.values())
    expect(codeOf(source)).not.toMatch(/\.async\b|DM_DEV_WAIT|\beval\(|new Function/);
});

test(`the executor stays within ${BUDGET} lines of code`, () => {
  const lines = [...sources.values()]
    .flatMap((source) => codeOf(source).split('\n'))
    .filter((line) => line.trim() !== '');
  console.log(`executor/: ${lines.length} lines of code`);
  expect(lines.length).toBeLessThanOrEqual(BUDGET);
});
