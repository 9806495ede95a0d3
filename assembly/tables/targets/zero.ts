import type { Target } from '../notation.ts';

export const zero: Target = {
  type: 'zero',
  about: 'Reads as zeros and discards writes.',
  example: '0 2048 zero',
  source: 'drivers/md/dm-zero.c zero_ctr',
  params: [],
  rules: [],
};
