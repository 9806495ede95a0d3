import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from './client/connection.ts';
import { DmError } from './errors.ts';

/** The time of a call that applies several plans: its deadline holds for all of them together. */
export class Budget {
  readonly #signal: AbortSignal | undefined;
  readonly #end: number | undefined;

  constructor({ signal, deadline }: CallOptions) {
    this.#signal = signal;
    this.#end = deadline === undefined ? undefined : performance.now() + deadline;
  }

  /** What is left, for the next plan. @throws {DmError} `deadline_exceeded`, `cancelled` */
  call(): CallOptions {
    if (this.#signal?.aborted) throw cancelled(this.#signal.reason);
    return { signal: this.#signal, deadline: this.#left() };
  }

  /** Waits, but not past the deadline. @throws {DmError} `deadline_exceeded`, `cancelled` */
  async pause(milliseconds: number): Promise<void> {
    const left = this.#left();
    try {
      await sleep(
        Math.min(milliseconds, left ?? milliseconds),
        undefined,
        this.#signal ? { signal: this.#signal } : {},
      );
    } catch (cause) {
      throw cancelled(cause);
    }
  }

  #left(): number | undefined {
    if (this.#end === undefined) return undefined;
    const left = Math.ceil(this.#end - performance.now());
    if (left > 0) return left;
    throw new DmError({ code: 'deadline_exceeded', message: 'the deadline passed between two commands' });
  }
}

function cancelled(cause: unknown): DmError {
  return new DmError({ code: 'cancelled', message: 'cancelled between two commands', cause });
}
