import { setTimeout as sleep } from 'node:timers/promises';
import { QUERIES } from '../commands.ts';
import { DmError } from '../errors.ts';
import type { Plan } from '../planner/plan.ts';
import { type Applied, type ApplyOptions, type CallOptions, type Executor, LONGEST_TIMER_MS } from './connection.ts';
import type { Hello } from './messages.ts';
import { remedyOf } from './remedies.ts';

/** Makes a new connection. */
export type Dial = (signal: AbortSignal) => Promise<Executor>;

/** Some ten seconds with their pauses: longer than a supervisor takes to start an executor anew. */
const RECONNECTS = 10;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** How often a plan is sent: one that ends every executor it meets is not to end them all. */
const SENDINGS = 3;

/**
 * An executor behind connections that may be lost: each is replaced by the next. What never left, what an executor turned
 * away since it was ending, and what only asks is sent again; whatever else was on its way may have been done, and is not.
 */
export class ReconnectingExecutor implements Executor {
  #connection: Executor;
  #replacing: Promise<void> | undefined;
  readonly #closed = new AbortController();
  readonly #dial: Dial;
  readonly #reconnects: number;

  /** `reconnects`: how often it is tried to make a lost connection again. */
  constructor(first: Executor, dial: Dial, reconnects: number = RECONNECTS) {
    this.#connection = first;
    this.#dial = dial;
    this.#reconnects = reconnects;
  }

  /** Of the connection that there is, or was last. */
  get hello(): Hello {
    return this.#connection.hello;
  }

  async apply(plan: Plan, call: ApplyOptions = {}): Promise<Applied> {
    const timed = new Timed(call);
    const isQuery = plan.steps.every(({ command }) => QUERIES.has(command));
    for (let sending = 1; ; sending++) {
      const connection = this.#connection;
      const deadline = sending === 1 ? call.deadline : timed.left();
      try {
        return await connection.apply(plan, { ...call, deadline });
      } catch (error) {
        if (!isLost(error)) throw error;
        if (wasOnItsWay(error) && !isQuery) throw inDoubt(error);
        if (sending === SENDINGS) throw error;
        await this.#replaced(connection, error, timed);
      }
    }
  }

  async ping(): Promise<void> {
    const connection = this.#connection;
    try {
      await connection.ping();
    } catch (error) {
      if (!isLost(error)) throw error;
      await this.#replaced(connection, error, new Timed({}));
      await this.#connection.ping();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#connection.close();
  }

  /** Resolves when another connection stands in the place of the lost one; throws what is known when none can. */
  async #replaced(connection: Executor, lost: DmError, timed: Timed): Promise<void> {
    if (this.#connection !== connection) return;
    this.#replacing ??= this.#replace().finally(() => {
      this.#replacing = undefined;
    });
    try {
      await Promise.race([this.#replacing, timed.over()]);
    } catch (why) {
      throw unanswered(lost, why as DmError);
    }
  }

  async #replace(): Promise<void> {
    const old = this.#connection;
    const { signal } = this.#closed;
    for (let attempt = 1; ; attempt++) {
      if (attempt > this.#reconnects || signal.aborted) throw closed();
      await sleep(pauseBefore(attempt), undefined, { signal }).catch(() => {});
      try {
        this.#connection = await this.#dial(signal);
        break;
      } catch (why) {
        if (attempt === this.#reconnects || !isWorthAnother(why)) throw why;
      }
    }
    // What it still has to answer, as one that is told to stop does, it answers first.
    void old.close();
    if (signal.aborted) await this.#connection.close();
  }
}

/** The signal and the deadline of one apply, however often it is sent. */
class Timed {
  readonly #signal: AbortSignal | undefined;
  readonly #end: number | undefined;

  constructor({ signal, deadline }: CallOptions) {
    this.#signal = signal;
    this.#end = deadline === undefined ? undefined : performance.now() + deadline;
  }

  /** Milliseconds, whole ones. */
  left(): number | undefined {
    return this.#end === undefined ? undefined : Math.max(0, Math.ceil(this.#end - performance.now()));
  }

  /** Rejects when time is up or the signal says so. */
  over(): Promise<never> {
    const left = this.left();
    const late = left === undefined ? undefined : AbortSignal.timeout(Math.min(left, LONGEST_TIMER_MS));
    const limit = AbortSignal.any([this.#signal, late].filter((signal) => signal !== undefined));
    return new Promise((_, reject) => {
      const stop = (): void => {
        const code = late?.aborted ? 'deadline_exceeded' : 'cancelled';
        const message = late?.aborted ? 'the deadline passed' : 'cancelled';
        reject(new DmError({ code, message: `${message} while the executor was away`, cause: limit.reason }));
      };
      limit.addEventListener('abort', stop, { once: true });
      if (limit.aborted) stop();
    });
  }
}

function closed(): DmError {
  return new DmError({ code: 'executor_gone', message: 'the connection was not made again' });
}

/** A little of chance, so that the clients of one executor do not come back all at once. */
function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
}

/** The connection ended without an answer, or the answer is that another executor will have to do it. */
function isLost(error: unknown): error is DmError {
  return error instanceof DmError && (error.code === 'executor_gone' || error.code === 'stopping');
}

/** A supervisor may be starting it, or its places be taken. One that is degraded stays so. */
function isWorthAnother(error: unknown): boolean {
  return error instanceof DmError && (error.retryable || isLost(error));
}

/** A connection that was gone before says so of a plan that never left it, and that it can be tried again. */
function wasOnItsWay(lost: DmError): boolean {
  return lost.code === 'executor_gone' && !lost.retryable;
}

function inDoubt(lost: DmError): DmError {
  const code = 'indeterminate';
  return new DmError({ ...lost, code, message: lost.message, remedy: remedyOf(code), cause: lost });
}

function unanswered(lost: DmError, why: DmError): DmError {
  return new DmError({ ...why, message: `${lost.message}; ${why.message}`, cause: why });
}
