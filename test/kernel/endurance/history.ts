/** Plans at random over a few devices, and what each device is after each of them. */
import type { Random } from '../../fuzz/random.ts';
import {
  bare,
  CLEAR,
  CREATE,
  F_SUSPEND,
  LOAD,
  type PlanSteps,
  REMOVE,
  SUSPEND,
  table,
} from '../../unit/executor/payloads.ts';

/** What a test may know of a device: null where there is none. */
export type State = { live: string | null; inactive: string | null; suspended: boolean } | null;

export interface Plan {
  what: string;
  steps: PlanSteps;
  /** Whether some of its devices may be done and others not, when it is killed in the middle. */
  torn: boolean;
  /** Of all devices, behind it. */
  after: State[];
}

export interface Devices {
  names: string[];
  uuids: string[];
  /** Params of linear targets, one of which every table has. */
  backing: string;
}

const LENGTH = 8;
const OFFSETS = 128;

/** `count` plans, of which the first finds the devices as they are in `states`. */
export function randomPlans(random: Random, devices: Devices, states: readonly State[], count: number): Plan[] {
  const plans: Plan[] = [];
  for (let now = states; plans.length < count; now = plans.at(-1)!.after) plans.push(randomPlan(random, devices, now));
  return plans;
}

function randomPlan(random: Random, devices: Devices, states: readonly State[]): Plan {
  const one = random.below(states.length);
  // A second device of the same kind, where there is one, is done in the same plan.
  const other = (one + 1 + random.below(states.length - 1)) % states.length;
  const alike = (states[one] === null) === (states[other] === null) && !states[one]?.suspended;
  const both = alike && !states[other]?.suspended && random.chance(3) ? [one, other] : [one];
  const make = (
    what: string,
    torn: boolean,
    phases: ((device: number) => PlanSteps[number])[],
    to: () => State,
  ): Plan => {
    const after = [...states];
    for (const device of both) after[device] = to();
    return { what, torn, steps: phases.flatMap((phase) => both.map(phase)), after };
  };
  const params = `${devices.backing} ${8 * random.below(OFFSETS)}`;
  const line = `0 ${LENGTH} linear ${params}`;
  const bound = (device: number) => ({ uuid: devices.uuids[device]! });
  const create = (device: number): PlanSteps[number] => [
    CREATE,
    bare({ name: devices.names[device]!, uuid: devices.uuids[device]! }),
  ];
  const load = (device: number): PlanSteps[number] => [LOAD, table(bound(device), [[0, LENGTH, 'linear', params]])];
  const suspend = (device: number): PlanSteps[number] => [SUSPEND, bare({ ...bound(device), flags: F_SUSPEND })];
  const resume = (device: number): PlanSteps[number] => [SUSPEND, bare(bound(device))];
  const fresh = (): State => ({ live: line, inactive: null, suspended: false });
  const state = states[one]!;
  if (state === null) return make('create', false, [create, load, resume], fresh);
  if (state.suspended) {
    return make('resume', false, [resume], () => ({
      live: state.inactive ?? state.live,
      inactive: null,
      suspended: false,
    }));
  }
  switch (random.below(6)) {
    case 0:
      return make('remove', both.length > 1, [(device) => [REMOVE, bare(bound(device))]], () => null);
    case 1:
      both.length = 1;
      return make('suspend', false, [suspend], () => ({ ...state, suspended: true }));
    case 2:
      both.length = 1;
      return make('load', false, [load], () => ({ ...state, inactive: line }));
    case 3:
      both.length = 1;
      return make('clear', false, [(device) => [CLEAR, bare(bound(device))]], () => ({ ...state, inactive: null }));
    default:
      return make('reload', both.length > 1, [load, suspend, resume], fresh);
  }
}
