import type { DeviceMapper } from '../../device-mapper.ts';
import type { Output } from '../output.ts';
import type { Arguments } from './arguments.ts';
import type { Names } from './failures.ts';

/** What an action works with. */
export interface Work {
  args: Arguments;
  operands: string[];
  output: Output;
  signal: AbortSignal;
  names: Names;
  withDeviceMapper: (use: (dm: DeviceMapper) => Promise<void>) => Promise<void>;
}
