/** Layouts as a host without any library asks for them: the answer's numbers as bigint, and its bytes canonical. */
import { readCanonical, type Value } from '../planner/canonical.ts';
import { encoded, type Failure, Host } from '../planner/harness.ts';

const host = new Host();

const request = (fields: object) => ({ v: 1, action: 'layout', ...fields });

/** biome-ignore lint/suspicious/noExplicitAny: an answer has the fields of its kind. */
export type Layout = any;

/** The layout; throws where the planner refuses. */
export function layout(fields: object): Layout {
  const { code, bytes } = host.call('plan', encoded(request(fields)));
  const answer = readCanonical(bytes) as { v: number; layout: Value };
  if (code !== 0) throw new Error(`refused: ${JSON.stringify(answer)}`);
  if (Object.keys(answer).join() !== 'v,layout' || answer.v !== 1) throw new Error('not the answer of a layout');
  return exact(answer.layout);
}

/** The error of a request that is refused. */
export function refusal(fields: object): Failure {
  return host.failure('plan', request(fields));
}

/** The layout, or undefined where the planner refuses with that error. */
export function layoutUnless(error: string, fields: object): Layout | undefined {
  const { code, bytes } = host.call('plan', encoded(request(fields)));
  const answer = readCanonical(bytes) as { layout: Value; name?: string };
  if (code === 0) return exact(answer.layout);
  if (answer.name !== error) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return undefined;
}

function exact(value: Value): Layout {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(exact);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, exact(field)]));
}

export { host };
