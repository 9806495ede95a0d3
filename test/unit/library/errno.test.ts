import { expect, it } from 'vitest';
import { errnoOf } from '../../../src/errno.ts';

it.each([
  [1, 'EPERM'],
  [6, 'ENXIO'],
  [11, 'EAGAIN'],
  [15, 'ENOTBLK'],
  [16, 'EBUSY'],
  [95, 'EOPNOTSUPP'],
  [117, 'EUCLEAN'],
  [126, 'ENOKEY'],
  [128, 'EKEYREVOKED'],
])('errno %i has the name that the kernel uses for it, %s', (number, name) => {
  expect(errnoOf(number)).toEqual({ number, name });
});

it('an errno without a name is still one', () => {
  expect(errnoOf(4000)).toEqual({ number: 4000, name: 'E4000' });
});
