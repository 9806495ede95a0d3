/** One request of every kind, encoded by msgpackr as a JavaScript host would. */
import { Packr } from 'msgpackr';
import { ACTIONS } from '../../assembly/tables/actions.ts';
import { COMMANDS } from '../../assembly/tables/commands.ts';
import type { Call } from '../unit/planner/harness.ts';
import { ACCEPTED, REFUSED } from '../unit/planner/target-cases.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });

export interface EncodedRequest {
  call: Call;
  bytes: Uint8Array;
}

const table = '# two rows\n0 8 zero\n8 16 linear /dev/sda 2048\n';

const plans: object[] = [
  ...ACTIONS.map(({ name, identity, steps }) => ({
    v: 1,
    action: name,
    ...(identity !== 'none' && { name: 'node-test' }),
    ...(steps.some(({ payload }) => payload === 'table') && { table }),
  })),
  ...[...ACCEPTED, ...REFUSED].map(({ type, length, fields }) => ({
    v: 1,
    action: 'create',
    name: 'node-test',
    readOnly: type === 'verity',
    targets: [{ type, length, ...fields }],
  })),
];

function exchanges(): object[] {
  const payload = new Uint8Array(704).map((_, i) => (i * 7) % 251);
  payload.fill(0, 0, 312);
  payload[13] = 2;
  payload[16] = 56;
  payload[17] = 1;
  return COMMANDS.map(({ number }) => ({ command: number, payload }));
}

const encode = (call: Call) => (value: object) => ({ call, bytes: new Uint8Array(packr.pack(value)) });

export const REQUESTS: readonly EncodedRequest[] = [
  ...plans.map(encode('plan')),
  ...exchanges().map(encode('decode')),
  ...exchanges().map(encode('inspect')),
];
