import { count, device, each, literal, sectors, type Target } from '../notation.ts';

export const switchTarget: Target = {
  type: 'switch',
  about: 'Maps regions of a fixed size to paths, by a table that messages change.',
  example: '0 2048 switch 2 128 0 /dev/loop0 0 /dev/loop1 0',
  source: 'drivers/md/dm-switch.c switch_ctr',
  params: [
    count('paths', { max: 2147483647 }),
    sectors('regionSize', { min: 1, max: 4294967295 }),
    literal('0'),
    each('paths', [device('device'), sectors('offset')]),
  ],
  rules: [],
};
