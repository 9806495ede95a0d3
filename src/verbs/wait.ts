import { Budget } from '../budget.ts';
import type { CallOptions, Executor } from '../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import type { DeviceInfo } from '../reply.ts';

export interface WaitOptions extends CallOptions {
  /** The number of the last event that is known; the current one unless given. */
  eventNr?: number;
}

/** Returns when it is time to look again. */
type Pause = (budget: Budget) => Promise<void>;

/**
 * Looks at the event number until it is another. DEV_WAIT would hold the executor's one thread for as long as nothing
 * happens, where neither an abort nor a deadline could end it.
 */
export async function waitEvent(dm: DeviceMapper, device: DeviceRef, options: WaitOptions): Promise<DeviceInfo> {
  const budget = new Budget(options);
  const pause = (await untilEvents(dm.executor, budget)) ?? forLonger();
  const first = await dm.info(device, budget.call());
  const known = options.eventNr ?? first.eventNr;
  let info = first;
  while (info.eventNr === known) {
    await pause(budget);
    info = await next(dm, info, budget);
  }
  return info;
}

/**
 * Until the executor has seen an event, which may be another device's; undefined for an executor that tells none. The
 * count is taken before the first look.
 */
async function untilEvents(executor: Executor, budget: Budget): Promise<Pause | undefined> {
  const poll = executor.hello.events ? executor.poll?.bind(executor) : undefined;
  if (!poll) return undefined;
  let seen = await poll(undefined, budget.call());
  return async (budget) => {
    seen = await poll(seen, budget.call());
  };
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** For a while that grows: an executor that cannot tell has to be asked. */
function forLonger(): Pause {
  let milliseconds = FIRST_PAUSE_MS;
  return async (budget) => {
    await budget.pause(milliseconds);
    milliseconds = Math.min(milliseconds * 2, LONGEST_PAUSE_MS);
  };
}

/** By its number, which a rename does not change. Interfaces before 4.37 list no event numbers. */
async function next(dm: DeviceMapper, last: DeviceInfo, budget: Budget): Promise<DeviceInfo> {
  const devices = await dm.list(budget.call());
  const row = devices.find(({ dev }) => dev.major === last.dev.major && dev.minor === last.dev.minor);
  if (!row) {
    throw new DmError({ code: 'no_such_device', message: `${last.name} was removed`, operation: 'wait' });
  }
  return row.eventNr === last.eventNr ? last : dm.info(row.name, budget.call());
}
