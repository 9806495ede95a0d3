/** Messages to targets by typed fields; `assembly/tables/messages.ts` declares the words behind each verb. */
import type { Count64 } from './targets/row.ts';

/** The fields of each message: by the target's type, or `@` for what any device takes (statistics), and by its verb. */
export interface MessageFields {
  dust: {
    addbadblock: { block: Count64; writeFailures?: number };
    removebadblock: { block: Count64 };
    queryblock: { block: Count64 };
    countbadblocks: object;
    clearbadblocks: object;
    listbadblocks: object;
    enable: object;
    disable: object;
    quiet: object;
  };
  'log-writes': {
    mark: { text: string };
  };
  era: {
    checkpoint: object;
    take_metadata_snap: object;
    drop_metadata_snap: object;
  };
  switch: {
    set_region_mappings: { mappings?: string[] };
  };
  zoned: {
    reclaim: object;
  };
  crypt: {
    'key set': { key?: string };
    'key wipe': object;
  };
  'thin-pool': {
    create_thin: { deviceId: number };
    create_snap: { deviceId: number; originId: number };
    delete: { deviceId: number };
    set_transaction_id: { current: Count64; next: Count64 };
    reserve_metadata_snap: object;
    release_metadata_snap: object;
  };
  cache: {
    migration_threshold: { sectors: Count64 };
    invalidate_cblocks: { ranges?: string[] };
  };
  raid: {
    idle: object;
    frozen: object;
    resync: object;
    recover: object;
    check: object;
    repair: object;
  };
  writecache: {
    flush: object;
    flush_on_suspend: object;
    cleaner: object;
    clear_stats: object;
  };
  clone: {
    enable_hydration: object;
    disable_hydration: object;
    hydration_threshold: { regions: number };
    hydration_batch_size: { regions: number };
  };
  multipath: {
    queue_if_no_path: object;
    fail_if_no_path: object;
    disable_group: { group: number };
    enable_group: { group: number };
    switch_group: { group: number };
    fail_path: { device: string };
    reinstate_path: { device: string };
  };
  vdo: {
    stats: object;
    config: object;
    'index-close': object;
    'index-create': object;
    'index-disable': object;
    'index-enable': object;
    dump: object;
    'dump-on-shutdown': object;
    compression: { switch: 'on' | 'off' };
  };
  pcache: {
    gc_percent: { percent: number };
  };
  '@': {
    '@stats_create': { area: string; step: string; options?: string[] };
    '@stats_delete': { region: number };
    '@stats_clear': { region: number };
    '@stats_list': { program?: string };
    '@stats_print': { region: number; line?: Count64; lines?: Count64 };
    '@stats_print_clear': { region: number; line?: Count64; lines?: Count64 };
    '@stats_set_aux': { region: number; aux: string };
    '@cancel_deferred_remove': object;
  };
}

/** The messages that a target takes, each with its fields. */
type MessagesOf<T extends keyof MessageFields> = {
  [V in keyof MessageFields[T]]: { target: T; verb: V } & MessageFields[T][V];
}[keyof MessageFields[T]];

/**
 * `target` is a target's type, or `@`; `verb` the message's first word or words.
 * @example { target: 'thin-pool', verb: 'create_thin', deviceId: 0 }
 */
export type TypedMessage = { [T in keyof MessageFields]: MessagesOf<T> }[keyof MessageFields];

/** Words parted by blanks, or typed fields. */
export type Message = string | Uint8Array | TypedMessage;
