import type { Readable, Writable } from 'node:stream';
import { commandName } from '../commands.ts';
import { errnoOf } from '../errno.ts';
import { DmError, type Rollback } from '../errors.ts';
import type { Plan } from '../planner/plan.ts';
import {
  applyFrame,
  cancelFrame,
  type Hello,
  LENGTH_SIZE,
  type Message,
  MessageReader,
  PROTOCOL,
  pingFrame,
  type Refusal,
  type Result,
} from './messages.ts';
import { remedyOf } from './remedies.ts';

/** How long, after an abort or a missed deadline, the executor may take to say what became of the plan. */
const GRACE_MS = 10_000;

/** What a timer can wait; a longer one would fire at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
const LARGEST_U32 = 2 ** 32 - 1;
const KEY_SIZE = 16;

export interface CallOptions {
  /** Cancels between two steps; what had been done is undone. */
  signal?: AbortSignal | undefined;
  /** Whole milliseconds from now until the same happens by itself, below 2^32. */
  deadline?: number | undefined;
}

export interface ApplyOptions extends CallOptions {
  /**
   * 16 bytes, new for each plan: the same plan sent again with its key is not applied a second time, but answered with
   * what came of it, as long as the executor lives and remembers it (docs/protocol.md).
   */
  key?: Uint8Array | undefined;
}

/** What an executor did with a plan. */
export interface Applied {
  /** What the kernel wrote, one for each step. */
  replies: Uint8Array[];
  /** The device node that was made or found, for a plan that resumes a device. */
  node: string | undefined;
}

/** A connected executor. */
export interface Executor {
  readonly hello: Hello;
  /**
   * Applies a plan.
   * @throws {DmError} the executor's error name as `code`; `executor_gone`, `indeterminate`, `bad_deadline`, `bad_key`,
   *   `plan_too_large`
   */
  apply(plan: Plan, options?: ApplyOptions): Promise<Applied>;
  /** Resolves when the executor answers, also while a slow command runs. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Channel {
  /** From the executor. */
  input: Readable;
  /** To the executor. */
  output: Writable;
  /** Ends the other side, after the output ended. */
  close?: () => Promise<void>;
  /** Why the other side went away, if that is known. */
  reason?: () => string | undefined;
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: DmError): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: DmError) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/**
 * Speaks the protocol over a byte stream: a child's pipes, a socket, a guest's serial line.
 * @throws {DmError} `executor_gone`, `busy`, `unknown_protocol`, and why it is degraded: `no_device_mapper`,
 * `permission_denied`, `no_koffi`, `bad_policy`, `no_journal`
 */
