import { type Applied, type CallOptions, DmError, type Executor, type Hello, type Plan } from '../../../src/index.ts';
import { HELLO } from './peer.ts';

/** What the stub's kernel says to one plan: an answer, or an error as a connection rejects with it. */
export type Answer = (plan: Plan, options: CallOptions, call: number) => Applied | Promise<Applied>;

/** An executor that keeps what it is given; every plan succeeds unless the test says otherwise. */
export class StubExecutor implements Executor {
  readonly hello: Hello = HELLO as unknown as Hello;
  readonly calls: { plan: Plan; options: CallOptions }[] = [];
  answer: Answer;
  closed = 0;

  constructor(answer: Answer = echo) {
    this.answer = answer;
  }

  /** The commands of every plan so far. */
  get commands(): string[] {
    return this.calls.map(({ plan }) => plan.steps.map(({ command }) => command).join(' '));
  }

  async apply(plan: Plan, options: CallOptions = {}): Promise<Applied> {
    this.calls.push({ plan, options });
    return this.answer(plan, options, this.calls.length);
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.closed++;
  }
}

/** Answers with the plan's own payloads, as a kernel that changes nothing would. */
export function echo(plan: Plan): Applied {
  const resumes = plan.steps.some(({ command }) => command === 'TABLE_LOAD');
  return { replies: plan.steps.map(({ payload }) => payload.slice()), node: resumes ? '/dev/mapper/node' : undefined };
}

const FIELDS = { targetCount: 20, openCount: 24, flags: 28, eventNr: 32 };

/** A reply made of a payload, with these fields of its header as the kernel would set them. */
export function reply(
  payload: Uint8Array,
  fields: Partial<Record<keyof typeof FIELDS, number>> & { dev?: bigint; name?: string } = {},
): Uint8Array {
  const bytes = payload.slice();
  const view = new DataView(bytes.buffer);
  for (const [name, offset] of Object.entries(FIELDS)) {
    const value = fields[name as keyof typeof FIELDS];
    if (value !== undefined) view.setUint32(offset, value, true);
  }
  if (fields.dev !== undefined) view.setBigUint64(40, fields.dev, true);
  if (fields.name !== undefined) bytes.set(Buffer.from(`${fields.name}\0`), 48);
  return bytes;
}

/** An errno of one step, as the executor reports it. */
export function failAt(
  plan: Plan,
  command: string,
  errno: { number: number; name: string },
  rollback: DmError['rollback'] = { complete: true, undone: [] },
): never {
  const index = plan.steps.findIndex((step) => step.command === command);
  if (index < 0) throw new Error(`the plan has no ${command}`);
  throw new DmError({
    code: 'ioctl_failed',
    message: 'as the executor words it',
    step: { index, command: plan.steps[index]!.command },
    errno,
    rollback,
  });
}

export const EBUSY = { number: 16, name: 'EBUSY' };
export const ENXIO = { number: 6, name: 'ENXIO' };
export const EINVAL = { number: 22, name: 'EINVAL' };
