import { DmError, type Field, type Planner, type Request } from '../../src/index.ts';

/** What a golden file holds: a request, and the plan or the error that the planner answers with. */
export interface Case {
  request: Request;
  digest?: string;
  steps?: { command: string; length: number; payload: string; fields: string[] }[];
  error?: { code: string; path: string | undefined; offset: number | undefined; message: string };
}

/** The planner's answer, laid out so that a person can check it against include/uapi/linux/dm-ioctl.h by eye. */
export async function caseOf(planner: Planner, request: Request): Promise<Case> {
  try {
    const plan = planner.plan(request);
    const steps = plan.steps.map(({ command, payload }) => ({
      command,
      length: payload.length,
      payload: withoutTail(payload),
      fields: planner.inspect(command, payload).map(line),
    }));
    return { request, digest: await plan.digest(), steps };
  } catch (error) {
    if (!(error instanceof DmError)) throw error;
    const { code, path, offset, message } = error;
    return { request, error: { code, path, offset, message } };
  }
}

/** Hex, without the zero bytes at its end: `length` says how many bytes there are. */
function withoutTail(payload: Uint8Array): string {
  return Buffer.from(payload)
    .toString('hex')
    .replace(/(00)+$/, '');
}

function line({ offset, length, field, value, note }: Field): string {
  const told = value === null ? '' : ` = ${typeof value === 'string' ? JSON.stringify(value) : value}`;
  return `${offset}+${length} ${field}${told}${note === '' ? '' : ` (${note})`}`;
}

export function caseText(content: Case): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
