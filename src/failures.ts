import type { CallOptions, Executor } from './client/connection.ts';
import type { DeviceMapper, DeviceRef } from './device-mapper.ts';
import { DmError } from './errors.ts';
import { causeOf } from './kernel-errors.ts';
import type { Plan, Step } from './planner/plan.ts';
import type { Planner } from './planner/planner.ts';
import type { Header } from './reply.ts';
import type { Request } from './request.ts';
import type { HolderReader } from './sysfs.ts';
import { onlyLine } from './table-line.ts';

/** Who plans and who applies. */
interface Sides {
  planner: Planner;
  executor: Executor;
}

const MINOR_NOT_CHOSEN = 'the executor leaves minor numbers to the kernel; leave the minor out';

/** The executor's refusal, with what the library knows of the request and the kernel. */
export async function explained(
  { planner, executor }: Sides,
  error: DmError,
  plan: Plan,
  request: Request | undefined,
): Promise<DmError> {
  const { step, errno } = error;
  const failed = step && plan.steps[step.index];
  const known = {
    ...error,
    message: error.message,
    cause: error.cause,
    operation: request?.action,
    request: failed && headerOf(planner, failed),
    tableLine: request && step?.command === 'TABLE_LOAD' ? onlyLine(request) : undefined,
  };
  if (error.code === 'payload_refused' && request?.action === 'create' && request.minor !== undefined) {
    return new DmError({ ...known, code: 'minor_not_chosen', path: 'minor', message: MINOR_NOT_CHOSEN });
  }
  if (error.code !== 'ioctl_failed' || !step || !errno) return new DmError(known);
  const asked = step.command === 'TABLE_LOAD' && errno.name === 'ENXIO' ? deviceOf(request) : undefined;
  const gone = asked !== undefined && (await isGone(executor, planner.plan(asked)));
  const { code, message, retryable } = causeOf(gone ? 'DEV_STATUS' : step.command, errno);
  return new DmError({ ...known, code, retryable, message: `${step.command}: ${errno.name}: ${message}` });
}

/** Asks for the device of a load: its ENXIO is said of the device itself and of those below it. */
function deviceOf(request: Request | undefined): Request | undefined {
  if (request?.action !== 'load' && request?.action !== 'reload') return undefined;
  const { name, uuid } = request;
  return { action: 'info', ...(uuid === undefined ? { name } : { uuid }) } as Request;
}

async function isGone(executor: Executor, info: Plan): Promise<boolean> {
  return executor.apply(info).then(
    () => false,
    (error: DmError) => error.errno?.name === 'ENXIO',
  );
}

/** Nothing for a payload that is none: the executor's refusal says more than the planner's would. */
function headerOf(planner: Planner, { command, payload }: Step): Header | undefined {
  try {
    return planner.decode(command, payload).header;
  } catch {
    return undefined;
  }
}

/** The error of a device in use, with who keeps it open. */
export async function withHolders(
  dm: DeviceMapper,
  holdersOf: HolderReader,
  device: DeviceRef,
  error: DmError,
  call: CallOptions,
): Promise<DmError> {
  const info = await dm.info(device, call).catch(() => undefined);
  if (!info) return error;
  const holders = await holdersOf(info.dev).catch(() => []);
  const by = holders.length > 0 ? `; held by ${holders.join(', ')}` : '';
  return new DmError({
    ...error,
    cause: error.cause,
    message: `${error.message} (open count ${info.openCount}${by})`,
    holders,
    openCount: info.openCount,
  });
}
