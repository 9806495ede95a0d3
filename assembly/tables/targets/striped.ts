import { count, counted, device, each, sectors, type Target, values, word } from '../notation.ts';

export const striped: Target = {
  type: 'striped',
  about: 'Spreads over several devices, a chunk to each in turn.',
  example: '0 4096 striped 2 64 /dev/loop0 0 /dev/loop1 0',
  source: 'drivers/md/dm-stripe.c stripe_ctr',
  params: [
    count('stripes'),
    sectors('chunkSize', { min: 1, max: 4294967295 }),
    each('stripes', [device('device'), sectors('offset')]),
  ],
  status: [count('devices'), values('devices', word('device'), 'list'), counted([values('health', word('health'))])],
  rules: [
    {
      code: 1011,
      name: 'striped_length_not_divisible',
      must: 'length % count(stripes) == 0',
      at: 'length',
      message:
        'the length of {length} sectors does not divide evenly among {stripes} stripes; choose a multiple of the number of stripes',
      source: 'drivers/md/dm-stripe.c stripe_ctr: "Target length not divisible by number of stripes"',
    },
    {
      code: 1012,
      name: 'striped_length_not_chunks',
      must: 'length / count(stripes) % chunkSize == 0',
      at: 'length',
      message:
        'the length of {length} sectors over {stripes} stripes is not a whole number of chunks of {chunkSize} sectors each; choose a multiple of stripes times chunk size',
      source: 'drivers/md/dm-stripe.c stripe_ctr: "Target length not divisible by chunk size"',
    },
  ],
};
