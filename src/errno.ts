import { constants } from 'node:os';
import type { Errno } from './errors.ts';

/** Numbers that node:os does not name and that targets and the keyring return (asm-generic/errno.h). */
const MORE = {
  ENOTBLK: 15,
  EUCLEAN: 117,
  EREMOTEIO: 121,
  ENOMEDIUM: 123,
  ENOKEY: 126,
  EKEYREVOKED: 128,
  EKEYREJECTED: 129,
};

/** Where two names share a number, the one that the kernel's sources write stands last and wins. */
const { EAGAIN, EOPNOTSUPP, ...OTHERS } = constants.errno;
const ALL = Object.entries({ ...MORE, ...OTHERS, EAGAIN, EOPNOTSUPP });
const NAMES = new Map(ALL.map(([name, number]) => [number, name]));

/** An errno by the name that the kernel uses for its number; `E4000` for one without a name. */
export function errnoOf(number: number): Errno {
  return { number, name: NAMES.get(number) ?? `E${number}` };
}
