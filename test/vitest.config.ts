import { defineConfig } from 'vitest/config';

/** Long enough for the slowest on a busy machine: it tells a hang, not a slow day. */
const HANG_MS = 60_000;

/** Tests are sorted by what they need. */
const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: HANG_MS, ...more },
});

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      project('unit'),
      project('golden'),
      project('peers'),
      project('embed'),
      project('web', { globalSetup: 'test/web/setup.ts' }),
      project('package', { testTimeout: 300_000, hookTimeout: 300_000, globalSetup: 'test/package/setup.ts' }),
      project('fuzz', { testTimeout: 600_000 }),
      project('kernel', {
        hookTimeout: 120_000,
        globalSetup: 'test/kernel/setup.ts',
        // A guest is a process with one CPU of its own: two at a time are what two cores carry.
        maxWorkers: 2,
        // After the others, so that those have the machine to themselves.
        sequence: { groupOrder: 1 },
      }),
    ],
    coverage: { include: ['src/**/*.ts', 'executor/**/*.ts'], exclude: ['src/planner/bytes.ts'] },
  },
});
