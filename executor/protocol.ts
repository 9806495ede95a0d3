import { MAX_TARGETS } from '../assembly/abi.ts';

export const IMPLEMENTATION = 'dmplan-executor 0.1.0';

const MIB = 1024 * 1024;
/** What one client may ask for; the hello announces these numbers under the same names. */
export const LIMITS = { frameBytes: 64 * MIB, nodes: 65536, steps: 4096, payloadBytes: 32 * MIB, targets: MAX_TARGETS };

/** Exit codes, as sysexits.h numbers them; docs/protocol.md, "How it ends", says when each is used. */
export const EXIT = { asked: 0, usage: 64, defect: 70, protocol: 76 } as const;
/** And for a client that finds the executor degraded, by the reason in its hello. */
export const EXIT_OF = { no_device_mapper: 69, no_koffi: 69, permission_denied: 77, bad_policy: 78, no_journal: 78 };
