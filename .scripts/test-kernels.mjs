// Runs the kernel tests once on each of the real kernels, or on those that DMPLAN_KERNELS names, and says at the end
// what failed where.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KERNELS = (process.env.DMPLAN_KERNELS ?? '6.1 6.12 7.2').split(' ');

/** The failed tests of a vitest report; a file that could not be run at all is named with its error. */
function failures(report) {
  return report.testResults
    .filter((file) => file.status === 'failed')
    .flatMap((file) => {
      const tests = file.assertionResults.filter((test) => test.status === 'failed');
      const told = tests.map((test) => `${test.fullName}\n      ${test.failureMessages.join('\n').trim()}`);
      return (told.length > 0 ? told : [file.message]).map((text) => `${file.name}: ${text}`);
    });
}

const folder = mkdtempSync(join(tmpdir(), 'dmplan-kernels-'));
const lines = [];
try {
  for (const kernel of KERNELS) {
    console.log(`\nThe kernel tests on Linux ${kernel}`);
    const report = join(folder, `${kernel}.json`);
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'test/vitest.config.ts',
      '--project',
      'kernel',
    ];
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { status } = spawnSync(process.execPath, [...vitest, ...reporters, ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...process.env, DMPLAN_KERNEL: kernel },
    });
    if (status === 0) {
      lines.push(`Linux ${kernel}: passed`);
    } else {
      process.exitCode = 1;
      lines.push(`Linux ${kernel}: failed with status ${status}`);
      try {
        lines.push(...failures(JSON.parse(readFileSync(report, 'utf8'))).map((text) => `  ${text}`));
      } catch (error) {
        lines.push(`  no report: ${error.message}`);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\n${lines.join('\n')}`);
