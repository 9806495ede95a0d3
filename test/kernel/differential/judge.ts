/** What the planner says to a table, what the kernel says, and whether that fits together. */
import { FLAG_STATUS_TABLE, FLAGS_OFFSET, TARGET_COUNT_OFFSET } from '../../../assembly/abi.ts';
import type { Difference } from '../../../assembly/tables/differences/difference.ts';
import { KERNEL_ALONE } from '../../../assembly/tables/differences/kernel-alone.ts';
import { PLANNER_STRICTER } from '../../../assembly/tables/differences/planner-stricter.ts';
import { PRINTED, type Printed } from '../../../assembly/tables/differences/printed.ts';
import { DmError } from '../../../src/errors.ts';
import type { Planner } from '../../../src/planner/planner.ts';
import type { Request } from '../../../src/request.ts';
import { encodeVerbatim, rowsOf } from './encode.ts';
import type { Sample } from './generate.ts';
import type { Answer } from './job.ts';
import { deviceNumber } from './profiles.ts';

export const DEVICE = 'differential';

/** ENOENT, EIO, ENXIO, ENOTBLK, ENODEV and ENOTDIR; some constructors say EINVAL whatever it was. */
const NO_DEVICE =
  /errno (2|5|6|15|19|20):|Error opening|Couldn't get|Error getting|[Ll]ookup failed|Error creating mirror dirty log/;

/** The planner's answer to a table. */
export interface Planned {
  sample: Sample;
  /** What the kernel is handed: the plan's bytes, or the words as they stand where the planner refuses. */
  payload: Uint8Array;
  refusal?: { name: string; message: string };
  /** Where words and fields of the same table are not answered the same. */
  doors?: string;
}

export type Versions = Readonly<Record<string, readonly [number, number, number]>>;

export function plan(planner: Planner, sample: Sample, versions: Versions): Planned {
  const byWords = ask(planner, sample, versions, { params: sample.params });
  const doors = sample.fields && disagreement(byWords, ask(planner, sample, versions, sample.fields));
  return {
    sample,
    payload: byWords.payload ?? encodeVerbatim(DEVICE, sample),
    ...(byWords.refusal && { refusal: byWords.refusal }),
    ...(doors && { doors }),
  };
}

interface Word {
  payload?: Uint8Array;
  refusal?: { name: string; message: string };
}

function ask(planner: Planner, sample: Sample, versions: Versions, first: object): Word {
  const targets = rowsOf(sample).map((row, index) => {
    const { start, length, type, params } = row;
    return { start, length, type, ...(index === 0 ? first : { params }) };
  });
  const request = { action: 'load', name: DEVICE, readOnly: sample.readOnly, versions, targets };
  try {
    return { payload: planner.plan(request as unknown as Request).steps[0]!.payload };
  } catch (error) {
    if (!(error instanceof DmError)) throw error;
    return { refusal: { name: error.code, message: error.message } };
  }
}

function disagreement(words: Word, fields: Word): string | undefined {
  if (words.payload && fields.payload) {
    return Buffer.compare(words.payload, fields.payload) === 0 ? undefined : 'words and fields give other bytes';
  }
  if (words.refusal && fields.refusal) return undefined;
  return words.refusal
    ? `words are refused (${words.refusal.message}), fields are not`
    : `fields are refused (${fields.refusal!.message}), words are not`;
}

export type Verdict = 'accepted' | 'refused' | 'masked' | 'kernel alone' | 'stricter' | 'unexplained';

export interface Judgement {
  verdict: Verdict;
  planned: Planned;
  answer: Answer;
  /** What explains it, or what is wrong. */
  why: string;
  /** The entries of the lists that it takes. */
  explained: readonly (Difference | Printed)[];
}

