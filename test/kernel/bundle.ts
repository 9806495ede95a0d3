import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** A program of the tests as one file that a guest can run, in a folder of its own. */
export interface Bundle {
  file: string;
  remove(): void;
}

/** `path` is relative to this folder. */
export function bundle(path: string): Bundle {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dmplan-bundle-')));
  symlinkSync(here('../../node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'program.cjs');
  bundleInto(here(path), file);
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

export function bundleInto(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'warning',
  });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
