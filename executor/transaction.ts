import * as abi from '../assembly/abi.ts';
import { errnoPair } from './errno.ts';
import { type Failure, failure, Refused } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader, readText, viewOf } from './header.ts';
import type { Step } from './messages.ts';
import { COMMANDS } from './rules.ts';
import { type Kernel, Ledger } from './undo.ts';

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
export function applyPlan(steps: readonly Step[], kernel: Kernel, halt: Halt): Outcome {
  const ledger = new Ledger(kernel);
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
  }
}

/** Gives the path of the device's node where the step resumed a device. */
function applyStep(index: number, { command, payload }: Step, kernel: Kernel, ledger: Ledger): string | null {
  if (command === abi.DM_DEV_SUSPEND) return suspendOrResume(index, payload, kernel, ledger);
  const renamed =
    command === abi.DM_DEV_RENAME && (readHeader(payload).flags & abi.FLAG_UUID) === 0 ? readText(payload) : '';
  issue(command, payload, kernel);
  const device = readHeader(payload);
  ledger.done(index, command, device);
  if (renamed !== '') return moveNode(device, renamed, kernel);
  // Deferred or not: the last close removes the device without anybody to remove its node then.
  if (command === abi.DM_DEV_REMOVE) kernel.nodes.vanish(device.name);
  return null;
}

/** A device that has no disk yet, since no table was ever loaded, has no node either. */
function moveNode({ name, dev, flags }: Header, renamed: string, { nodes }: Kernel): string | null {
  nodes.vanish(name);
  return (flags & abi.FLAG_ACTIVE_PRESENT) === 0 ? null : nodes.appear(renamed, dev);
}

function suspendOrResume(index: number, payload: Payload, kernel: Kernel, ledger: Ledger): string | null {
  const { flags, name, uuid } = readHeader(payload);
  const before = issue(abi.DM_DEV_STATUS, buildHeader(name, uuid), kernel);
  if ((flags & abi.FLAG_SUSPEND) !== 0) {
    issue(abi.DM_DEV_SUSPEND, payload, kernel);
    ledger.suspended(index, before);
    return null;
  }
  const device = issue(abi.DM_DEV_SUSPEND, payload, kernel, () => ledger.resumeFailed(index, before));
  ledger.resumed(device);
  return kernel.nodes.appear(device.name, device.dev);
}

function issue(command: number, payload: Payload, { ioctl }: Kernel, failing = () => {}): Header {
  const errno = ioctl(command, payload);
  if (errno === 0) return readHeader(payload);
  failing();
  const name = COMMANDS.get(command)?.name;
  const message = `the kernel refused ${name} with ${errnoPair(errno)?.[1]}; its log (dmesg) often says why`;
  throw new Refused(failure('ioctl_failed', message, errno));
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
