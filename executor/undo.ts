import * as abi from '../assembly/abi.ts';
import { errnoPair } from './errno.ts';
import { Refused, type Rollback } from './failure.ts';
import { buildHeader, type Header, type Payload } from './header.ts';
import type { Nodes } from './nodes.ts';

/** One ioctl on the control node: 0, or the errno. The kernel's reply stands in `payload` afterwards. */
export type Ioctl = (command: number, payload: Payload) => number;

/** What a transaction acts on, so that a test can put a model in the kernel's place. */
export interface Kernel {
  readonly ioctl: Ioctl;
  readonly nodes: Nodes;
  readonly pause: (milliseconds: number) => void;
}

/** What cannot be undone: a uuid is set once, a message has been acted on. */
const LASTING: readonly number[] = [abi.DM_DEV_RENAME, abi.DM_TARGET_MSG, abi.DM_DEV_SET_GEOMETRY];

const EBUSY = 16;
const BUSY_TRIES = 11;
const BUSY_PAUSE = 20;

/** An undoing command that is owed for a step. */
interface Debt {
  step: number;
  command: number;
  device: Header;
}

/**
 * What a plan has done so far and how it is undone. Devices are told apart by the name in the kernel's reply, since one
 * plan may address a device by name in one step and by uuid in another.
 */
export class Ledger {
  readonly #kernel: Kernel;
  #debts: Debt[] = [];
  readonly #created = new Set<string>();
  /** Of these, the devices on which the plan did what can only be undone by removing them. */
  readonly #lasting = new Set<string>();
  /** The plan did to a device that is not its own what cannot be undone. */
  #lost = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** A step other than DEV_SUSPEND that the kernel has done. `device` is the reply to it. */
  done(step: number, command: number, device: Header): void {
    const { name, flags } = device;
    if (command === abi.DM_DEV_CREATE) {
      this.#created.add(name);
      this.#debts.push({ step, command: abi.DM_DEV_REMOVE, device });
    } else if (command === abi.DM_TABLE_LOAD || command === abi.DM_TABLE_CLEAR) {
      this.#settle(name, abi.DM_TABLE_CLEAR);
      if (command === abi.DM_TABLE_LOAD) this.#debts.push({ step, command: abi.DM_TABLE_CLEAR, device });
      else this.#stays(name);
    } else if (command === abi.DM_DEV_REMOVE) {
      // A deferred remove waits for the last close, which nothing here can call off; until then the device is there.
      const gone = (flags & abi.FLAG_DEFERRED_REMOVE) === 0;
      if (gone) this.#settle(name, abi.DM_DEV_REMOVE, abi.DM_TABLE_CLEAR, abi.DM_DEV_SUSPEND);
      if (gone && this.#created.delete(name)) this.#lasting.delete(name);
      else this.#stays(name);
    } else if (LASTING.includes(command)) {
      this.#stays(name);
    }
  }

  /** A suspend that worked, of a device in the state `before`: what was suspended already stays so. */
  suspended(step: number, before: Header): void {
    if ((before.flags & abi.FLAG_SUSPEND) === 0) this.#oweResume(step, before);
  }

  resumed({ name }: Header): void {
    this.#settle(name, abi.DM_TABLE_CLEAR, abi.DM_DEV_SUSPEND);
    this.#stays(name);
  }

  /**
   * To put a new table in use the kernel suspends a live device itself, and leaves it suspended when the swap fails
   * (dm-ioctl.c do_resume). A device without a live table holds up no I/O, and cannot be resumed either.
   */
  resumeFailed(step: number, before: Header): void {
    const live = (before.flags & (abi.FLAG_SUSPEND | abi.FLAG_ACTIVE_PRESENT)) === abi.FLAG_ACTIVE_PRESENT;
    if (live) this.#oweResume(step, before);
  }

  /** Undoes what can be undone; null when nothing had been done. */
  undo(): Rollback | null {
    if (this.#debts.length === 0 && !this.#lost) return null;
    const undone: Rollback['undone'] = [];
    for (let debt = this.#next(); debt !== undefined; debt = this.#next()) {
      undone.push([debt.step, debt.command, errnoPair(this.#pay(debt))]);
    }
    const clean = this.#lasting.size === 0 && undone.every(([, , errno]) => errno === null);
    return { complete: clean && !this.#lost, undone };
  }

  #stays(name: string): void {
    if (this.#created.has(name)) this.#lasting.add(name);
    else this.#lost = true;
  }

  #settle(name: string, ...commands: number[]): void {
    this.#debts = this.#debts.filter(({ device, command }) => device.name !== name || !commands.includes(command));
  }

  /** A resume puts the inactive table in use, whoever loaded it: a table that nobody asked for is cleared first. */
  #oweResume(step: number, device: Header): void {
    const inactive = (device.flags & abi.FLAG_INACTIVE_PRESENT) !== 0;
    if (inactive && this.#clearOf(device) === undefined) {
      this.#debts.push({ step, command: abi.DM_TABLE_CLEAR, device });
    }
    this.#debts.push({ step, command: abi.DM_DEV_SUSPEND, device });
  }

  #clearOf({ name }: Header): Debt | undefined {
    return this.#debts.find(({ command, device }) => command === abi.DM_TABLE_CLEAR && device.name === name);
  }

  /** Newest first, but a device's inactive table is cleared before the device is resumed. */
  #next(): Debt | undefined {
    const newest = this.#debts.at(-1);
    const next = newest?.command === abi.DM_DEV_SUSPEND ? (this.#clearOf(newest.device) ?? newest) : newest;
    this.#debts = this.#debts.filter((debt) => debt !== next);
    return next;
  }

  #pay({ command, device: { name, uuid } }: Debt): number {
    for (let left = command === abi.DM_DEV_REMOVE ? BUSY_TRIES : 1; ; left--) {
      // By uuid where there is one: it is set once, while anybody may have renamed the device since.
      const errno = this.#kernel.ioctl(command, buildHeader(uuid === '' ? name : '', uuid));
      if (errno === 0 && command === abi.DM_DEV_REMOVE) this.#unmake(name);
      if (errno !== EBUSY || left <= 1) return errno;
      this.#kernel.pause(BUSY_PAUSE);
    }
  }

  /** A device that the plan created is gone again, and with it the node that a resume had made. */
  #unmake(name: string): void {
    try {
      if (this.#lasting.has(name)) this.#kernel.nodes.vanish(name);
      this.#lasting.delete(name);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}
