import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DmError } from '../errors.ts';
import { type Channel, connect, type Executor } from './connection.ts';
import { type Hello, MessageReader } from './messages.ts';
import { ReconnectingExecutor } from './reconnect.ts';

/** What `sun_path` has room for, in bytes, without its NUL (unix(7)). */
const LONGEST_PATH = 107;

/** How long a hello may take: as long as a supervisor may need to replace an executor that hangs. */
const HELLO_MS = 60_000;

/** How long a closed connection may take to answer what it was asked before. */
const CLOSING_MS = 10_000;

export interface ConnectOptions {
  /** Ends the connecting; later applies have signals of their own. */
  signal?: AbortSignal;
  /** How often to try to make a lost connection again, with growing pauses; 10 times unless given. */
  reconnects?: number;
}

/**
 * Connects to an executor that listens on a Unix socket. When the connection is lost it is made again for the next plan,
 * within its deadline, and not for ever. A plan that changes something and whose answer was lost with the connection fails
 * with `indeterminate`: it may have been applied, and is never sent a second time.
 * @throws {DmError} `executor_unreachable` with the errno, `busy`, and why it is degraded: `no_device_mapper`,
 * `permission_denied`, `no_koffi`, `bad_policy`, `no_journal`
 * @example const dm = await openDeviceMapper({ executor: connectExecutor('/run/dmplan.sock') })
 */
export async function connectExecutor(path: string, options: ConnectOptions = {}): Promise<Executor> {
  const { signal, reconnects } = options;
  const first = await dial(path, signal);
  return new ReconnectingExecutor(first, (signal) => dial(path, signal), reconnects);
}

/**
 * What the executor behind a socket says of itself, degraded or not.
 * @throws {DmError} `executor_unreachable`
 */
export async function readHello(path: string, options: { signal?: AbortSignal } = {}): Promise<Hello> {
  const socket = await open(path, options.signal);
  const reader = new MessageReader();
  try {
    for await (const chunk of socket) {
      for (const message of reader.push(chunk as Buffer)) {
        if (message.type === 'hello') return message;
        throw unreachable(path, `it says no hello, but ${message.type === 'error' ? message.name : message.type}`);
      }
    }
  } catch (cause) {
    if (cause instanceof DmError) throw cause;
    throw unreachable(path, `it says no hello: ${(cause as Error).message}`, cause);
  } finally {
    socket.destroy();
  }
  throw unreachable(path, 'it ended the connection without a hello');
}

async function dial(path: string, signal: AbortSignal | undefined): Promise<Executor> {
  const late = AbortSignal.timeout(HELLO_MS);
  const limit = signal ? AbortSignal.any([signal, late]) : late;
  const socket = await open(path, limit);
  const stop = (): void => void socket.destroy();
  limit.addEventListener('abort', stop, { once: true });
  try {
    return await connect(channelOf(socket), { signal: limit });
  } catch (error) {
    socket.destroy();
    throw late.aborted && !signal?.aborted ? unreachable(path, `it says no hello in ${HELLO_MS} ms`, error) : error;
  } finally {
    limit.removeEventListener('abort', stop);
  }
}

function channelOf(socket: Socket): Channel {
  let problem: string | undefined;
  socket.once('error', (error) => {
    problem = error.message;
  });
  const closed = once(socket, 'close').catch(() => {});
  return {
    input: socket,
    output: socket,
    reason: () => problem,
    async close() {
      await Promise.race([closed, sleep(CLOSING_MS, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}

async function open(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  if (path === '' || path.includes('\0') || Buffer.byteLength(path) > LONGEST_PATH) {
    throw unreachable(path, `the path of a socket has 1 to ${LONGEST_PATH} bytes`);
  }
  const socket = createConnection({ path });
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', signal ? { signal } : {});
    return socket;
  } catch (cause) {
    socket.destroy();
    if (signal?.aborted) throw new DmError({ code: 'cancelled', message: 'cancelled while connecting', cause });
    throw unreachable(path, (cause as Error).message, cause);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'nothing listens there: start the executor, or its socket unit (systemctl start dmplan-executor.socket)',
  ECONNREFUSED: 'the socket is there, but nobody listens: start the executor',
  EACCES: "only the socket's owner and group may connect: become a member of its group and log in anew",
};

function unreachable(path: string, why: string, cause?: unknown): DmError {
  const { code: name = '', errno } = (cause ?? {}) as NodeJS.ErrnoException;
  return new DmError({
    code: 'executor_unreachable',
    message: `no executor at ${path}: ${why}`,
    ...(errno === undefined ? {} : { errno: { number: Math.abs(errno), name } }),
    remedy: REMEDIES[name],
    retryable: name === 'ECONNREFUSED' || name === 'ENOENT',
    cause,
  });
}
