import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { errnoPair } from './errno.ts';
import { type Failure, failure, Refused } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader, textAt, viewOf } from './header.ts';
import type { Journal } from './journal.ts';
import type { Step } from './messages.ts';
import { COMMANDS } from './rules.ts';
import { type Kernel, LASTING, Ledger } from './undo.ts';

const { ENXIO } = constants.errno;

const HALTED = {
  cancelled: 'the plan was stopped between two steps; what it had done is undone',
  deadline_exceeded: 'the deadline passed between two steps; allow more time or send fewer steps',
} as const;

/** Asked between steps: why the plan is to go no further, or null. */
export type Halt = () => keyof typeof HALTED | null;

export type Outcome = { replies: Payload[]; node: string | null } | { failure: Failure };

/**
 * Applies the steps in order and, when one fails, undoes what the plan did. A command that has begun is never
 * interrupted. An exception that is the executor's own doing is thrown on, after the undoing.
 */
export function applyPlan(steps: readonly Step[], kernel: Kernel, journal: Journal, halt: Halt): Outcome {
  const ledger = new Ledger(kernel, journal);
  const replies: Payload[] = [];
  let node: string | null = null;
  try {
    for (const [index, step] of steps.entries()) {
      const reason = halt();
      if (reason !== null) return { failure: { ...failure(reason, HALTED[reason]), rollback: ledger.undo() } };
      node = applyStep(index, step, kernel, ledger) ?? node;
      replies.push(takeReply(step.payload));
    }
    return { replies, node };
  } catch (error) {
    const rollback = ledger.undo();
    if (!(error instanceof Refused)) throw error;
    return { failure: { ...error.failure, step: replies.length, rollback } };
  } finally {
    journal.clear();
  }
}

/** What the plan changes is asked about first: what would undo it depends on how it is. */
const CHANGES = [...LASTING, abi.DM_DEV_SUSPEND, abi.DM_TABLE_LOAD];

/** Gives the path of the device's node where the step made or moved it. */
function applyStep(index: number, { command, payload }: Step, kernel: Kernel, ledger: Ledger): string | null {
  const asked = readHeader(payload);
  const suspends = (asked.flags & abi.FLAG_SUSPEND) !== 0;
  const renamed = command === abi.DM_DEV_RENAME && (asked.flags & abi.FLAG_UUID) === 0 ? textAt(payload) : '';
  const before = CHANGES.includes(command)
    ? issue(abi.DM_DEV_STATUS, buildHeader(asked.name, asked.uuid), kernel)
    : asked;
  // What is there already is not this plan's to remove, even if it should be gone when the kernel looks.
  const begins = command !== abi.DM_DEV_CREATE || isAbsent(asked, kernel);
  if (begins) ledger.begin(index, command, before, suspends);
  const device = issue(command, payload, kernel, () => {
    if (begins && (suspends || command !== abi.DM_DEV_SUSPEND)) ledger.forgo();
  });
  if (!begins) ledger.begin(index, command, before, suspends);
  ledger.done(command, device, suspends);
  if (renamed !== '') return moveNode(device, renamed, kernel);
  // Deferred or not: the last close removes the device without anybody to remove its node then.
  if (command === abi.DM_DEV_REMOVE) kernel.nodes.vanish(device.name);
  return command === abi.DM_DEV_SUSPEND && !suspends ? kernel.nodes.appear(device.name, device.dev) : null;
}

function isAbsent({ name, uuid }: Header, kernel: Kernel): boolean {
  const asked = [buildHeader(name, ''), ...(uuid === '' ? [] : [buildHeader('', uuid)])];
  return asked.every((payload) => {
    const errno = kernel.ioctl(abi.DM_DEV_STATUS, payload);
    if (errno !== 0 && errno !== ENXIO) throw refusedBy(abi.DM_DEV_STATUS, errno);
    return errno !== 0;
  });
}

/** A device that has no disk yet, since no table was ever loaded, has no node either. */
function moveNode({ name, dev, flags }: Header, renamed: string, { nodes }: Kernel): string | null {
  nodes.vanish(name);
  return (flags & abi.FLAG_ACTIVE_PRESENT) === 0 ? null : nodes.appear(renamed, dev);
}

function issue(command: number, payload: Payload, { ioctl }: Kernel, failing = () => {}): Header {
  const errno = ioctl(command, payload);
  if (errno === 0) return readHeader(payload);
  failing();
  throw refusedBy(command, errno);
}

function refusedBy(command: number, errno: number): Refused {
  const message = `the kernel refused ${COMMANDS.get(command)?.name} with ${errnoPair(errno)?.[1]}; its log (dmesg) often says why`;
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
