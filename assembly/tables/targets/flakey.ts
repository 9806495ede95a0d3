import {
  choice,
  counted,
  device,
  flag,
  keyed,
  keyedGroup,
  number,
  oneOf,
  sectors,
  set,
  type Target,
} from '../notation.ts';

const CTR = 'drivers/md/dm-flakey.c flakey_ctr, parse_features';

export const flakey: Target = {
  type: 'flakey',
  about: 'Works for some seconds, then misbehaves for some, in turn.',
  example: '0 2048 flakey /dev/loop0 0 5 10 1 drop_writes',
  source: CTR,
  params: [
    device('device'),
    sectors('offset'),
    number('upInterval'),
    number('downInterval'),
    counted([
      set([
        flag('errorReads', 'error_reads'),
        choice('writes', { drop: 'drop_writes', error: 'error_writes' }),
        keyedGroup('corruptBioByte', 'corrupt_bio_byte', [
          number('byte', { min: 1 }),
          oneOf('direction', ['r', 'w'], { ignoreCase: true }),
          number('value', { max: 255 }),
          number('flags'),
        ]),
        keyed('random_read_corrupt', number('randomReadCorrupt', { max: 1000000000 })),
        keyed('random_write_corrupt', number('randomWriteCorrupt', { max: 1000000000 })),
      ]),
    ]),
  ],
  rules: [
    {
      code: 1071,
      name: 'flakey_no_interval',
      must: 'upInterval + downInterval > 0',
      at: 'upInterval',
      message: 'up and down intervals are both 0 seconds; give one of them some time',
      source: `${CTR}: "Total (up + down) interval is zero"`,
    },
    {
      code: 1072,
      name: 'flakey_interval_overflow',
      must: 'upInterval + downInterval <= 4294967295',
      at: 'downInterval',
      message: 'up and down intervals together pass 2^32 seconds',
      source: `${CTR}: "Interval overflow"`,
    },
    {
      code: 1073,
      name: 'flakey_writes_conflict',
      when: 'given(writes)',
      must: '!given(randomWriteCorrupt) && !is(corruptBioByte.direction, w)',
      at: 'writes',
      message: 'writes that are dropped or failed cannot be corrupted too; give one or the other',
      source: `${CTR}: features that contradict`,
    },
    {
      code: 1074,
      name: 'flakey_reads_conflict',
      when: 'given(errorReads)',
      must: '!given(randomReadCorrupt) && !is(corruptBioByte.direction, r)',
      at: 'errorReads',
      message: 'reads that are failed cannot be corrupted too; give one or the other',
      source: `${CTR}: features that contradict`,
    },
  ],
};
