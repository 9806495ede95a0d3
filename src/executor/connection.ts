import type { Readable, Writable } from 'node:stream';
import { commandName } from '../commands.ts';
import { DmError, type Rollback } from '../errors.ts';
import type { Plan } from '../planner/plan.ts';
import {
  applyFrame,
  cancelFrame,
  type Hello,
  type Message,
  MessageReader,
  PROTOCOL,
  pingFrame,
  type Refusal,
  type Result,
} from './messages.ts';

/** How long, after an abort or a missed deadline, the executor may take to say what became of the plan. */
const GRACE_MS = 10_000;

export interface CallOptions {
  /** Cancels between two steps; what had been done is undone. */
  signal?: AbortSignal | undefined;
  /** Milliseconds from now until the same happens by itself. */
  deadline?: number | undefined;
}

/** What an executor did with a plan. */
export interface Applied {
  replies: Uint8Array[];
  /** The device node that was made or found, for a plan that resumes a device. */
  node: string | undefined;
}

/** A connected executor. */
export interface Executor {
  readonly hello: Hello;
  /**
   * Applies a plan.
   * @throws {DmError} the executor's error name as `code`; `executor_gone`, `indeterminate`
   */
  apply(plan: Plan, options?: CallOptions): Promise<Applied>;
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
 * @throws {DmError} `executor_gone`, `no_device_mapper`, `permission_denied`, `unknown_protocol`
 */
export async function connect(channel: Channel, options: { signal?: AbortSignal } = {}): Promise<Executor> {
  const connection = new Connection(channel);
  const stop = (): void => connection.fail(aborted(options.signal));
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    options.signal?.throwIfAborted();
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
      throw new DmError({
        code: hello.reason?.name ?? 'degraded',
        message: hello.reason?.message ?? 'the executor has no device-mapper to forward to',
      });
    }
  }

  async apply(plan: Plan, { signal, deadline }: CallOptions = {}): Promise<Applied> {
    if (signal?.aborted) throw aborted(signal);
    const id = this.#nextId++;
    const waiting = deferred<Result>();
    if (this.#gone) throw this.#gone;
    this.#applies.set(id, { ...waiting, plan });
    let grace: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      grace = setTimeout(() => waiting.reject(indeterminate()), GRACE_MS);
    };
    const cancel = (): void => {
      this.#send(cancelFrame(this.#nextId++, id));
      giveUp();
    };
    const late = deadline === undefined ? undefined : setTimeout(giveUp, deadline);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.#send(applyFrame(id, plan.bytes, deadline));
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
    for (const waiting of [...this.#applies.values(), ...this.#pings.values()]) waiting.reject(error);
    this.#applies.clear();
    this.#pings.clear();
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
    let messages: Message[];
    try {
      messages = this.#reader.push(chunk);
    } catch (cause) {
      this.fail(new DmError({ code: 'bad_reply', message: 'the executor sent bytes that are no message', cause }));
      return;
    }
    for (const message of messages) this.#dispatch(message);
  }

  #dispatch(message: Message): void {
    switch (message.type) {
      case 'hello':
        this.#hello = message;
        this.#greeted.resolve(message);
        break;
      case 'result':
        this.#applies.get(message.id)?.resolve(message);
        break;
      case 'pong':
        this.#pings.get(message.id)?.resolve();
        this.#pings.delete(message.id);
        break;
      case 'error':
        this.#refuse(message);
        break;
    }
  }

  /** The end of the stream follows a refusal that names no apply: what waits learns why. */
  #refuse(message: Refusal): void {
    const waiting = message.id === null ? undefined : this.#applies.get(message.id);
    if (waiting) waiting.reject(refused(message, waiting.plan));
    else this.fail(refused(message));
  }
}

function refused(message: Refusal, plan?: Plan): DmError {
  const command = message.step === null ? undefined : plan?.steps[message.step]?.command;
  return new DmError({
    code: message.name,
    message: message.message,
    rule: message.rule ?? undefined,
    step: message.step === null || !command ? undefined : { index: message.step, command },
    errno: message.errno ? { number: message.errno[0], name: message.errno[1] } : undefined,
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
      ...(errno ? { errno: { number: errno[0], name: errno[1] } } : {}),
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
