import { afterAll, describe, expect, it } from 'vitest';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import type { DmError } from '../../src/errors.ts';
import { actionsOver } from './calls.ts';
import { bundleFaultyExecutor, Faulty } from './faulty.ts';
import { useKernel } from './harness.ts';

const SIGTERM = 15;

const bundle = bundleFaultyExecutor();
const kernel = useKernel({ disks: [1, 1], programs: [bundle.file] });
afterAll(() => bundle.remove());

/** What devices there are, in which state, with which tables. */
async function state(dm: DeviceMapper): Promise<unknown> {
  const devices = await dm.list();
  const asked = devices.map(async ({ name }) => {
    const { suspended, liveTable, inactiveTable } = await dm.info(name);
    const [live, inactive] = [await dm.table(name), await dm.table(name, { inactive: true })];
    return { name, suspended, liveTable, inactiveTable, live, inactive };
  });
  return Promise.all(asked);
}

async function clearAway(): Promise<void> {
  for (const { name } of await kernel.dm.list()) await kernel.dm.remove(name);
}

describe.each(actionsOver(kernel))('SIGTERM in $name', ({ calls, prepare, act }) => {
  it.each(calls.map(({ command }, index) => ({ command, number: index + 1 })))(
    'behind call $number, $command, finishes it or undoes it, answers, and ends with 0',
    async ({ number }) => {
      await prepare?.(kernel.dm);
      const before = await state(kernel.dm);
      const faulty = await Faulty.start(kernel, bundle);
      // The next call waits until the main thread has seen the signal.
      await faulty.arm(`k${number}=${SIGTERM}+w${number + 1}=150`);
      const error = await act(faulty.dm).then(
        () => undefined,
        (error: DmError) => error,
      );
      expect(await faulty.program.exited).toBe(0);
      const after = await state(kernel.dm);
      await clearAway();
      if (number === calls.length) {
        expect(error).toBeUndefined();
        await prepare?.(kernel.dm);
        await act(kernel.dm);
        expect(after).toEqual(await state(kernel.dm));
        await clearAway();
      } else if (error !== undefined) {
        expect(error.code).toBe('cancelled');
        expect(error.rollback?.complete ?? true).toBe(true);
        expect(after).toEqual(before);
      } else expect(after).not.toEqual(before);
    },
  );
});
