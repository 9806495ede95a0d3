/**
 * The cases of the conformance pack: what golden files, bad requests, the targets' grammar by example and recorded replies
 * already hold, as calls of the planner. Nothing is made up here.
 */
import { ACTIONS } from '../../assembly/tables/actions.ts';
import { TARGETS } from '../../assembly/tables/targets/index.ts';
import { COMMANDS } from '../../src/commands.ts';
import { loadPlanner } from '../../src/index.ts';
import { encode } from '../../src/planner/codec.ts';
import { caseOf, type Case as GoldenFile } from '../golden/case.ts';
import { REQUESTS } from '../golden/requests.ts';
import { type DmsetupRun, readVector } from '../peers/vectors.ts';
import { LAYOUT_EXAMPLES } from '../unit/layout/examples.ts';
import { smallest } from '../unit/planner/actions.ts';
import { BAD_REQUESTS, SUPERBLOCK, superblock } from '../unit/planner/bad-requests.ts';
import type { Accepted, Refused } from '../unit/planner/cases/case.ts';
import { type Call, encoded } from '../unit/planner/harness.ts';
import { pack } from '../unit/planner/pack.ts';
import { reply } from '../unit/planner/replies.ts';
import { ACCEPTED, REFUSED } from '../unit/planner/target-cases.ts';

/** A call, and what its source says about the answer. */
export interface Case {
  id: string;
  call: Call;
  request: Uint8Array;
  /** The error's name and the path to what is wrong; `digest`: the SHA-256 of a plan. Without either: no error. */
  error?: { name: string; path: string };
  digest?: string;
}

/** The recorded kernels whose replies are decoded. */
const KERNELS = ['6.1.176', '6.12.101', '7.2.7'];

const HEADER_SIZE = 312;

const planner = await loadPlanner();

/** The golden files: every request as the library encodes it, and every payload of its plan explained. */
async function golden(): Promise<Case[]> {
  const cases = Object.entries(REQUESTS).map(async ([name, request]): Promise<Case[]> => {
    const recorded = await caseOf(planner, request);
    const id = `golden/${name}`;
    const plan: Case = { id, call: 'plan', request: encode({ v: 1, ...request }), ...expectedOf(recorded) };
    if (recorded.error) return [plan];
    const inspected = planner.plan(request).steps.map(
      ({ command, payload }, index): Case => ({
        id: `${id}/inspect-${index}`,
        call: 'inspect',
        request: encode({ command: COMMANDS[command], payload }),
      }),
    );
    return [plan, ...inspected];
  });
  return (await Promise.all(cases)).flat();
}

function expectedOf({ digest, error }: GoldenFile): Pick<Case, 'digest' | 'error'> {
  return error ? { error: { name: error.code, path: error.path ?? '' } } : { digest: digest! };
}

/** The smallest request of every action, and of every question that is no plan. */
function actions(): Case[] {
  const questions = Object.entries(LAYOUT_EXAMPLES).map(([kind, fields]): [string, object] => [
    `layout-${kind}`,
    { v: 1, action: 'layout', kind, ...fields },
  ]);
  const requests: [string, unknown][] = [
    ...ACTIONS.map((action): [string, unknown] => [action.name, smallest(action)]),
    ...questions,
    ['verity_superblock', SUPERBLOCK],
  ];
  return [
    ...requests.map(([name, request]): Case => ({ id: `action/${name}`, call: 'plan', request: pack(request) })),
    { id: 'action/decode-superblock', call: 'decode', request: pack({ superblock: superblock() }) },
  ];
}

/** Every target's grammar by example, from fields and from dmsetup's text. */
function targets(): Case[] {
  return [...ACCEPTED, ...REFUSED].flatMap((example) => {
    const { type, length, what, fields, params } = example;
    const text = ('text' in example && example.text) || params;
    const forms: [string, object][] = [
      ['targets', { targets: [{ type, length, ...fields }] }],
      ['table', { table: `0 ${length} ${type} ${text}` }],
    ];
    return forms.map(
      ([form, table]): Case => ({
        id: `target/${type}/${slug(what)}/${form}`,
        call: 'plan',
        request: pack({ v: 1, action: 'load', name: 'x', ...readOnly(type), ...table }),
        ...refusal(example, form),
      }),
    );
  });
}

function readOnly(type: string): object {
  return TARGETS.find((target) => target.type === type)?.readOnly ? { readOnly: true } : {};
}

function refusal(example: Accepted | Refused, form: string): Pick<Case, 'error'> {
  return 'name' in example ? { error: { name: example.name, path: `${form}[0].${example.path}` } } : {};
}

function badRequests(): Case[] {
  return BAD_REQUESTS.map(({ what, call, request, name, path }) => ({
    id: `bad/${call}/${slug(what)}`,
    call,
    request: encoded(request),
    error: { name, path },
  }));
}

/** The shortest reply to every command, asked for by its name. */
function headers(): Case[] {
  return Object.keys(COMMANDS).map((command) => ({
    id: `reply/header/${command}`,
    call: 'decode',
    request: pack({ command, payload: reply({ name: 'data' }) }),
  }));
}

/** What real kernels answered to dmsetup, read and explained. */
function replies(): Case[] {
  return KERNELS.flatMap((kernel) => {
    const { runs } = JSON.parse(readVector(`dmsetup-${kernel}.json`)) as { runs: DmsetupRun[] };
    return runs.flatMap(({ argv, ioctls }, run) =>
      ioctls
        .filter(({ ret }) => ret === 0)
        .flatMap(({ request, out }, index) => {
          const exchange = { command: Number(request) & 0xff, payload: used(Buffer.from(out.hex, 'hex')) };
          const id = `reply/${kernel}/${run}-${slug(argv[0] ?? '')}-${index}`;
          return [
            { id: `${id}/decode`, call: 'decode' as const, request: pack(exchange) },
            { id: `${id}/inspect`, call: 'inspect' as const, request: pack({ ...exchange, reply: true }) },
          ];
        }),
    );
  });
}

/** A recorded reply up to where its header says that it ends: the buffer behind it held nothing. */
function used(bytes: Buffer): Buffer {
  const size = Math.max(HEADER_SIZE, bytes.readUInt32LE(12));
  return Buffer.concat([bytes, Buffer.alloc(size)]).subarray(0, size);
}

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-|-$/g, '');
}

/** Every case once: of calls with the same bytes the first is kept. Ids are made different by a number. */
export async function cases(): Promise<Case[]> {
  const all = [...(await golden()), ...actions(), ...targets(), ...badRequests(), ...headers(), ...replies()];
  const calls = new Set<string>();
  const ids = new Map<string, number>();
  return all
    .filter(({ call, request }) => {
      const key = `${call} ${Buffer.from(request).toString('hex')}`;
      return !calls.has(key) && calls.add(key);
    })
    .map((each) => {
      const seen = (ids.get(each.id) ?? 0) + 1;
      ids.set(each.id, seen);
      return seen === 1 ? each : { ...each, id: `${each.id}-${seen}` };
    });
}
