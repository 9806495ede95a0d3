import type { Target } from '../notation.ts';
import { cache } from './cache.ts';
import { clone } from './clone.ts';
import { crypt } from './crypt.ts';
import { delay } from './delay.ts';
import { dust } from './dust.ts';
import { ebs } from './ebs.ts';
import { era } from './era.ts';
import { error } from './error.ts';
import { flakey } from './flakey.ts';
import { inlinecrypt } from './inlinecrypt.ts';
import { integrity } from './integrity.ts';
import { linear } from './linear.ts';
import { logWrites } from './log-writes.ts';
import { mirror } from './mirror.ts';
import { multipath } from './multipath.ts';
import { pcache } from './pcache.ts';
import { raid } from './raid.ts';
import { snapshot, snapshotMerge, snapshotOrigin } from './snapshot.ts';
import { striped } from './striped.ts';
import { switchTarget } from './switch.ts';
import { thin, thinPool } from './thin.ts';
import { unstriped } from './unstriped.ts';
import { vdo } from './vdo.ts';
import { verity } from './verity.ts';
import { writecache } from './writecache.ts';
import { zero } from './zero.ts';
import { zoned } from './zoned.ts';

/** Every target whose params the planner understands. */
export const TARGETS: readonly Target[] = [
  linear,
  striped,
  zero,
  error,
  unstriped,
  delay,
  dust,
  flakey,
  ebs,
  logWrites,
  era,
  switchTarget,
  zoned,
  verity,
  crypt,
  integrity,
  snapshot,
  snapshotOrigin,
  snapshotMerge,
  thinPool,
  thin,
  cache,
  raid,
  mirror,
  writecache,
  clone,
  multipath,
  vdo,
  pcache,
  inlinecrypt,
];
