import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import * as abi from '../assembly/abi.ts';
import { type Failure, failure, Refused } from './failure.ts';
import { buildHeader, type Header, type Payload, readHeader, textAt, viewOf } from './header.ts';
import type { Journal } from './journal.ts';
import type { Allowed } from './judge.ts';
import type { Step } from './messages.ts';
import { COMMANDS, wordOf } from './rules.ts';
import { type Kernel, LASTING, type Ledger, openLedger } from './undo.ts';

const HALTED = {
  cancelled: 'the plan was stopped between two steps; what it had done is undone',
  deadline_exceeded: 'the deadline passed between two steps; allow more time or send fewer steps',
} as const;

export type Order = { steps: readonly Step[] } & Partial<Allowed>;

/** Asked between steps: why the plan is to go no further, or null. */
export type Halt = () => keyof typeof HALTED | null;

/** A step that was done, for the log. */
type Done = { command: string; device: string; rule: string | null; milliseconds: number };
export type Outcome = { done: Done[] } & ({ replies: Payload[]; node: string | null } | { failure: Failure });

/**
 * Applies the steps in order and, when one fails, undoes what the plan did. A command that has begun is never
 * interrupted. An exception that is the executor's own doing is thrown on, after the undoing.
 */
export function applyPlan({ steps, rules, backing }: Order, kernel: Kernel, journal: Journal, halt: Halt): Outcome {
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
      const rule = rules?.[index] ?? null;
      done.push({ command, device: device.name, rule, milliseconds: performance.now() - began });
      if (backing !== undefined) review(device, backing[index], kernel);
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

/**
 * Holds what a table that was just loaded has opened against the devices that it may lie on, each as one of its
 * spellings; null is all of them. By number: how the params spell it does not matter any more. Held open, none can
 * become another.
 */
function review({ name, uuid }: Header, allowed: readonly string[] | null = [], { ioctl, own }: Kernel): void {
  if (allowed === null) return;
  const payload = buildHeader(uuid === '' ? name : '', uuid, 65536, abi.FLAG_QUERY_INACTIVE_TABLE);
  const view = viewOf(payload);
  const isWhole = ioctl(abi.DM_TABLE_DEPS, payload) === 0 && (readHeader(payload).flags & abi.FLAG_BUFFER_FULL) === 0;
  const count = isWhole ? view.getUint32(abi.HEADER_SIZE + abi.DEPS_COUNT_OFFSET, true) : 0;
  const at = (index: number) => abi.HEADER_SIZE + abi.DEPS_DEV_OFFSET + abi.DEPS_DEV_SIZE * index;
  const opened = Array.from({ length: count }, (_, index) => Number(view.getBigUint64(at(index), true)));
  const foreign = opened.map(spellingsOf(own)).find((spellings) => !spellings.some((each) => allowed.includes(each)));
  if (isWhole && foreign === undefined) return;
  const message = `the table lies on ${foreign?.[0] ?? 'what cannot be learnt'}, which the policy does not allow`;
  throw new Refused({ ...failure('device_refused', message), rule: 'backing' });
}

/** By its number, also with its sequence number, or by its major number, and ours as such. The kernel packs as huge_encode_dev. */
const spellingsOf = (own: string) => (dev: number) => {
  const [major, minor] = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
  const number = `${major}:${minor}`;
  // A partition has the sequence number of its disk, whose folder its own lies in.
  const diskseq = sysfs(number, 'diskseq') ?? sysfs(number, '../diskseq');
  return [number, `${number} ${diskseq}`, `${major}:*`, ...(sysfs(number, 'dm/uuid')?.startsWith(own) ? ['own'] : [])];
};

function sysfs(number: string, name: string): string | null {
  const path = `/sys/dev/block/${number}/${name}`;
  return existsSync(path) ? readFileSync(path, 'latin1').trim() : null;
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
    return errno !== 0 && (errno === constants.errno.ENXIO || refuse(abi.DM_DEV_STATUS, errno));
  });
}

function issue(command: number, payload: Payload, { ioctl }: Kernel, failing = () => {}): Header {
  const errno = ioctl(command, payload);
  if (errno === 0) return readHeader(payload);
  failing();
  return refuse(command, errno);
}

function refuse(command: number, errno: number): never {
  const message = `the kernel refused ${COMMANDS.get(command)?.name}; its log (dmesg) often says why`;
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
