import { device, key, type Node, number, number64, oneOf, optional, values, word } from './notation.ts';

/** A message that a target takes: its first word or words, and the values behind them. */
export interface Message {
  verb: string;
  words?: Node[];
}

const plain = (...verbs: string[]): Message[] => verbs.map((verb) => ({ verb }));

/** The messages of each target's `message` function in the kernel; `@` are those that any device takes (dm-stats.c). */
export const MESSAGES: Readonly<Record<string, Message[]>> = {
  dust: [
    { verb: 'addbadblock', words: [number64('block'), optional(number('writeFailures', { max: 255 }))] },
    { verb: 'removebadblock', words: [number64('block')] },
    { verb: 'queryblock', words: [number64('block')] },
    ...plain('countbadblocks', 'clearbadblocks', 'listbadblocks', 'enable', 'disable', 'quiet'),
  ],
  'log-writes': [{ verb: 'mark', words: [word('text')] }],
  era: plain('checkpoint', 'take_metadata_snap', 'drop_metadata_snap'),
  switch: [{ verb: 'set_region_mappings', words: [values('mappings', word('mapping'))] }],
  zoned: plain('reclaim'),
  crypt: [{ verb: 'key set', words: [key('key')] }, { verb: 'key wipe' }],
  'thin-pool': [
    { verb: 'create_thin', words: [number('deviceId', { max: 16777215 })] },
    {
      verb: 'create_snap',
      words: [number('deviceId', { max: 16777215 }), number('originId', { max: 16777215 })],
    },
    { verb: 'delete', words: [number('deviceId', { max: 16777215 })] },
    { verb: 'set_transaction_id', words: [number64('current'), number64('next')] },
    ...plain('reserve_metadata_snap', 'release_metadata_snap'),
  ],
  cache: [
    { verb: 'migration_threshold', words: [number64('sectors')] },
    { verb: 'invalidate_cblocks', words: [values('ranges', word('range'))] },
  ],
  raid: plain('idle', 'frozen', 'resync', 'recover', 'check', 'repair'),
  writecache: plain('flush', 'flush_on_suspend', 'cleaner', 'clear_stats'),
  clone: [
    ...plain('enable_hydration', 'disable_hydration'),
    { verb: 'hydration_threshold', words: [number('regions')] },
    { verb: 'hydration_batch_size', words: [number('regions')] },
  ],
  multipath: [
    ...plain('queue_if_no_path', 'fail_if_no_path'),
    { verb: 'disable_group', words: [number('group', { min: 1 })] },
    { verb: 'enable_group', words: [number('group', { min: 1 })] },
    { verb: 'switch_group', words: [number('group', { min: 1 })] },
    { verb: 'fail_path', words: [device('device')] },
    { verb: 'reinstate_path', words: [device('device')] },
  ],
  vdo: [
    ...plain(
      'stats',
      'config',
      'index-close',
      'index-create',
      'index-disable',
      'index-enable',
      'dump',
      'dump-on-shutdown',
    ),
    { verb: 'compression', words: [oneOf('switch', ['on', 'off'])] },
  ],
  pcache: [{ verb: 'gc_percent', words: [number('percent', { max: 90 })] }],
  '@': [
    { verb: '@stats_create', words: [word('area'), word('step'), values('options', word('option'))] },
    { verb: '@stats_delete', words: [number('region')] },
    { verb: '@stats_clear', words: [number('region')] },
    { verb: '@stats_list', words: [optional(word('program'))] },
    { verb: '@stats_print', words: [number('region'), optional(number64('line'), number64('lines'))] },
    { verb: '@stats_print_clear', words: [number('region'), optional(number64('line'), number64('lines'))] },
    { verb: '@stats_set_aux', words: [number('region'), word('aux')] },
    { verb: '@cancel_deferred_remove' },
  ],
};