export function judge(planner: Planner, planned: Planned, answer: Answer, kernel: string): Judgement {
  const { sample, refusal, doors } = planned;
  const base = { planned, answer, explained: [] };
  const text = answer.messages.join('; ');
  const alone = answer.errno === 0 ? undefined : find(KERNEL_ALONE, sample, kernel, `errno ${answer.errno}: ${text}`);
  if (doors) return { ...base, verdict: 'unexplained', why: doors };
  if (refusal && answer.errno !== 0) {
    const masked = alone !== undefined && !alone.same?.split(' ').includes(refusal.name);
    return { ...base, verdict: masked ? 'masked' : 'refused', why: refusal.name };
  }
  if (refusal) {
    const known = find(PLANNER_STRICTER, sample, kernel, refusal.message, refusal.name);
    if (known) return { ...base, verdict: 'stricter', why: known.reason, explained: [known] };
    return { ...base, verdict: 'unexplained', why: `planner alone refuses: ${refusal.name}: ${refusal.message}` };
  }
  if (answer.errno !== 0) {
    if (sample.nowhere && NO_DEVICE.test(`errno ${answer.errno}: ${text}`))
      return { ...base, verdict: 'kernel alone', why: 'which devices there are' };
    if (alone) return { ...base, verdict: 'kernel alone', why: alone.reason, explained: [alone] };
    return { ...base, verdict: 'unexplained', why: `kernel alone refuses: errno ${answer.errno}: ${text}` };
  }
  const explained: Printed[] = [];
  const wrong = misprint(planner, planned, answer, kernel, explained);
  if (wrong) return { ...base, verdict: 'unexplained', why: wrong };
  return { ...base, verdict: 'accepted', why: '', explained };
}

function find(list: readonly Difference[], { type, params }: Sample, kernel: string, says: string, name?: string) {
  return list.find(
    (difference) =>
      (difference.target === '*' || difference.target.split(' ').includes(type)) &&
      (difference.error === undefined || difference.error.split(' ').includes(name ?? '')) &&
      (difference.kernels === undefined || difference.kernels.includes(kernel)) &&
      (difference.says?.test(says) ?? true) &&
      (difference.words?.test(params) ?? true),
  );
}

/** Where TABLE, read by the planner, is not what was planned. What explains a difference joins `explained`. */
function misprint(
  planner: Planner,
  { sample, payload }: Planned,
  answer: Answer,
  kernel: string,
  explained: Printed[],
): string | undefined {
  const said = planner.decode('TABLE_STATUS', new Uint8Array(Buffer.from(answer.status!, 'base64')))
    .targets?.[0] as Line;
  const wanted = planner.decode('TABLE_STATUS', asReply(payload)).targets![0] as Line;
  const known = PRINTED.filter(
    ({ target, kernels }) => target.split(' ').includes(sample.type) && (kernels?.includes(kernel) ?? true),
  );
  if (said === undefined) return 'TABLE is empty';
  const all = known.find(({ field }) => field === '*');
  if (all) {
    explained.push(all);
    return undefined;
  }
  if (said.fields === undefined) return `TABLE has no fields: ${said.params}`;
  if (wanted.fields === undefined) return `the plan has no fields: ${wanted.params}`;
  const wrong = differing(numbered(wanted.fields), numbered(said.fields), known, explained);
  return wrong.length === 0 ? undefined : `TABLE differs in ${wrong.join(', ')}: ${said.params}`;
}

interface Line {
  params: string;
  fields?: Record<string, unknown>;
}

/** The payload of TABLE_LOAD with one row has the form of a reply to TABLE_STATUS. */
function asReply(payload: Uint8Array): Uint8Array {
  const reply = payload.slice();
  const view = new DataView(reply.buffer);
  view.setUint32(FLAGS_OFFSET, FLAG_STATUS_TABLE, true);
  view.setUint32(TARGET_COUNT_OFFSET, 1, true);
  return reply;
}

/** Devices by their numbers, as the kernel prints them. */
function numbered(value: unknown): unknown {
  if (typeof value === 'string') {
    return deviceNumber(value) ?? value;
  }
  if (Array.isArray(value)) return value.map(numbered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, numbered(each)]));
}

function differing(wanted: unknown, said: unknown, known: readonly Printed[], explained: Printed[]): string[] {
  const [a, b] = [wanted as Record<string, unknown>, said as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => {
    if (JSON.stringify(a[name], exact) === JSON.stringify(b[name], exact)) return false;
    const entry = known.find(
      ({ field, planned, said, unordered }) =>
        field === name &&
        fits(planned, a[name]) &&
        fits(said, b[name]) &&
        (!unordered || inOrder(a[name]) === inOrder(b[name])),
    );
    if (entry) explained.push(entry);
    return entry === undefined;
  });
}

function inOrder(list: unknown): string {
  return Array.isArray(list) ? list.map(String).sort().join() : '';
}

function fits(pattern: RegExp | undefined, value: unknown): boolean {
  return pattern === undefined || pattern.test(JSON.stringify(value, exact) ?? 'undefined');
}

function exact(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
