import { randomBytes } from 'node:crypto';

const OWN = 'own:';

/** How the uuids begin that the executor's policy lets be touched. */
export function heldTo(policy: string): string | undefined {
  return policy.startsWith(OWN) ? policy.slice(OWN.length) : undefined;
}

/** As libdm's users write theirs: who made it, and what no other device has. */
export function randomUuid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`;
}
