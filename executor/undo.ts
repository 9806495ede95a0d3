import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { Refused, type Rollback } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader } from './header.ts';
import type { Debt, Journal } from './journal.ts';
import type { Nodes } from './nodes.ts';

/** One ioctl on the control node: 0, or the errno. The kernel's reply stands in `payload` afterwards. */
export type Ioctl = (command: number, payload: Payload) => number;

/** What a transaction acts on, so that a test can put a model in the kernel's place. `own`: how the uuids there begin. */
export type Kernel = Readonly<{ ioctl: Ioctl; nodes: Nodes; pause: (milliseconds: number) => void; own: string }>;

const { DM_DEV_RENAME, DM_TARGET_MSG, DM_DEV_SET_GEOMETRY, DM_TABLE_CLEAR, DM_DEV_REMOVE } = abi;
/** What stays, unless the device itself can be removed again: a uuid is set once, a message has been acted on. */
export const LASTING = [DM_DEV_RENAME, DM_TARGET_MSG, DM_DEV_SET_GEOMETRY, DM_TABLE_CLEAR, DM_DEV_REMOVE];

const { EBUSY, ENXIO } = constants.errno;
const [BUSY_TRIES, BUSY_PAUSE] = [11, 20];

export type Ledger = ReturnType<typeof openLedger>;

/**
 * What a plan has done so far and how it is undone, which the journal is told before it is done. Devices are told apart
 * by name, since one plan may address a device by name in one step and by uuid in another. `debts` are what a dead
 * executor owed.
 */
export function openLedger(kernel: Kernel, journal: Pick<Journal, 'owe'> | null, debts: readonly Debt[] = []) {
  /** The debts in front of the step that has begun. */
  let before = debts;
  const created = new Set<string>();
  /** Of these, the devices on which the plan did what can only be undone by removing them. */
  const lasting = new Set(debts.map(({ name }) => name));
  /** The plan did to a device that is not its own what cannot be undone. */
  let lost = false;

  function settle(name: string, ...commands: number[]): void {
    debts = debts.filter((debt) => debt.name !== name || !commands.includes(debt.command));
  }

  const clearOf = (device: string) => debts.find(({ command, name }) => command === DM_TABLE_CLEAR && name === device);

  /** Newest first, but a device's inactive table is cleared before the device is resumed. */
  function take(): Debt | undefined {
    const newest = debts.at(-1);
    const next = newest?.command === abi.DM_DEV_SUSPEND ? (clearOf(newest.name) ?? newest) : newest;
    debts = debts.filter((debt) => debt !== next);
    return next;
  }

  function pay({ command, name, uuid }: Debt): number {
    for (let left = command === DM_DEV_REMOVE ? BUSY_TRIES : 1; ; left--) {
      // By uuid where there is one: it is set once, while anybody may have renamed the device since.
      const errno = kernel.ioctl(command, buildHeader(uuid === '' ? name : '', uuid));
      if (errno === 0 && command === DM_DEV_REMOVE) unmake(name);
      if (errno !== EBUSY || left <= 1) return errno;
      kernel.pause(BUSY_PAUSE);
    }
  }

  /** A device that the plan created is gone again, and with it the node that a resume had made. */
  function unmake(name: string): void {
    try {
      if (lasting.has(name)) kernel.nodes.vanish(name);
      lasting.delete(name);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  return {
    /** The kernel is about to be asked. `device` is as it is, or as it is to be created; `suspends` tells a DEV_SUSPEND. */
    begin(step: number, command: number, { name, uuid, flags, dev }: Header, suspends: boolean): void {
      before = debts;
      const owe = (undoing: number): void => {
        const debt = { step, command: undoing, name, uuid, dev };
        debts = [...debts, debt];
        journal?.owe(debt);
      };
      if (command === abi.DM_DEV_CREATE) owe(DM_DEV_REMOVE);
      if (command === abi.DM_TABLE_LOAD) {
        settle(name, DM_TABLE_CLEAR);
        owe(DM_TABLE_CLEAR);
      }
      if (command !== abi.DM_DEV_SUSPEND || (flags & abi.FLAG_SUSPEND) !== 0) return;
      // To put a new table in use the kernel suspends a live device itself, and leaves it suspended when the swap fails
      // (dm-ioctl.c do_resume). A device without a live table holds up no I/O, and cannot be resumed either.
      if (!suspends && (flags & abi.FLAG_ACTIVE_PRESENT) === 0) return;
      // A resume puts the inactive table in use, whoever loaded it: a table that nobody asked for is cleared first.
      if ((flags & abi.FLAG_INACTIVE_PRESENT) !== 0 && clearOf(name) === undefined) owe(DM_TABLE_CLEAR);
      owe(abi.DM_DEV_SUSPEND);
    },

    /** The kernel has refused the step, and nothing came of it. */
    forgo(): void {
      debts = before;
    },

    /** The kernel has done the step, with this reply. */
    done(command: number, { name, flags }: Header, suspends: boolean): void {
      // A deferred remove waits for the last close, which nothing here can call off; until then the device is there.
      const gone = command === DM_DEV_REMOVE && (flags & abi.FLAG_DEFERRED_REMOVE) === 0;
      const resumed = command === abi.DM_DEV_SUSPEND && !suspends;
      if (gone || resumed || command === DM_TABLE_CLEAR) settle(name, DM_TABLE_CLEAR);
      if (gone || resumed) settle(name, abi.DM_DEV_SUSPEND);
      if (gone) settle(name, DM_DEV_REMOVE);
      if (command === abi.DM_DEV_CREATE) created.add(name);
      else if (gone && created.delete(name)) lasting.delete(name);
      else if (resumed || LASTING.includes(command)) {
        if (created.has(name)) lasting.add(name);
        else lost = true;
      }
    },

    /** Undoes what can be undone; null when nothing had been done. */
    undo(): Rollback | null {
      if (debts.length === 0 && !lost) return null;
      const undone: Rollback['undone'] = [];
      for (let debt = take(); debt !== undefined; debt = take())
        undone.push([debt.step, debt.command, pay(debt) || null]);
      return { complete: !lost && lasting.size === 0 && undone.every(([, , errno]) => errno === null), undone };
    },
  };
}

/**
 * Undoes what a dead executor owed. A device without a uuid may be another's by now: it must still have its number, and
 * to be removed, it must still be as it was created.
 */
export function recover(kernel: Kernel, debts: readonly Debt[]): Rollback['undone'] {
  const isNew = ({ uuid, dev }: Debt) => uuid === '' && dev === 0;
  const pay = (owed: Debt[]) => openLedger(kernel, null, owed).undo()?.undone ?? [];
  const isKnown = (debt: Debt) => debt.uuid !== '' || (!isNew(debt) && statusOf(kernel, debt)?.dev === debt.dev);
  const undone = pay(debts.filter(isKnown));
  undone.push(...pay(debts.filter((debt) => isNew(debt) && isBare(statusOf(kernel, debt)))));
  // What is not there any more, or was not yet, needs no undoing.
  return undone.filter(([, , errno]) => errno !== ENXIO);
}

function statusOf({ ioctl }: Kernel, { name }: Debt): Header | null {
  const payload = buildHeader(name, '');
  return ioctl(abi.DM_DEV_STATUS, payload) === 0 ? readHeader(payload) : null;
}

function isBare(device: Header | null): boolean {
  const tables = abi.FLAG_ACTIVE_PRESENT | abi.FLAG_INACTIVE_PRESENT;
  return device !== null && device.uuid === '' && (device.flags & tables) === 0 && device.openCount === 0;
}
