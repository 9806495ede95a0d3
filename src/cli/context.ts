import { connectExecutor } from '../client/socket.ts';
import { spawnExecutor } from '../client/spawn.ts';
import { type DeviceMapper, openDeviceMapper } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
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

/** The context of one run of the program. */
export function contextOf(options: GlobalOptions, output: Output, signal: AbortSignal): Context {
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

async function open(options: GlobalOptions, output: Output, signal: AbortSignal): Promise<DeviceMapper> {
  if (options.kernel || options.kernelRelease !== undefined) {
    const { openInKernel } = await import('../kernel/session.ts');
    const { dm } = await openInKernel({
      release: options.kernelRelease ?? '6.1',
      disks: (options.disk ?? []).map(diskOf),
      log: (text) => output.note(text),
      signal,
    });
    return dm;
  }
  const path = socketOf(options);
  const uuidPrefix = options.uuidPrefix ?? process.env.DMPLAN_UUID_PREFIX;
  try {
    const executor = path === undefined ? spawnExecutor({ signal }) : connectExecutor(path, { signal });
    return await openDeviceMapper({ executor, ...(uuidPrefix ? { uuidPrefix } : {}) });
  } catch (error) {
    throw error instanceof DmError && error.code === 'no_device_mapper' ? withHint(error) : error;
  }
}

const SOCKET = 'unix:';

/**
 * The socket of the executor to use, as an option or the environment says; undefined for a child of this program.
 * @throws {DmError} `bad_executor`
 */
export function socketOf({ executor }: GlobalOptions): string | undefined {
  const text = executor ?? process.env.DMPLAN_EXECUTOR ?? '';
  if (text === 'spawn' || (text === '' && executor === undefined)) return undefined;
  if (text.startsWith(SOCKET) && text.length > SOCKET.length) return text.slice(SOCKET.length);
  const from = executor === undefined ? 'DMPLAN_EXECUTOR' : '--executor';
  throw new DmError({
    code: 'bad_executor',
    message: `${from} is "${text}"; give unix:PATH, or spawn for a child of this program`,
  });
}

/** `FILE`, or `FILE:ro`. */
function diskOf(text: string): { file: string; readOnly: boolean } {
  return text.endsWith(':ro') ? { file: text.slice(0, -3), readOnly: true } : { file: text, readOnly: false };
}

function withHint(error: DmError): DmError {
  return new DmError({
    ...error,
    cause: error.cause,
    message: `${error.message}\nTo try the same command against a throwaway real kernel, add --kernel`,
  });
}
