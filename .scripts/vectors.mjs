// Writes the conformance pack, dist/vectors/: the tests' own cases as requests and answers for any host.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const FOLDER = 'dist/vectors';
const bundle = 'dist/vectors.mjs';

await build({
  entryPoints: ['test/vectors/pack.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
// The recordings lie beside their reader, which the bundle is not.
process.env.DMPLAN_VECTORS ??= resolve('test/peers/vectors');
const { packFiles } = await import(pathToFileURL(bundle).href);
const files = await packFiles();
rmSync(bundle);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, name), text);
cpSync('test/vectors/README.md', join(FOLDER, 'README.md'));
