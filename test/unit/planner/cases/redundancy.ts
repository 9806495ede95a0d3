/** Targets over several devices: mirrors and paths. */
import { type Accepted, breaks, type Refused, takes } from './case.ts';

const MIRRORS = [
  { device: '7:0', offset: 0 },
  { device: '7:1', offset: 9 },
];
const MIRROR = { log: 'core', regionSize: 128, mirrors: MIRRORS };
const MIRROR_WORDS = '2 7:0 0 7:1 9';

const PATHS = [
  { device: '7:0', arguments: ['1000'] },
  { device: '7:1', arguments: ['1'] },
];
const GROUP = { selector: 'round-robin', selectorArguments: [], pathArguments: 1, paths: PATHS };
const GROUP_WORDS = 'round-robin 0 2 1 7:0 1000 7:1 1';

const HANDLED = { selector: 'historical-service-time', selectorArguments: ['1', '2'], pathArguments: 0 };

export const ACCEPTED: readonly Accepted[] = [
  takes('mirror', 128, 'a log in memory', MIRROR, `core 1 128 ${MIRROR_WORDS}`, 'mirror_region_size'),
  takes(
    'mirror',
    2n * (2n ** 32n - 1n),
    'the most regions',
    { ...MIRROR, regionSize: 2 },
    `core 1 2 ${MIRROR_WORDS}`,
    'mirror_too_many_regions',
  ),
  takes('mirror', 128, 'a log that is in sync', { ...MIRROR, sync: 'sync' }, `core 2 128 sync ${MIRROR_WORDS}`),
  takes(
    'mirror',
    128,
    'a log on a device',
    { ...MIRROR, log: 'disk', logDevice: '7:9', sync: 'nosync' },
    `disk 3 7:9 128 nosync ${MIRROR_WORDS}`,
  ),
  takes(
    'mirror',
    128,
    'errors handled',
    { ...MIRROR, handleErrors: true },
    `core 1 128 ${MIRROR_WORDS} 1 handle_errors`,
  ),
  takes(
    'mirror',
    128,
    'a log that is kept',
    { ...MIRROR, handleErrors: true, keepLog: true },
    `core 1 128 ${MIRROR_WORDS} 2 handle_errors keep_log`,
    'mirror_keep_log',
  ),
  takes('multipath', 8, 'no group', { initialGroup: 0 }, '0 0 0 0', 'multipath_initial_group'),
  takes('multipath', 8, 'one group', { initialGroup: 1, groups: [GROUP] }, `0 0 1 1 ${GROUP_WORDS}`),
  takes(
    'multipath',
    8,
    'every option, a handler and two groups',
    {
      queueIfNoPath: true,
      retainAttachedHwHandler: true,
      pgInitRetries: 50,
      pgInitDelay: 0,
      queueMode: 'mq',
      hardwareHandler: ['emc', 'x'],
      initialGroup: 2,
      groups: [
        GROUP,
        { selector: 'queue-length', selectorArguments: ['a', 'b'], pathArguments: 0, paths: [{ device: '7:2' }] },
      ],
    },
    `8 queue_if_no_path retain_attached_hw_handler pg_init_retries 50 pg_init_delay_msecs 0 queue_mode mq 2 emc x 2 2 ${GROUP_WORDS} queue-length 2 a b 1 0 7:2`,
  ),
  takes(
    'multipath',
    8,
    'arguments of a selector',
    { initialGroup: 1, groups: [{ ...HANDLED, paths: [{ device: '7:0' }] }] },
    '0 0 1 1 historical-service-time 2 1 2 1 0 7:0',
  ),
  ...['service-time', 'io-affinity'].map((selector) =>
    takes(
      'multipath',
      8,
      `the selector ${selector}`,
      {
        initialGroup: 1,
        groups: [{ selector, selectorArguments: [], pathArguments: 1, paths: [{ device: '7:0', arguments: ['1'] }] }],
      },
      `0 0 1 1 ${selector} 0 1 1 7:0 1`,
    ),
  ),
  ...['bio', 'rq'].map((queueMode) =>
    takes('multipath', 8, `queue mode ${queueMode}`, { queueMode, initialGroup: 0 }, `2 queue_mode ${queueMode} 0 0 0`),
  ),
];

export const REFUSED: readonly Refused[] = [
  breaks(
    'mirror',
    127,
    'a region larger than the target',
    MIRROR,
    `core 1 128 ${MIRROR_WORDS}`,
    'mirror_region_size',
    'regionSize',
  ),
  breaks(
    'mirror',
    2n * (2n ** 32n - 1n) + 1n,
    'part of a region too many',
    { ...MIRROR, regionSize: 2 },
    `core 1 2 ${MIRROR_WORDS}`,
    'mirror_too_many_regions',
    'regionSize',
  ),
  breaks(
    'mirror',
    128,
    'a log that is kept in spite of errors',
    { ...MIRROR, keepLog: true },
    `core 1 128 ${MIRROR_WORDS} 1 keep_log`,
    'mirror_keep_log',
    'keepLog',
  ),
  breaks(
    'multipath',
    8,
    'no group to begin with',
    { initialGroup: 0, groups: [GROUP] },
    `0 0 1 0 ${GROUP_WORDS}`,
    'multipath_initial_group',
    'initialGroup',
  ),
  breaks(
    'multipath',
    8,
    'a group that does not exist',
    { initialGroup: 2, groups: [GROUP] },
    `0 0 1 2 ${GROUP_WORDS}`,
    'multipath_initial_group',
    'initialGroup',
  ),
  breaks(
    'multipath',
    8,
    'a first group of none',
    { initialGroup: 1, groups: [] },
    '0 0 0 1',
    'multipath_initial_group',
    'initialGroup',
  ),
];
