import {
  choice,
  count,
  counted,
  device,
  each,
  flag,
  oneOf,
  ratio,
  sectors,
  set,
  type Target,
  values,
  when,
  word,
} from '../notation.ts';

export const mirror: Target = {
  type: 'mirror',
  about: 'Writes to several devices the same, reads from one.',
  example: '0 2048 mirror core 1 128 2 /dev/loop0 0 /dev/loop1 0',
  source: 'drivers/md/dm-raid1.c mirror_ctr, drivers/md/dm-log.c core_ctr, disk_ctr',
  params: [
    oneOf('log', ['core', 'disk']),
    counted(
      [
        when('log', 'disk', device('logDevice')),
        sectors('regionSize', { min: 2, max: 2147483648, powerOfTwo: true }),
        set([choice('sync', ['sync', 'nosync'])]),
      ],
      { always: true },
    ),
    count('mirrors', { min: 2, max: 9 }),
    each('mirrors', [device('device'), sectors('offset')]),
    counted([set([flag('handleErrors', 'handle_errors'), flag('keepLog', 'keep_log', [1, 14, 0])])]),
  ],
  status: [
    count('devices'),
    values('devices', word('device'), 'list'),
    ratio('syncedRegions', 'totalRegions'),
    counted([values('health', word('health'))], { always: true }),
    counted([values('logStatus', word('word'))], { always: true }),
  ],
  rules: [
    {
      code: 1221,
      name: 'mirror_region_size',
      must: 'regionSize <= length',
      at: 'regionSize',
      message: 'a region of {regionSize} sectors is larger than the {length} sectors of the target',
      source: 'drivers/md/dm-log.c _check_region_size',
    },
    {
      code: 1222,
      name: 'mirror_keep_log',
      when: 'given(keepLog)',
      must: 'given(handleErrors)',
      at: 'keepLog',
      message: 'keep_log depends on handle_errors; give both',
      source: 'drivers/md/dm-raid1.c parse_features: "keep_log feature requires the handle_errors feature"',
    },
  ],
};
