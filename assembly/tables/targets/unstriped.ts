import { device, number, sectors, type Target } from '../notation.ts';

export const unstriped: Target = {
  type: 'unstriped',
  about: 'Maps to one stripe of a striped device, by itself.',
  example: '0 2048 unstriped 2 64 0 /dev/loop0 0',
  source: 'drivers/md/dm-unstripe.c unstripe_ctr',
  params: [
    number('stripes', { min: 1, max: 2147483647 }),
    sectors('chunkSize', { min: 1, max: 4294967295 }),
    number('index', { max: 2147483647 }),
    device('device'),
    sectors('offset'),
  ],
  rules: [
    {
      code: 1041,
      name: 'unstriped_index',
      must: 'index < stripes',
      at: 'index',
      message: 'stripe {index} does not exist among {stripes}; the first is 0',
      source: 'ours: dm-unstripe.c lets an index through that equals the number of stripes',
    },
    {
      code: 1042,
      name: 'unstriped_length_not_chunks',
      must: 'length % chunkSize == 0',
      at: 'length',
      message: 'the length of {length} sectors is not a whole number of chunks of {chunkSize} sectors',
      source: 'drivers/md/dm-unstripe.c unstripe_ctr: "Target length not divisible by the number of stripes"',
    },
  ],
};
