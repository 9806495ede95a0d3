import { defineConfig } from 'vitest/config';

/** What a kind of test needs, and with it how long one may take. */
const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
});

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: [
      project('unit'),
      project('golden'),
      project('peers'),
      project('embed', { testTimeout: 60_000 }),
      project('fuzz', { testTimeout: 600_000 }),
      project('kernel', {
        testTimeout: 60_000,
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
