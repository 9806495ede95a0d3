import type { Step } from '../../../src/planner/plan.ts';
import { resolveBacking } from '../../../src/policy/backing.ts';
import { type Policy, readPolicy } from '../../../src/policy/document.ts';
import { factsOf } from '../../../src/policy/facts.ts';
import { judgeStep, type Verdict, type Who } from '../../../src/policy/verdict.ts';
import { type Bytes, bare, type HeaderFields, query, type Target, table } from '../executor/payloads.ts';

export const DIGEST = 'ab'.repeat(32);

/** A document with every key in it. */
export const SAMPLE = {
  policy: 1,
  uuidPrefix: 'DMPLAN-',
  clients: [
    { uid: 990, rules: ['images', 'look'] },
    { stdio: true, rules: ['look'] },
  ],
  limits: { devices: 64, createsPerMinute: 120, targets: 64, sectors: 8589934592 },
  backing: {
    images: [{ loop: true, readOnly: true }],
    data: [{ device: '259:3', diskseq: 12 }, { device: '8:1' }, { path: '/dev/nowhere' }],
    stacked: [{ own: true }],
  },
  rules: {
    look: { commands: ['VERSION', 'LIST_DEVICES', 'DEV_STATUS'] },
    images: {
      commands: ['DEV_CREATE', 'TABLE_LOAD', 'DEV_RESUME', 'DEV_REMOVE', 'TARGET_MSG'],
      namePrefix: 'img-',
      uuidPrefix: 'DMPLAN-IMG-',
      readOnly: true,
      deferred: true,
      messages: ['trim'],
      targets: { verity: { backing: ['images'], rootDigests: [DIGEST], options: ['ignore_zero_blocks'] }, zero: {} },
    },
  },
};

export function read(document: unknown): Policy {
  return readPolicy(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)));
}

/** A policy whose client 1 has these rules, in this order; more of the document may be given. */
export function policyOf(rules: Policy['rules'], more: Partial<Policy> = {}): Policy {
  return read({ policy: 1, uuidPrefix: 'OWN-', clients: [{ uid: 1, rules: Object.keys(rules) }], rules, ...more });
}

/** What a policy says of each step. */
export function judged(policy: Policy, steps: Step[], who: Who = 1): Verdict[] {
  const grounds = resolveBacking(policy, () => {});
  return Array.from(factsOf(steps), (facts) => judgeStep(policy, grounds, who, facts));
}

/** The key in the only rule that refuses the last step; null where it is allowed. */
export function broken(rule: Policy['rules'][string], ...steps: Step[]): string | null {
  const { refused } = judged(policyOf({ rule }), steps).at(-1)!;
  return refused.rule ?? null;
}

export function step(command: Step['command'], payload: Bytes): Step {
  return { command, payload };
}

export function create(name: string, uuid: string): Step {
  return step('DEV_CREATE', bare({ name, uuid }));
}

export function load(device: HeaderFields, ...targets: [type: string, params: string, length?: number][]): Step {
  let start = 0;
  const specs = targets.map(([type, params, length = 8]): Target => {
    start += length;
    return [start - length, length, type, params];
  });
  return step('TABLE_LOAD', table(device, specs));
}

export { bare, query };
