import type { SectorCount } from '../units.ts';

/** What every row of a table has. `start` follows from the rows before and, if given, must agree. */
export interface Row {
  length: SectorCount;
  start?: SectorCount;
}

/** A whole number that may pass 2^53. */
export type Count64 = number | bigint;

/** The whole status of a target that has nothing else to say. */
export interface State<S extends string> {
  state: S;
}
