/** The cases of all targets; each family has a file below `cases/`. */
import type { Accepted, Refused } from './cases/case.ts';
import * as copies from './cases/copies.ts';
import * as encryption from './cases/encryption.ts';
import * as mapping from './cases/mapping.ts';
import * as raid from './cases/raid.ts';
import * as redundancy from './cases/redundancy.ts';
import * as vdo from './cases/vdo.ts';
import * as verity from './cases/verity.ts';

const FAMILIES = [mapping, verity, encryption, copies, raid, redundancy, vdo];

export const ACCEPTED: readonly Accepted[] = FAMILIES.flatMap((family) => family.ACCEPTED);

export const REFUSED: readonly Refused[] = FAMILIES.flatMap((family) => family.REFUSED);
