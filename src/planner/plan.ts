import { COMMANDS, type CommandName, commandName } from '../commands.ts';
import { DmError } from '../errors.ts';
import { decode, encode } from './codec.ts';

/** One ioctl: the command, and the bytes handed to it. */
export interface Step {
  readonly command: CommandName;
  readonly payload: Uint8Array;
}

/** An ordered list of steps, and the MessagePack that says the same: the bytes for an executor. */
export class Plan {
  readonly steps: readonly Step[];
  readonly bytes: Uint8Array;

  private constructor(steps: Step[], bytes: Uint8Array) {
    this.steps = steps;
    this.bytes = bytes;
  }

  /**
   * Reads a plan's MessagePack.
   * @throws {DmError} `bad_plan`
   */
  static fromBytes(bytes: Uint8Array): Plan {
    try {
      const { v, steps } = decode(bytes) as { v: unknown; steps: unknown[][] };
      if (v !== 1) throw new RangeError(`plan version ${v}`);
      return new Plan(steps.map(stepOf), bytes);
    } catch (cause) {
      throw new DmError({ code: 'bad_plan', message: 'the bytes are not a plan of version 1', cause });
    }
  }

  /**
   * One plan of the steps of several, in this order, which an executor applies as a whole: when a step fails, all that
   * those before it did is undone.
   * @example Plan.join(names.map((name) => planner.plan({ action: 'create', name, table })))
   */
  static join(plans: Iterable<Plan>): Plan {
    const steps = Array.from(plans, (plan) => plan.steps).flat();
    const pairs = steps.map(({ command, payload }) => [COMMANDS[command], payload]);
    return new Plan(steps, new Uint8Array(encode({ v: 1, steps: pairs })));
  }

  /** `sha256:` and the hex digest of `bytes`: the same for the same request, on every host. */
  async digest(): Promise<string> {
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(this.bytes));
    return `sha256:${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
}

function stepOf([number, payload, ...more]: unknown[]): Step {
  if (typeof number !== 'number' || !(payload instanceof Uint8Array) || more.length > 0) {
    throw new TypeError('a step is a command number and a binary payload');
  }
  return { command: commandName(number), payload };
}
