/** The smallest valid request of every action. */
import type { Action, Identity, Payload } from '../../../assembly/tables/actions.ts';
import type { Packable } from './pack.ts';

const IDENTITIES: Record<Identity, object> = {
  none: {},
  new: { name: 'x' },
  one: { name: 'x' },
  name: { name: 'x' },
  prefixes: {},
  type: { type: 'verity' },
};

const PAYLOADS: Record<Payload, object> = {
  none: {},
  table: { table: '0 8 zero' },
  room: {},
  newName: { newName: 'y' },
  newUuid: { newUuid: 'U' },
  geometry: { geometry: { cylinders: 1, heads: 1, sectors: 8, start: 0 } },
  message: { message: 'flush' },
};

export function smallest({ name, identity, steps }: Action): Record<string, Packable> {
  const payloads = steps.map(({ payload }) => PAYLOADS[payload ?? 'none']);
  return Object.assign({ v: 1, action: name, ...IDENTITIES[identity] }, ...payloads) as Record<string, Packable>;
}
