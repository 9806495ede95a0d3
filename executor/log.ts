/** One JSON line for people, on standard error. Never hand in a payload or params: a crypt table carries its key. */
export function log(event: string, fields: Readonly<Record<string, unknown>>): void {
  // Unread log that piles up in memory is dropped.
  if (process.stderr.writableLength > 65536) return;
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}

export const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
