import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { errnoPair } from './errno.ts';
import { Refused, type Rollback } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader } from './header.ts';
import type { Debt, Journal } from './journal.ts';
import type { Nodes } from './nodes.ts';

/** One ioctl on the control node: 0, or the errno. The kernel's reply stands in `payload` afterwards. */
export type Ioctl = (command: number, payload: Payload) => number;

/** What a transaction acts on, so that a test can put a model in the kernel's place. */
export interface Kernel {
  readonly ioctl: Ioctl;
  readonly nodes: Nodes;
  readonly pause: (milliseconds: number) => void;
}

/** What stays, unless the device itself can be removed again: a uuid is set once, a message has been acted on. */
export const LASTING: readonly number[] = [
  abi.DM_DEV_RENAME,
  abi.DM_TARGET_MSG,
  abi.DM_DEV_SET_GEOMETRY,
  abi.DM_TABLE_CLEAR,
  abi.DM_DEV_REMOVE,
];

const { EBUSY, ENXIO } = constants.errno;
const BUSY_TRIES = 11;
const BUSY_PAUSE = 20;

/**
 * What a plan has done so far and how it is undone, which the journal is told before it is done. Devices are told apart
 * by name, since one plan may address a device by name in one step and by uuid in another.
 */
export class Ledger {
  readonly #kernel: Kernel;
  readonly #journal: Pick<Journal, 'owe'>;
  #debts: Debt[] = [];
  /** The debts in front of the step that has begun. */
  #before: Debt[] = [];
  readonly #created = new Set<string>();
  /** Of these, the devices on which the plan did what can only be undone by removing them. */
  readonly #lasting = new Set<string>();
  /** The plan did to a device that is not its own what cannot be undone. */
  #lost = false;

  constructor(kernel: Kernel, journal: Pick<Journal, 'owe'>) {
    this.#kernel = kernel;
    this.#journal = journal;
  }

  /** The kernel is about to be asked. `device` is as it is, or as it is to be created; `suspends` tells a DEV_SUSPEND. */
  begin(step: number, command: number, { name, uuid, flags, dev }: Header, suspends: boolean): void {
    this.#before = this.#debts;
    const owe = (undoing: number): void => this.#owe({ step, command: undoing, name, uuid, dev });
    if (command === abi.DM_DEV_CREATE) owe(abi.DM_DEV_REMOVE);
    if (command === abi.DM_TABLE_LOAD) {
      this.#settle(name, abi.DM_TABLE_CLEAR);
      owe(abi.DM_TABLE_CLEAR);
    }
    if (command !== abi.DM_DEV_SUSPEND || (flags & abi.FLAG_SUSPEND) !== 0) return;
    // To put a new table in use the kernel suspends a live device itself, and leaves it suspended when the swap fails
    // (dm-ioctl.c do_resume). A device without a live table holds up no I/O, and cannot be resumed either.
    if (!suspends && (flags & abi.FLAG_ACTIVE_PRESENT) === 0) return;
    // A resume puts the inactive table in use, whoever loaded it: a table that nobody asked for is cleared first.
    if ((flags & abi.FLAG_INACTIVE_PRESENT) !== 0 && this.#clearOf(name) === undefined) owe(abi.DM_TABLE_CLEAR);
    owe(abi.DM_DEV_SUSPEND);
  }

  /** The kernel has refused the step, and nothing came of it. */
  forgo(): void {
    this.#debts = this.#before;
  }

  /** The kernel has done the step, with this reply. */
  done(command: number, { name, flags }: Header, suspends: boolean): void {
    // A deferred remove waits for the last close, which nothing here can call off; until then the device is there.
    const gone = command === abi.DM_DEV_REMOVE && (flags & abi.FLAG_DEFERRED_REMOVE) === 0;
    const resumed = command === abi.DM_DEV_SUSPEND && !suspends;
    if (gone || resumed || command === abi.DM_TABLE_CLEAR) this.#settle(name, abi.DM_TABLE_CLEAR);
    if (gone || resumed) this.#settle(name, abi.DM_DEV_SUSPEND);
    if (gone) this.#settle(name, abi.DM_DEV_REMOVE);
    if (command === abi.DM_DEV_CREATE) this.#created.add(name);
    else if (gone && this.#created.delete(name)) this.#lasting.delete(name);
    else if (resumed || LASTING.includes(command)) this.#stays(name);
  }

  /** What a dead executor owed is owed here. */
  inherit(debts: readonly Debt[]): this {
    this.#debts = [...debts];
    for (const { name } of debts) this.#lasting.add(name);
    return this;
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

  #owe(debt: Debt): void {
    this.#debts = [...this.#debts, debt];
    this.#journal.owe(debt);
  }

  #stays(name: string): void {
    if (this.#created.has(name)) this.#lasting.add(name);
    else this.#lost = true;
  }

  #settle(name: string, command: number): void {
    this.#debts = this.#debts.filter((debt) => debt.name !== name || debt.command !== command);
  }

  #clearOf(name: string): Debt | undefined {
    return this.#debts.find((debt) => debt.command === abi.DM_TABLE_CLEAR && debt.name === name);
  }

  /** Newest first, but a device's inactive table is cleared before the device is resumed. */
  #next(): Debt | undefined {
    const newest = this.#debts.at(-1);
    const next = newest?.command === abi.DM_DEV_SUSPEND ? (this.#clearOf(newest.name) ?? newest) : newest;
    this.#debts = this.#debts.filter((debt) => debt !== next);
    return next;
  }

  #pay({ command, name, uuid }: Debt): number {
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

/**
 * Undoes what a dead executor owed. A device without a uuid may be another's by now: it must still have its number, and
 * to be removed, it must still be as it was created.
 */
export function recover(kernel: Kernel, debts: readonly Debt[]): Rollback['undone'] {
  const isNew = ({ uuid, dev }: Debt) => uuid === '' && dev === 0;
  const pay = (owed: Debt[]) => new Ledger(kernel, { owe: () => {} }).inherit(owed).undo()?.undone ?? [];
  const known = debts.filter((debt) => debt.uuid !== '' || (!isNew(debt) && statusOf(kernel, debt)?.dev === debt.dev));
  const undone = pay(known);
  undone.push(...pay(debts.filter((debt) => isNew(debt) && isBare(statusOf(kernel, debt)))));
  // What is not there any more, or was not yet, needs no undoing.
  return undone.filter(([, , errno]) => errno?.[0] !== ENXIO);
}

function statusOf({ ioctl }: Kernel, { name }: Debt): Header | null {
  const payload = buildHeader(name, '');
  return ioctl(abi.DM_DEV_STATUS, payload) === 0 ? readHeader(payload) : null;
}

function isBare(device: Header | null): boolean {
  const tables = abi.FLAG_ACTIVE_PRESENT | abi.FLAG_INACTIVE_PRESENT;
  return device !== null && device.uuid === '' && (device.flags & tables) === 0 && device.openCount === 0;
}
