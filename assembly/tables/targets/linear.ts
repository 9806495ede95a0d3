import { device, sectors, type Target } from '../notation.ts';

export const linear: Target = {
  type: 'linear',
  about: 'Maps to an area of one device.',
  example: '0 2048 linear /dev/loop0 0',
  source: 'drivers/md/dm-linear.c linear_ctr',
  params: [device('device'), sectors('offset')],
  rules: [
    {
      code: 1001,
      name: 'linear_past_last_sector',
      must: 'offset + length <= 18014398509481983',
      at: 'offset',
      message:
        'the mapped area starts at sector {offset} and is {length} sectors long: no device reaches past sector 2^54 - 1; make the offset or the length smaller',
      source: 'drivers/md/dm-table.c device_area_is_invalid',
    },
  ],
};
