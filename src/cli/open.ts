import { connectExecutor } from '../client/socket.ts';
import { spawnExecutor } from '../client/spawn.ts';
import { openDeviceMapper } from '../device-mapper.ts';
import { DmError } from '../errors.ts';
import type { GlobalOptions, Open } from './context.ts';

/** The device-mapper of this host, as an executor reaches it, or of a throwaway kernel. */
export const open: Open = async (options, output, signal) => {
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
};

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
