/** Unread log that may pile up in memory before further lines are dropped. */
const MAX_BACKLOG = 65536;

/** One JSON line for people, on standard error. Never hand in a payload or params: a crypt table carries its key. */
export function log(event: string, fields: Readonly<Record<string, unknown>>): void {
  if (process.stderr.writableLength > MAX_BACKLOG) return;
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
