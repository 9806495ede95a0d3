export type Rollback = { complete: boolean; undone: [step: number, command: number, errno: number | null][] };

/** The protocol's `error` without its type and id: these keys in this order. */
export type Failure = ReturnType<typeof failure>;

/** `errno` is the kernel's number, or null. */
export function failure(name: string, message: string, errno: number | null = null) {
  const [step, rule, rollback] = [null as number | null, null as string | null, null as Rollback | null];
  return { name, message, step, rule, errno, rollback };
}

/** A failure on its way to the client. Whatever else is thrown is a defect of the executor. */
export class Refused extends Error {
  readonly failure: Failure;
  readonly id: number | null;

  /** `id` is the request's, where it is known only here. */
  constructor(reason: Failure, id: number | null = null) {
    super(reason.message);
    this.failure = reason;
    this.id = id;
  }
}

/** The errno of an error that node:fs threw; anything else is thrown on, since it is a defect. */
export function errnoOf(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return Math.abs(error.errno);
  throw error;
}
