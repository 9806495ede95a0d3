// Checks the types of every part, each by its own tsconfig.json.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const PARTS = ['.', 'assembly', 'executor', 'src/web', 'test'];

for (const part of PARTS) {
  execFileSync(process.execPath, [tsc, '--noEmit', '-p', part], { stdio: 'inherit' });
}
