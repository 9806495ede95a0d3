import type { Difference } from '../../../assembly/tables/differences.ts';

/** It goes with its reason: an example would prove what is to be no more. */
export type Correction = Omit<Difference, 'example'>;

/** What a declaration says that the kernel does not: each of these goes when the declaration is corrected. */
export const TO_BE_CORRECTED: readonly Correction[] = [];
