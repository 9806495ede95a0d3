/** Exit codes, as sysexits.h numbers them; docs/protocol.md, "How it ends", says when each is used. */
export const EXIT_ASKED = 0;
export const EXIT_USAGE = 64;
export const EXIT_UNAVAILABLE = 69;
export const EXIT_DEFECT = 70;
export const EXIT_PROTOCOL = 76;
export const EXIT_PERMISSION = 77;
export const EXIT_CONFIG = 78;
