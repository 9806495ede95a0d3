import type { Target } from '../notation.ts';
import { error } from './error.ts';
import { linear } from './linear.ts';
import { striped } from './striped.ts';
import { verity } from './verity.ts';
import { zero } from './zero.ts';

/** Every target whose params the planner understands. */
export const TARGETS: readonly Target[] = [linear, striped, zero, error, verity];