export async function connect(channel: Channel, options: { signal?: AbortSignal } = {}): Promise<Executor> {
  const connection = new Connection(channel);
  const stop = (): void => connection.fail(aborted(options.signal));
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    if (options.signal?.aborted) throw aborted(options.signal);
    await connection.greet();
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

class Connection implements Executor {
  #hello: Hello | undefined;
  #nextId = 1;
  #gone: DmError | undefined;
  readonly #channel: Channel;
  readonly #greeted = deferred<Hello>();
  readonly #applies = new Map<number, Deferred<Result> & { plan: Plan }>();
  readonly #pings = new Map<number, Deferred<void>>();
  readonly #reader = new MessageReader();

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#greeted.promise.catch(() => {});
    channel.input.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    channel.input.once('end', () => this.fail(this.#ended()));
    channel.input.once('close', () => this.fail(this.#ended()));
    channel.input.once('error', (cause) => this.fail(this.#ended(cause)));
    channel.output.on('error', (cause) => this.fail(this.#ended(cause)));
  }

  get hello(): Hello {
    if (!this.#hello) throw new DmError({ code: 'executor_gone', message: 'the executor has not said hello' });
    return this.#hello;
  }

  async greet(): Promise<void> {
    const hello = await this.#greeted.promise;
    if (hello.protocol !== PROTOCOL) {
      throw new DmError({
        code: 'unknown_protocol',
        message: `the executor speaks protocol ${hello.protocol}; this library speaks ${PROTOCOL}`,
      });
    }
    if (hello.state === 'degraded') {
      const name = hello.reason?.name ?? 'degraded';
      const message = hello.reason?.message ?? 'the executor has no device-mapper to forward to';
      throw new DmError({ code: name, message, remedy: remedyOf(name) });
    }
  }

  async apply(plan: Plan, { signal, deadline, key }: ApplyOptions = {}): Promise<Applied> {
    if (signal?.aborted) throw aborted(signal);
    if (this.#gone) throw this.#gone;
    checkDeadline(deadline);
    checkKey(key);
    const id = this.#nextId++;
    const frame = applyFrame(id, plan.bytes, deadline, key);
    this.#checkSize(frame);
    const waiting = deferred<Result>();
    this.#applies.set(id, { ...waiting, plan });
    let grace: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      grace ??= setTimeout(() => waiting.reject(indeterminate()), GRACE_MS);
    };
    const cancel = (): void => {
      this.#send(cancelFrame(this.#nextId++, id));
      giveUp();
    };
    const late = deadline === undefined ? undefined : setTimeout(giveUp, Math.min(deadline, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.#send(frame);
      const { replies, node } = await waiting.promise;
      return { replies, node: node ?? undefined };
    } finally {
      clearTimeout(grace);
      clearTimeout(late);
      signal?.removeEventListener('abort', cancel);
      this.#applies.delete(id);
    }
  }

  async ping(): Promise<void> {
    if (this.#gone) throw this.#gone;
    const id = this.#nextId++;
    const waiting = deferred<void>();
    this.#pings.set(id, waiting);
    this.#send(pingFrame(id));
    await waiting.promise;
  }

  async close(): Promise<void> {
    this.#channel.output.end();
    await this.#channel.close?.();
    this.fail(new DmError({ code: 'executor_gone', message: 'the connection was closed' }));
  }

  /** Ends everything that waits with this error. */
  fail(error: DmError): void {
    this.#gone ??= error;
    this.#greeted.reject(error);
    for (const waiting of this.#applies.values()) waiting.reject(unfinished(error));
    for (const waiting of this.#pings.values()) waiting.reject(error);
    this.#applies.clear();
    this.#pings.clear();
  }

  /** A frame that is too long would end the stream, and with it every other apply. */
  #checkSize(frame: Uint8Array): void {
    const { frameBytes } = this.hello.limits;
    const size = frame.length - LENGTH_SIZE;
    if (size <= frameBytes) return;
    throw new DmError({
      code: 'plan_too_large',
      message: `the plan makes a frame of ${size} bytes; the executor takes ${frameBytes}`,
    });
  }

  #send(bytes: Uint8Array): void {
    if (!this.#gone) this.#channel.output.write(bytes);
  }

  #ended(cause?: Error): DmError {
    const reason = this.#channel.reason?.() ?? cause?.message;
    return new DmError({
      code: 'executor_gone',
      message: `the executor ended the connection${reason === undefined ? '' : `: ${reason}`}`,
      retryable: true,
      cause,
    });
  }

  #receive(chunk: Uint8Array): void {
    if (this.#gone) return;
    try {
      for (const message of this.#reader.push(chunk)) this.#dispatch(message);
    } catch (cause) {
      this.fail(new DmError({ code: 'bad_reply', message: 'the executor sent bytes that are no message', cause }));
    }
  }

  #dispatch(message: Message): void {
    switch (message.type) {
      case 'hello':
        this.#hello = message;
        this.#greeted.resolve(message);
        break;
      case 'result':
        this.#answer(message);
        break;
      case 'pong':
        this.#pings.get(message.id)?.resolve();
        this.#pings.delete(message.id);
        break;
      case 'error':
        this.#refuse(message);
        break;
      default:
        throw new TypeError('a message of an unknown type');
    }
  }

  #answer(message: Result): void {
    const waiting = this.#applies.get(message.id);
    if (!waiting) return;
    if (message.replies.length !== waiting.plan.steps.length) throw new TypeError('not one reply for each step');
    waiting.resolve(message);
  }

  /** The end of the stream follows a refusal that names no apply: what waits learns why. */
  #refuse(message: Refusal): void {
    const waiting = message.id === null ? undefined : this.#applies.get(message.id);
    if (waiting) waiting.reject(refused(message, waiting.plan));
    else this.fail(refused(message));
  }
}

/** Whether the plan was applied is not known, so the same plan may well fail for having been. */
function unfinished(error: DmError): DmError {
  if (!error.retryable) return error;
  const message = `${error.message}; what became of the plan is not known`;
  return new DmError({ ...error, message, retryable: false, cause: error.cause });
}

function checkDeadline(deadline: number | undefined): void {
  if (deadline === undefined || (Number.isInteger(deadline) && deadline >= 0 && deadline <= LARGEST_U32)) return;
  throw new DmError({
    code: 'bad_deadline',
    message: `a deadline of ${deadline} is none; give whole milliseconds from 0 to ${LARGEST_U32}`,
  });
}

function checkKey(key: Uint8Array | undefined): void {
  if (key === undefined || key.length === KEY_SIZE) return;
  throw new DmError({
    code: 'bad_key',
    message: `a key of ${key.length} bytes is none; give ${KEY_SIZE} random bytes`,
  });
}

function refused(message: Refusal, plan?: Plan): DmError {
  const command = message.step === null ? undefined : plan?.steps[message.step]?.command;
  const errno = message.errno === null ? undefined : errnoOf(message.errno);
  return new DmError({
    code: message.name,
    message: errno ? `${message.message} (${errno.name})` : message.message,
    rule: message.rule ?? undefined,
    remedy: remedyOf(message.name),
    step: message.step === null || !command ? undefined : { index: message.step, command },
    errno,
    retryable: message.name === 'busy',
    rollback: rollbackOf(message),
  });
}

function rollbackOf({ rollback }: Refusal): Rollback | undefined {
  if (!rollback) return undefined;
  return {
    complete: rollback.complete,
    undone: rollback.undone.map(([step, command, errno]) => ({
      step,
      command: commandName(command),
      ...(errno === null ? {} : { errno: errnoOf(errno) }),
    })),
  };
}

function aborted(signal: AbortSignal | undefined): DmError {
  return new DmError({ code: 'cancelled', message: 'cancelled before anything was sent', cause: signal?.reason });
}

function indeterminate(): DmError {
  return new DmError({
    code: 'indeterminate',
    message:
      'the executor does not say what became of the plan: a command still runs in the kernel; ask for the state of the device later',
  });
}
