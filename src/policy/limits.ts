import { readdirSync, readFileSync } from 'node:fs';
import type { Policy } from './document.ts';
import type { Facts, Identity } from './facts.ts';

const MINUTE = 60_000;
const BLOCK = '/sys/block';

const TOO_FAST = 'the policy allows no more new devices in this minute: try again later';
const TOO_MANY = 'the policy allows no more devices: remove one first';
const BARE = 'the policy counts devices, and one without a table cannot be counted: load its table in the same plan';

/** A step that creates a device too many, the limit, and what to do. */
export interface Over {
  step: number;
  rule: 'limits.devices' | 'limits.createsPerMinute';
  message: string;
}

/** Counts what all clients create together. */
export interface Limits {
  /** Notes the steps of a plan that create a device, unless there are too many. */
  take(facts: readonly Facts[]): Over | null;
}

export function createLimits({ uuidPrefix, limits = {} }: Policy): Limits {
  const { devices = Infinity, createsPerMinute = Infinity } = limits;
  let creations: number[] = [];
  return {
    take(facts) {
      const creates = [...facts.keys()].filter((step) => facts[step]!.command === 'DEV_CREATE');
      if (creates.length === 0) return null;
      const now = performance.now();
      creations = creations.filter((then) => then > now - MINUTE);
      const tooFast = creates[createsPerMinute - creations.length];
      if (tooFast !== undefined) return { step: tooFast, rule: 'limits.createsPerMinute', message: TOO_FAST };
      const bare = devices < Infinity ? bareOf(facts) : undefined;
      if (bare !== undefined) return { step: bare, rule: 'limits.devices', message: BARE };
      const tooMany = devices < Infinity ? creates[Math.max(0, devices - countOf(uuidPrefix))] : undefined;
      if (tooMany !== undefined) return { step: tooMany, rule: 'limits.devices', message: TOO_MANY };
      if (createsPerMinute < Infinity) creations.push(...creates.map(() => now));
      return null;
    },
  };
}

/** A device has a folder in sysfs from its first table on (dm.c dm_setup_md_queue): before, nobody could count it. */
function bareOf(facts: readonly Facts[]): number | undefined {
  const loaded = new Set<Identity | null>(facts.filter(({ table }) => table !== null).map(({ device }) => device));
  const bare = facts.findIndex(({ command, device }) => command === 'DEV_CREATE' && !loaded.has(device));
  return bare < 0 ? undefined : bare;
}

/** How many devices have a uuid that begins so; Infinity where that cannot be told. */
function countOf(uuidPrefix: string): number {
  try {
    const devices = readdirSync(BLOCK).filter((name) => name.startsWith('dm-'));
    return devices.filter((name) => isOurs(name, uuidPrefix)).length;
  } catch {
    return Infinity;
  }
}

/** A device that goes while it is looked at counts. */
function isOurs(name: string, uuidPrefix: string): boolean {
  try {
    return readFileSync(`${BLOCK}/${name}/dm/uuid`, 'latin1').startsWith(uuidPrefix);
  } catch {
    return true;
  }
}
