/** The rows of tables: `targets/` has a file for every family of targets. */

export type * from './targets/blocks.ts';
export * from './targets/builders.ts';
export type * from './targets/caching.ts';
export type * from './targets/encryption.ts';
export type * from './targets/kinds.ts';
export type * from './targets/mapping.ts';
export type * from './targets/multipath.ts';
export type * from './targets/redundancy.ts';
export type * from './targets/row.ts';
export type * from './targets/snapshots.ts';
export type * from './targets/testing.ts';
export type * from './targets/thin.ts';
export type * from './targets/vdo.ts';
export type * from './targets/verification.ts';
