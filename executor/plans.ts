import { failure } from './failure.ts';
import type { Judge } from './judge.ts';
import type { Apply, Who } from './messages.ts';
import type { Outcome } from './transaction.ts';
import type { Worker } from './worker.ts';

/** Plans that are remembered by their keys, and bytes of the replies to one. */
const [KEYS, KEPT] = [256, 65536];
const REUSED = failure('key_reused', 'the key was given with another plan: make a new one for each');

/** Applies a plan that the judge allows; one that came with a key only once, and when asked again, gives what came of it. */
export function applyBy(judge: Judge | null, worker: Worker) {
  const known = new Map<string, { digest: string; outcome: Outcome }>();

  async function apply(plan: Apply, who: Who): Promise<Outcome> {
    if (judge === null) return await worker.apply(plan);
    const verdict = await judge.judge(who, plan.steps);
    if (verdict.refused === null) return await worker.apply(plan, verdict);
    return { failure: { ...failure('policy_refused', verdict.refused.message), ...verdict.refused }, done: [] };
  }

  return async (plan: Apply, who: Who): Promise<Outcome> => {
    const name = `${who} ${plan.key}`;
    const { digest, outcome } = known.get(name) ?? { digest: plan.digest, outcome: await apply(plan, who) };
    if (digest !== plan.digest) return { failure: REUSED, done: [] };
    const size = 'replies' in outcome ? outcome.replies.reduce((sum, { length }) => sum + length, 0) : Infinity;
    if (plan.key !== null && size <= KEPT) known.set(name, { digest, outcome });
    if (known.size > KEYS) known.delete([...known.keys()][0]!);
    return outcome;
  };
}
