/** Several ways to one device (drivers/md/dm-mpath.c). */
import type { Row } from './row.ts';

/** Reaches one device over several paths, in groups, and goes on when one fails. */
export interface MultipathFields extends Row {
  queueIfNoPath?: boolean;
  retainAttachedHwHandler?: boolean;
  pgInitRetries?: number;
  /** Milliseconds. */
  pgInitDelay?: number;
  queueMode?: 'bio' | 'rq' | 'mq';
  /** Name and arguments; empty for none. */
  hardwareHandler?: string[];
  /** The group to begin with, from 1; 0 when there is none. */
  initialGroup: number;
  groups: MultipathGroup[];
}

export type PathSelector = 'round-robin' | 'queue-length' | 'service-time' | 'historical-service-time' | 'io-affinity';

export interface MultipathGroup {
  /** How a path is chosen (drivers/md/dm-ps-*.c). */
  selector: PathSelector;
  selectorArguments?: string[];
  /** How many arguments each path has: none or one; two for `service-time`. */
  pathArguments: number;
  paths: MultipathPath[];
}

export interface MultipathPath {
  device: string;
  arguments?: string[];
}

export interface MultipathStatus {
  queueIo: number;
  pgInitRunning: number;
  hardwareHandler: string[];
  currentGroup: number;
  groups: MultipathGroupStatus[];
}

export interface MultipathGroupStatus {
  state: 'active' | 'disabled' | 'enabled';
  selectorStatus: string[];
  /** How many arguments each path has. */
  pathArguments: number;
  paths: MultipathPathStatus[];
}

export interface MultipathPathStatus {
  device: string;
  state: 'active' | 'failed';
  failCount: number;
  arguments: string[];
}
