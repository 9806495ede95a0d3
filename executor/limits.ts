import { MAX_TARGETS } from '../assembly/abi.ts';

/** What one client may ask for; the hello announces these numbers under the same names. */
export const LIMITS = {
  frameBytes: 64 * 1024 * 1024,
  nodes: 65536,
  steps: 4096,
  payloadBytes: 32 * 1024 * 1024,
  targets: MAX_TARGETS,
} as const;

/** Applies that may wait behind the running one; their payloads together are held to `frameBytes`. */
export const QUEUE_LENGTH = 16;
