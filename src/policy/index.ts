import { closeSync, constants, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { DmError } from '../errors.ts';
import type { Plan } from '../planner/plan.ts';
import { resolveBacking } from './backing.ts';
import { type Facts, factsOf } from './facts.ts';
import { type PolicyFault, type Reading, readDocument } from './read.ts';
import { distrust } from './trust.ts';
import { judgeStep, type Verdict, type Who } from './verdict.ts';

export type { PolicyFault } from './read.ts';

/** What an executor would make of the file of a policy. */
export interface PolicyCheck {
  /** Of the file's bytes; null where it cannot be read. */
  digest: string | null;
  /** True, or why an executor would not take it from this place. */
  trusted: true | string;
  /** What is wrong with it, by its place in the document. */
  error: PolicyFault | null;
}

/** What a policy says of one step to one client. */
export interface PolicyAnswer extends Verdict {
  client: Who;
}

/** What a policy says of a plan. */
export interface PolicyExplanation {
  digest: string;
  steps: { step: number; command: string; clients: PolicyAnswer[] }[];
}

/** Reads the file of a policy as an executor's judge does, by the same code, without privilege and without a kernel. */
export async function checkPolicy(file: string): Promise<PolicyCheck> {
  const { trusted, reading } = readFile(file);
  return { digest: reading.digest, trusted, error: reading.error };
}

/**
 * What a policy says of each step of a plan, to each of its clients. What is counted (`limits.devices` and
 * `limits.createsPerMinute`) is left out, and what a table opens is only known to the kernel: `backing` says what it may.
 * @throws {DmError} `bad_policy` with the place, `bad_plan`
 */
export async function explainPolicy(file: string, plan: Plan): Promise<PolicyExplanation> {
  const { digest, policy, error } = readFile(file).reading;
  if (policy === null || digest === null) throw badPolicy(file, error!);
  const grounds = resolveBacking(policy, () => {});
  const clients = [...new Set<Who>(policy.clients.map(({ uid }) => uid ?? 'stdio'))];
  const steps = factsIn(plan).map((facts, step) => ({
    step,
    command: facts.command,
    clients: clients.map((client) => ({ client, ...judgeStep(policy, grounds, client, facts) })),
  }));
  return { digest, steps };
}

/** The error of a policy that has one. */
export function badPolicy(file: string, { place, message }: PolicyFault): DmError {
  return new DmError({ code: 'bad_policy', message: `${file}: ${message}`, path: place });
}

function factsIn({ steps }: Plan): Facts[] {
  try {
    return [...factsOf(steps)];
  } catch (cause) {
    throw new DmError({ code: 'bad_plan', message: 'a payload of the plan is shorter than it says', cause });
  }
}

function readFile(file: string): { reading: Reading; trusted: true | string } {
  let fd: number | null = null;
  // Opening a pipe would wait for whoever writes to it.
  const open = (): number => (fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK));
  const reading = readDocument(open);
  const trusted = distrust(resolve(file), fd) ?? true;
  if (fd !== null) closeSync(fd);
  return { reading, trusted };
}
