import { device, optional, sectors, type Target } from '../notation.ts';

/** Other counts of words than none and two are silently ignored by the kernel, and two of them before 1.7.0. */
export const error: Target = {
  type: 'error',
  about: 'Fails every read and write.',
  example: '0 2048 error',
  source: 'drivers/md/dm-target.c io_err_ctr',
  params: [optional(device('device'), sectors('offset'))],
  rules: [],
};
