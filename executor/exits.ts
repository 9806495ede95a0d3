/** Exit codes, as sysexits.h numbers them; docs/protocol.md, "How it ends", says when each is used. */
export const EXIT = { asked: 0, usage: 64, defect: 70, protocol: 76 } as const;

const NOTHING_TO_CALL = { no_device_mapper: 69, no_koffi: 69 } as const;
/** And for a client that finds the executor degraded, by the reason in its hello. */
export const EXIT_OF = { ...NOTHING_TO_CALL, permission_denied: 77, bad_policy: 78, no_journal: 78 } as const;
