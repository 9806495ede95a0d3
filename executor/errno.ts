import { constants } from 'node:os';

export type Errno = readonly [number: number, name: string];

/** Numbers that node:os does not name and that targets and the keyring return (asm-generic/errno.h). */
const MORE = { ENOTBLK: 15, EUCLEAN: 117, EREMOTEIO: 121, ENOMEDIUM: 123, ENOKEY: 126, EKEYEXPIRED: 127 };
const KEYS = { EKEYREVOKED: 128, EKEYREJECTED: 129 };

/** Where two names share a number, the one that the kernel's sources write stands last and wins. */
const { EAGAIN, EOPNOTSUPP, ...OTHERS } = constants.errno;
const ALL = Object.entries({ ...MORE, ...KEYS, ...OTHERS, EAGAIN, EOPNOTSUPP });
const NAMES = new Map(ALL.map(([name, number]) => [number, name]));

/** As the protocol gives an errno: nil for 0, which is no error. */
export function errnoPair(errno: number): Errno | null {
  return errno === 0 ? null : [errno, NAMES.get(errno) ?? `E${errno}`];
}

/** The errno of an error that node:fs threw; anything else is thrown on, since it is a defect. */
export function errnoOf(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return Math.abs(error.errno);
  throw error;
}
