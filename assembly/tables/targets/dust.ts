import { device, number, oneOf, optional, sectors, type Target } from '../notation.ts';

export const dust: Target = {
  type: 'dust',
  about: 'Fails reads of blocks that a message has declared bad.',
  example: '0 2048 dust /dev/loop0 0 512',
  source: 'drivers/md/dm-dust.c dust_ctr',
  params: [device('device'), sectors('offset'), number('blockSize', { min: 512, max: 1073741824, powerOfTwo: true })],
  status: [
    device('device'),
    oneOf('mode', ['bypass', 'fail_read_on_bad_block']),
    optional(oneOf('messages', ['verbose', 'quiet'])),
  ],
  rules: [
    {
      code: 1061,
      name: 'dust_block_exceeds_length',
      must: 'blockSize / 512 <= length',
      at: 'blockSize',
      message: 'a block of {blockSize} bytes is larger than the {length} sectors of the target',
      source: 'drivers/md/dm-dust.c dust_ctr: "Block size too large"',
    },
  ],
};
