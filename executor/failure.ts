import { type Errno, errnoPair } from './errno.ts';

/** Every error of the protocol, and how far a request has come where it arises. */
const PHASES = {
  malformed_frame: 'scan',
  bad_request: 'schema',
  payload_refused: 'bytes',
  busy: 'policy',
  stopping: 'policy',
  ioctl_failed: 'apply',
  cancelled: 'apply',
  deadline_exceeded: 'apply',
  node_failed: 'node',
} as const;

export interface Rollback {
  complete: boolean;
  undone: [step: number, command: number, failed: Errno | null][];
}

/** The protocol's `error` without its type and id: these keys in this order. */
export type Failure = ReturnType<typeof failure>;

export function failure(name: keyof typeof PHASES, message: string, errno = 0) {
  const [step, rule, rollback] = [null as number | null, null as string | null, null as Rollback | null];
  return { name, message, phase: PHASES[name], step, rule, errno: errnoPair(errno), rollback };
}

/** A failure on its way to the client. Whatever else is thrown is a defect of the executor. */
export class Refused extends Error {
  readonly failure: Failure;
  readonly id: number | null;

  constructor(reason: Failure, id: number | null = null) {
    super(reason.message);
    this.failure = reason;
    this.id = id;
  }
}
