import { Budget } from '../budget.ts';
import type { CallOptions } from '../client/connection.ts';
import type { DeviceMapper, DeviceRef } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import type { DeviceInfo } from '../reply.ts';

export interface WaitOptions extends CallOptions {
  /** The number of the last event that is known; the current one unless given. */
  eventNr?: number;
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * Asks for the event number until it is another. DEV_WAIT would hold the executor's one thread for as long as nothing
 * happens, where neither an abort nor a deadline could end it.
 */
export async function waitEvent(dm: DeviceMapper, device: DeviceRef, options: WaitOptions): Promise<DeviceInfo> {
  const budget = new Budget(options);
  const first = await dm.info(device, budget.call());
  const known = options.eventNr ?? first.eventNr;
  let info = first;
  for (let pause = FIRST_PAUSE_MS; info.eventNr === known; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await budget.pause(pause);
    info = await next(dm, info, budget);
  }
  return info;
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
