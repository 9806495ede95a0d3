// Runs the kernel tests once on each of the real kernels.
import { spawnSync } from 'node:child_process';

const KERNELS = ['6.1', '6.12', '7.2'];

let failed = false;
for (const kernel of KERNELS) {
  console.log(`\nThe kernel tests on Linux ${kernel}`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', '--project', 'kernel'];
  const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, DMPLAN_KERNEL: kernel },
  });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
