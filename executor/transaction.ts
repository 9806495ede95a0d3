import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { type Failure, failure, Refused } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader, textAt, viewOf } from './header.ts';
import type { Journal } from './journal.ts';
import type { Step } from './messages.ts';
import { COMMANDS, wordOf } from './rules.ts';
import { type Kernel, LASTING, type Ledger, openLedger } from './undo.ts';

const HALTED = {
  cancelled: 'the plan was stopped between two steps; what it had done is undone',
  deadline_exceeded: 'the deadline passed between two steps; allow more time or send fewer steps',
} as const;

/** Asked between steps: why the plan is to go no further, or null. */
export type Halt = () => keyof typeof HALTED | null;

/** A step that was done, for the log. */
export type Done = { command: string; device: string; milliseconds: number };
export type Outcome = { done: Done[] } & ({ replies: Payload[]; node: string | null } | { failure: Failure });

/**
 * Applies the steps in order and, when one fails, undoes what the plan did. A command that has begun is never
 * interrupted. An exception that is the executor's own doing is thrown on, after the undoing.
 */
export function applyPlan(steps: readonly Step[], kernel: Kernel, journal: Journal, halt: Halt): Outcome {
  const ledger = openLedger(kernel, journal);
  const replies: Payload[] = [];
  const done: Done[] = [];
  let node: string | null = null;
  try {
    for (const [index, step] of steps.entries()) {
      const reason = halt();
      if (reason !== null) throw new Refused(failure(reason, HALTED[reason]));
      const began = performance.now();
      const { device, suspends, renamed } = issueStep(index, step, kernel, ledger);
      const command = wordOf(step.command, !suspends);
      done.push({ command, device: device.name, milliseconds: performance.now() - began });
      node = followNode(step.command, device, renamed, suspends, kernel) ?? node;
      replies.push(takeReply(step.payload));
    }
    return { replies, node, done };
  } catch (error) {
    const rollback = ledger.undo();
    if (!(error instanceof Refused)) throw error;
    const step = error.failure.name in HALTED ? null : replies.length;
    return { failure: { ...error.failure, step, rollback }, done };
  } finally {
    journal.clear();
  }
}

/** What the plan changes is asked about first: what would undo it depends on how it is. */
const CHANGES = [...LASTING, abi.DM_DEV_SUSPEND, abi.DM_TABLE_LOAD];

function issueStep(index: number, { command, payload }: Step, kernel: Kernel, ledger: Ledger) {
  const asked = readHeader(payload);
  const suspends = (asked.flags & abi.FLAG_SUSPEND) !== 0;
  const renamed = command === abi.DM_DEV_RENAME && (asked.flags & abi.FLAG_UUID) === 0 ? textAt(payload) : '';
  const status = () => issue(abi.DM_DEV_STATUS, buildHeader(asked.name, asked.uuid), kernel);
  const addresses = COMMANDS.get(command)?.identifier === 'one' || command === abi.DM_DEV_RENAME;
  const before = CHANGES.includes(command) || (addresses && kernel.own !== '') ? status() : asked;
  const concerns = addresses || command === abi.DM_DEV_CREATE || command === abi.DM_LIST_DEVICES;
  if (concerns && kernel.own !== '') claim(command, payload, before, kernel.own);
  // What is there already is not this plan's to remove, even if it should be gone when the kernel looks.
  const begins = command !== abi.DM_DEV_CREATE || isAbsent(asked, kernel);
  const begin = () => ledger.begin(index, command, before, suspends);
  if (begins) begin();
  const device = issue(command, payload, kernel, () => {
    if (begins && (suspends || command !== abi.DM_DEV_SUSPEND)) ledger.forgo();
  });
  if (!begins) begin();
  ledger.done(command, device, suspends);
  return { device, suspends, renamed };
}

/**
 * Of a device that is not ours nothing is changed and nothing told. One that was looked at is addressed by its uuid, which
 * is set once; a list, by the beginning of the uuids that it is to have (dm-ioctl.c filter_device).
 */
function claim(command: number, payload: Payload, { uuid }: Header, own: string): void {
  const claimed = command === abi.DM_LIST_DEVICES ? own : uuid;
  const refused = failure('policy_refused', `only devices whose uuid begins with ${own} may be touched`);
  if (!claimed.startsWith(own)) throw new Refused({ ...refused, rule: 'own' });
  if (command === abi.DM_DEV_CREATE || command === abi.DM_DEV_RENAME) return;
  payload.set(buildHeader('', claimed).subarray(abi.NAME_OFFSET, abi.DATA_OFFSET), abi.NAME_OFFSET);
}

/** Gives the path of the device's node where the step made it, or moved it to the name that it gave the device. */
function followNode(command: number, device: Header, renamed: string, suspends: boolean, { nodes }: Kernel) {
  const { name, dev, flags } = device;
  // Deferred or not: the last close removes the device without anybody to remove its node then.
  if (command === abi.DM_DEV_REMOVE || renamed !== '') nodes.vanish(name);
  if (command === abi.DM_DEV_SUSPEND && !suspends) return nodes.appear(name, dev);
  // A device that has no disk yet, since no table was ever loaded, has no node either.
  return renamed === '' || (flags & abi.FLAG_ACTIVE_PRESENT) === 0 ? null : nodes.appear(renamed, dev);
}

function isAbsent({ name, uuid }: Header, { ioctl }: Kernel): boolean {
  const asked = [buildHeader(name, ''), ...(uuid === '' ? [] : [buildHeader('', uuid)])];
  return asked.every((payload) => {
    const errno = ioctl(abi.DM_DEV_STATUS, payload);
    if (errno !== 0 && errno !== constants.errno.ENXIO) throw refusedBy(abi.DM_DEV_STATUS, errno);
    return errno !== 0;
  });
}

function issue(command: number, payload: Payload, { ioctl }: Kernel, failing = () => {}): Header {
  const errno = ioctl(command, payload);
  if (errno === 0) return readHeader(payload);
  failing();
  throw refusedBy(command, errno);
}

function refusedBy(command: number, errno: number): Refused {
  const message = `the kernel refused ${COMMANDS.get(command)?.name}; its log (dmesg) often says why`;
  return new Refused(failure('ioctl_failed', message, errno));
}

/**
 * What the kernel wrote: the header, and as much behind it as data_size says, which is 305 for a command that carries
 * nothing. The rest is the client's own request, and may hold keys: it is wiped.
 */
function takeReply(payload: Payload): Payload {
  const size = viewOf(payload).getUint32(abi.DATA_SIZE_OFFSET, true);
  const reply = payload.slice(0, Math.max(abi.HEADER_SIZE, Math.min(size, payload.length)));
  payload.fill(0);
  return reply;
}
