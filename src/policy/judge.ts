import { readSync, writeSync } from 'node:fs';
import { COMMANDS, type CommandName, commandName } from '../commands.ts';
import { decode, encode } from '../planner/codec.ts';
import type { Step } from '../planner/plan.ts';
import { resolveBacking } from './backing.ts';
import { type Check, closed, is, listOf, Misfit } from './checks.ts';
import type { Policy } from './document.ts';
import { factsOf } from './facts.ts';
import { ioctlFilter } from './filter.ts';
import { createLimits } from './limits.ts';
import { readDocument } from './read.ts';
import { distrust } from './trust.ts';
import { judgeStep, rulesOf, type Verdict, type Who } from './verdict.ts';

/**
 * The judge: a process without privilege that an executor starts and asks, as docs/policy.md says, what its policy says
 * of a plan. It does one thing after the other, and waits in read(2) for the next.
 */
const [INPUT, OUTPUT, ERRORS, DOCUMENT] = [0, 1, 2, 3];
const LENGTH_SIZE = 4;
/** An executor's largest frame, and room for what is put around its plan. */
const LARGEST_QUESTION = 64 * 1024 * 1024 + 4096;
/** sysexits.h EX_PROTOCOL: what came is no question. */
const EXIT_PROTOCOL = 76;

interface Question {
  client: Who;
  plan: { v: 1; steps: [command: number, payload: Uint8Array][] };
}

const pair: Check = is<unknown[]>(
  'a command’s number and its payload',
  (value) => Array.isArray(value) && value.length === 2 && value[1] instanceof Uint8Array,
);
const plan = closed<Question['plan']>({ v: is('1', (value) => value === 1), steps: listOf(pair) }, {});
const client = is('a uid or "stdio"', (value) => value === 'stdio' || Number.isInteger(value));
const question = closed<Question>({ client, plan }, {});

type Refused = { step: number | null; rule: string; message: string };
type Answer = { refused: Refused } | { refused: null; rules: string[]; backing: (string[] | null)[] };
type Answerer = (question: Question) => Answer;

function refuse(step: number | null, rule: string, message: string): Answer {
  return { refused: { step, rule, message } };
}

function answerBy(policy: Policy): Answerer {
  const lost = (path: string): void => log('no device', { path });
  const grounds = resolveBacking(policy, lost);
  const limits = createLimits(policy);
  return ({ client, plan }) => {
    if (rulesOf(policy, client).length === 0) return refuse(null, 'clients', 'the policy has no rules for this client');
    const facts = [...factsOf(plan.steps.map(stepOf))];
    const verdicts: Verdict[] = [];
    for (const [step, each] of facts.entries()) {
      const verdict = judgeStep(policy, grounds, client, each);
      if (verdict.refusal !== null) return refuse(step, verdict.refusal, `the policy does not allow ${each.command}`);
      verdicts.push(verdict);
    }
    const over = limits.take(facts);
    if (over !== null) return { refused: over };
    return { refused: null, rules: verdicts.map(({ rule }) => rule!), backing: verdicts.map(({ backing }) => backing) };
  };
}

function stepOf([number, payload]: [number, Uint8Array]): Step {
  return { command: commandName(number), payload };
}

/** The next frame; null at the end of the input. */
function receive(): Uint8Array | null {
  const head = read(LENGTH_SIZE);
  if (head === null) return null;
  const length = head.readUInt32BE();
  if (length > LARGEST_QUESTION) throw new Misfit('', `is a frame of ${length} bytes`);
  const body = read(length);
  if (body === null) throw new Misfit('', 'is a length without a frame');
  return body;
}

function read(size: number): Buffer | null {
  const bytes = Buffer.allocUnsafeSlow(size);
  let have = 0;
  for (let got = 1; got > 0 && have < size; have += got) got = readSync(INPUT, bytes, have, size - have, null);
  if (have === size) return bytes;
  if (have > 0) throw new Misfit('', 'ends inside a frame');
  return null;
}

function send(message: object): void {
  const body = encode(message);
  const frame = Buffer.alloc(LENGTH_SIZE + body.length);
  frame.writeUInt32BE(body.length);
  frame.set(body, LENGTH_SIZE);
  for (let at = 0; at < frame.length; ) at += writeSync(OUTPUT, frame, at);
}

/** A line of JSON, like the executor's own, between which it stands. */
function log(event: string, fields: object): void {
  writeSync(ERRORS, `${JSON.stringify({ time: new Date().toISOString(), event: `judge: ${event}`, ...fields })}\n`);
}

/** The numbers of the commands that any rule allows. */
function commandsOf({ rules }: Policy): number[] {
  const names = Object.values(rules).flatMap(({ commands }) => commands);
  return names.map((name) => COMMANDS[name === 'DEV_RESUME' ? 'DEV_SUSPEND' : (name as CommandName)]);
}

function serve(path: string): void {
  const { digest, policy, error } = readDocument(() => DOCUMENT);
  const reason = error?.message ?? distrust(path, DOCUMENT);
  const trusted = reason === null ? policy : null;
  const filter = trusted === null ? null : ioctlFilter(process.arch, commandsOf(trusted));
  send({ digest, uuidPrefix: trusted?.uuidPrefix ?? '', filter, reason });
  const answer: Answerer = trusted === null ? () => refuse(null, 'policy', reason!) : answerBy(trusted);
  for (let frame = receive(); frame !== null; frame = receive()) {
    const asked = decode(frame);
    question(asked, 'question');
    send(answer(asked as Question));
  }
}

try {
  serve(process.argv[2] ?? '');
} catch (error) {
  log('ended', { why: (error as Error).message });
  process.exitCode = EXIT_PROTOCOL;
}
