import { device, elements, literal, number, oneOf, ratio, type Target, values } from '../notation.ts';

export const zoned: Target = {
  type: 'zoned',
  about: 'Makes zoned devices look like one regular device; the length is taken from the devices.',
  example: '0 2048 zoned /dev/loop0',
  source: 'drivers/md/dm-zoned-target.c dmz_ctr',
  singleton: true,
  params: [values('devices', device('device'))],
  status: [
    number('zoneCount'),
    literal('zones'),
    elements('zones', [ratio('unmapped', 'total'), oneOf('kind', ['cache', 'random', 'sequential'])]),
  ],
  rules: [
    {
      code: 1291,
      name: 'zoned_no_device',
      must: 'count(devices) >= 1',
      at: 'devices',
      message: 'at least one device is needed',
      source: 'drivers/md/dm-zoned-target.c dmz_ctr: "invalid argument count"',
    },
  ],
};
