import { device, number, number64, optional, sectors, type Target } from '../notation.ts';

/** One device and delay for everything, one more for writes and flushes, and one more for flushes alone. */
export const delay: Target = {
  type: 'delay',
  about: 'Delays reads, writes and flushes by milliseconds.',
  example: '0 2048 delay /dev/loop0 0 500',
  source: 'drivers/md/dm-delay.c delay_ctr',
  params: [
    device('device'),
    sectors('offset'),
    number('delay'),
    optional(
      device('writeDevice'),
      sectors('writeOffset'),
      number('writeDelay'),
      optional(device('flushDevice'), sectors('flushOffset'), number('flushDelay')),
    ),
  ],
  status: [number64('reads'), number64('writes'), number64('flushes')],
  rules: [],
};
