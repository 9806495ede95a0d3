import type { DeviceMapper } from '../device-mapper.ts';
import type { Output } from './output.ts';

/** The options that every command has. */
export interface GlobalOptions {
  json?: boolean;
  kernel?: boolean;
  kernelRelease?: string;
  disk?: string[];
  deadline?: number;
  color?: boolean;
  executor?: string;
  uuidPrefix?: string;
}

/** What a command works with. */
export interface Context {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Whether the answer is that something is not as it should be: the program ends with 1. */
  readonly failed: boolean;
  fail(): void;
  /** Runs with an open device-mapper, of this host or of a throwaway kernel, and closes it. */
  withDeviceMapper(use: (dm: DeviceMapper) => Promise<void>): Promise<void>;
}

/** Opens the device-mapper that the options name. */
export type Open = (options: GlobalOptions, output: Output, signal: AbortSignal) => Promise<DeviceMapper>;

/** The context of one run of the program. */
export function contextOf(options: GlobalOptions, output: Output, signal: AbortSignal, open: Open): Context {
  let failed = false;
  return {
    options,
    output,
    signal,
    get failed() {
      return failed;
    },
    fail() {
      failed = true;
    },
    async withDeviceMapper(use) {
      const dm = await open(options, output, signal);
      try {
        await use(dm);
      } finally {
        await dm.close();
      }
    },
  };
}
