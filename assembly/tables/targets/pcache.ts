import { boolean, counted, device, keyed, number, oneOf, set, type Target, word } from '../notation.ts';

export const pcache: Target = {
  type: 'pcache',
  about: 'Caches a device on persistent memory.',
  example: '0 2048 pcache /dev/pmem0 /dev/loop0 4 cache_mode writeback data_crc true',
  source: 'drivers/md/dm-pcache/dm_pcache.c dm_pcache_ctr',
  singleton: true,
  params: [
    device('cacheDevice'),
    device('backingDevice'),
    counted([
      set([
        keyed('cache_mode', oneOf('cacheMode', ['writeback'])),
        keyed('data_crc', boolean('dataCrc', 'true', 'false')),
      ]),
    ]),
  ],
  table: [
    device('cacheDevice'),
    device('backingDevice'),
    counted([
      set([keyed('cache_mode', oneOf('cacheMode', ['writeback'])), keyed('crc', boolean('dataCrc', 'true', 'false'))]),
    ]),
  ],
  status: [
    word('superblockFlags'),
    number('segments'),
    number('cacheSegments'),
    number('usedSegments'),
    number('gcPercent'),
    word('cacheFlags'),
    word('keyHead'),
    word('dirtyTail'),
    word('keyTail'),
  ],
  rules: [],
};
