import { getHashes } from 'node:crypto';
import { DmError } from '../errors.ts';

/** Names that the kernel's crypto API and node:crypto write differently. */
const NODE_NAMES: Record<string, string> = { 'blake2b-512': 'blake2b512' };

let available: Set<string> | undefined;

/**
 * node:crypto's name of an algorithm that the planner knows.
 * @throws {DmError} `verity_algorithm_unavailable` for one that this build of Node does not compute
 */
export function nodeHashOf(algorithm: string): string {
  available ??= new Set(getHashes().map((name) => name.toLowerCase()));
  const name = NODE_NAMES[algorithm] ?? algorithm;
  if (available.has(name)) return name;
  throw new DmError({
    code: 'verity_algorithm_unavailable',
    message: `${algorithm} is known to the kernel, but this Node does not compute it`,
  });
}
