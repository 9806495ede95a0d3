import { randomBytes } from 'node:crypto';

/** How the uuids begin that the executor's policy lets be touched. */
export function heldTo(policy: string): string | undefined {
  return /^own:(\S+)/.exec(policy)?.[1];
}

/** As libdm's users write theirs: who made it, and what no other device has. */
export function randomUuid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}
