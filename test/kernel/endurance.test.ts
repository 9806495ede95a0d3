import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import type { Report as Clients } from './endurance/clients.ts';
import type { Report as Ioctls } from './endurance/ioctls.ts';
import type { Report as Kills } from './endurance/kills.ts';
import type { Report as Payloads } from './endurance/payloads.ts';
import { bundleFaultyExecutor } from './faulty.ts';
import { EXECUTOR, useKernel } from './harness.ts';

/**
 * What takes many rounds to show. `npm run test:endurance` sets DMPLAN_ENDURANCE=1 and runs the long forms; the numbers
 * can be set one by one, and DMPLAN_SEED chooses the run.
 */
const LONG = process.env.DMPLAN_ENDURANCE === '1';
const count = (name: string, short: number, long: number): number =>
  Number(process.env[`DMPLAN_${name}`] ?? (LONG ? long : short));
const SEED = count('SEED', 20261122, Date.now() >>> 0);
const HOUR_MS = 3_600_000;
/** Resident at the most: 40 MiB are files as they are mapped, most of it node's own; ten minutes of eight clients took 74. */
const MOST_MEMORY_KIB = 80 * 1024;

const UNIT = new URL('../../executor/systemd/dmplan-executor.service', import.meta.url);
/** Node's arguments there. */
const FLAGS = /^ExecStart=\/usr\/bin\/node (.*) \/opt/m.exec(readFileSync(UNIT, 'utf8'))![1];

const programs = {
  kills: bundle('endurance/kills.ts'),
  payloads: bundle('endurance/payloads.ts'),
  clients: bundle('endurance/clients.ts'),
  ioctls: bundle('endurance/ioctls.ts'),
  faulty: bundleFaultyExecutor(),
};
const files = Object.values(programs).map(({ file }) => file);
const kernel = useKernel({ disks: [1, 1], programs: files });
afterAll(() => {
  for (const program of Object.values(programs)) program.remove();
});

/** Runs a program in the guest; what it reports in its last line, which is shown too. */
async function report<T>(program: keyof typeof programs, ...args: (string | number)[]): Promise<T> {
  const command = `EXECUTOR_FLAGS='${FLAGS}' node --expose-gc ${programs[program].file} ${args.join(' ')}`;
  const { code, stdout, stderr } = await kernel.guest.run(command);
  expect(code, stdout + stderr).toBe(0);
  const last = stdout.trim().split('\n').at(-1)!;
  console.log(`${program}, seed ${SEED}: ${last}`);
  return JSON.parse(last) as T;
}

describe('an executor that is killed at random moments, and behind random system calls', () => {
  const KILLS = count('KILLS', 30, 1000);

  it(
    `${KILLS} times leaves, once the next is ready, every device as before or behind the plan, and none that is not its own touched`,
    async () => {
      const { kills, wrong, owing } = await report<Kills>('kills', KILLS, SEED, EXECUTOR, programs.faulty.file, '7:0');
      expect(wrong).toEqual([]);
      expect(kills).toBe(KILLS);
      expect(owing).toBeGreaterThan(KILLS / 100);
    },
    HOUR_MS,
  );
});

describe('a payload that the byte rules accept', () => {
  const PAYLOADS = count('PAYLOADS', 5000, 100_000);

  it(
    `is one that the kernel reads whole, writes nowhere else, and opens the devices of, ${PAYLOADS} times`,
    async () => {
      await kernel.sh('echo > /proc/sys/kernel/modprobe');
      const { accepted, wrong, compared, done } = await report<Payloads>('payloads', PAYLOADS, SEED);
      expect(wrong).toEqual([]);
      expect(accepted).toBe(PAYLOADS);
      expect(compared).toBeGreaterThan(PAYLOADS / 100);
      expect(Object.keys(done).length).toBeGreaterThanOrEqual(14);
    },
    HOUR_MS,
  );
});

describe('clients of one executor that ask for plans over the same devices', () => {
  const SECONDS = count('CLIENT_SECONDS', 10, 600);
  const CLIENTS = 8;

  it(
    `are answered each request once, for ${SECONDS} seconds, by an executor that takes less than 80 MiB`,
    async () => {
      const said = await report<Clients>('clients', SECONDS, CLIENTS, SEED, EXECUTOR, '7:0');
      const { wrong, answers, requests, exit, broken, peakKiB, descriptors } = said;
      expect(wrong).toEqual([]);
      expect(exit).toBe(0);
      expect(broken).toBeGreaterThan(300);
      expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBe(requests);
      expect(Object.keys(answers)).toEqual(expect.arrayContaining(['result', 'pong', 'ioctl_failed', 'busy']));
      expect(descriptors[1]).toBe(descriptors[0]);
      expect(peakKiB).toBeLessThan(MOST_MEMORY_KIB);
    },
    HOUR_MS,
  );
});

describe('the memory around payloads', () => {
  const IOCTLS = count('IOCTLS', 20_000, 1_000_000);

  it(
    `is left alone by ${IOCTLS} ioctls, wherever they lie and whenever garbage is collected`,
    async () => {
      const { ioctls, collections, touched, failed, peakKiB } = await report<Ioctls>('ioctls', IOCTLS, SEED, '7:0');
      expect({ touched, failed }).toEqual({ touched: 0, failed: 0 });
      expect(ioctls).toBeGreaterThanOrEqual(IOCTLS);
      expect(collections).toBeGreaterThan(10);
      expect(peakKiB).toBeLessThan(MOST_MEMORY_KIB);
    },
    HOUR_MS,
  );
});
