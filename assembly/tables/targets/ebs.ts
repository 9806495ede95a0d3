import { device, optional, sectors, sectors32, type Target } from '../notation.ts';

export const ebs: Target = {
  type: 'ebs',
  about: 'Emulates a smaller logical block size than the device has.',
  example: '0 2048 ebs /dev/loop0 0 1',
  source: 'drivers/md/dm-ebs-target.c ebs_ctr',
  params: [
    device('device'),
    sectors('offset'),
    sectors32('emulatedBlockSize', { min: 1, max: 32768, powerOfTwo: true }),
    optional(sectors32('underlyingBlockSize', { min: 1, max: 32768, powerOfTwo: true })),
  ],
  rules: [
    {
      code: 1081,
      name: 'ebs_offset_unaligned',
      when: 'given(underlyingBlockSize)',
      must: 'offset % underlyingBlockSize == 0',
      at: 'offset',
      message:
        'the offset of {offset} sectors is not a multiple of the underlying block size of {underlyingBlockSize} sectors',
      source: 'drivers/md/dm-ebs-target.c ebs_ctr: "Device offset is not multiple of underlying block size"',
    },
    {
      code: 1082,
      name: 'ebs_underlying_smaller',
      when: 'given(underlyingBlockSize)',
      must: 'underlyingBlockSize >= emulatedBlockSize',
      at: 'underlyingBlockSize',
      message:
        'the underlying block size of {underlyingBlockSize} sectors is smaller than the emulated one of {emulatedBlockSize}',
      source: 'ours: there is nothing to emulate',
    },
  ],
};
