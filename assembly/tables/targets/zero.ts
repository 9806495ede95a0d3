import type { Target } from '../notation.ts';

export const zero: Target = {
  type: 'zero',
  source: 'drivers/md/dm-zero.c zero_ctr',
  params: [],
  rules: [],
};
