/**
 * Runs in the guest. Kills an executor with SIGKILL, again and again, in the middle of plans over several devices, and
 * holds what the next one finds and leaves against the plans: each device is as it was before the plan that was running, but
 * for an inactive table that had to go, or as it is behind it.
 *
 * Its arguments: how many kills, the seed, the executor, the executor with faults, a backing device. Its last line is a Report.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import koffi from 'koffi';
import { abandoned } from '../../../executor/journal.ts';
import { createNodes } from '../../../executor/nodes.ts';
import type { Control } from '../../../executor/readiness.ts';
import { loadSystem } from '../../../executor/system.ts';
import { type Ioctl, recover } from '../../../executor/undo.ts';
import { applyFrame, type Message } from '../../../src/client/messages.ts';
import { Random } from '../../fuzz/random.ts';
import {
  bare,
  CLEAR,
  CREATE,
  encode,
  F_SUSPEND,
  LOAD,
  map,
  type PlanSteps,
  REMOVE,
  SUSPEND,
  table,
  VERSION,
} from '../../unit/executor/payloads.ts';
import { look, must, names } from './devices.ts';
import { type Devices, type Plan, randomPlans, type State } from './history.ts';
import { startVictim, type Victim } from './victim.ts';

export interface Report {
  kills: number;
  /** By what was running: the plan's word, `start`, or `nothing owed`. */
  where: Record<string, number>;
  /** Kills that left a debt in the journal. */
  owing: number;
  /** Milliseconds from a start to its hello, most of which node takes: with nothing to recover, and with something. */
  start: Figures;
  restart: Figures;
  /** Of the recovery alone, which for some kills is done here by the executor's own functions. */
  recovery: Figures;
  /** What was not as it must be. */
  wrong: string[];
}

export interface Figures {
  count: number;
  median: number;
  worst: number;
}

const [KILLS, SEED, EXECUTOR, FAULTY, BACKING] = process.argv.slice(2) as [string, string, string, string, string];
const JOURNAL = '/run/kills';
const PLANS = 12;
/** What executors must not touch, in the states that recovery looks for. */
const FOREIGN = ['foreign-live', 'foreign-suspended', 'foreign-loaded', 'foreign-empty'];
/** System calls of so many plans; a kill behind a later one is one at rest. */
const CALLS = 60;

const DEVICES: Devices = {
  names: [0, 1, 2, 3].map((n) => `kill${n}`),
  uuids: [0, 1, 2, 3].map((n) => `DMPLAN-KILL-${n}`),
  backing: BACKING,
};

const usleep = koffi.load(null).func('int usleep(uint32_t microseconds)');

function makeForeign(ioctl: Ioctl): void {
  for (const [index, name] of FOREIGN.entries()) {
    must(ioctl, CREATE, bare({ name, uuid: index === 1 ? '' : `LVM-${name}` }));
    const load = (): unknown => must(ioctl, LOAD, table({ name }, [[0, 8, 'linear', `${BACKING} 0`]]));
    if (name === 'foreign-empty') continue;
    load();
    must(ioctl, SUSPEND, bare({ name }));
    if (name !== 'foreign-live') load();
    if (name === 'foreign-suspended') must(ioctl, SUSPEND, bare({ name, flags: F_SUSPEND }));
  }
}

const foreignState = (ioctl: Ioctl): string => JSON.stringify(FOREIGN.map((name) => look(ioctl, name)));

function statesOf(ioctl: Ioctl): State[] {
  const there = names(ioctl);
  return DEVICES.names.map((name) => {
    if (!there.includes(name)) return null;
    const { live, inactive, suspended } = look(ioctl, name);
    return { live, inactive, suspended };
  });
}

interface Debt {
  command: number;
  name: string;
}

/** What is in the journals while nobody runs. */
function debtsOf(): Debt[] {
  const files = readdirSync(JOURNAL).filter((name) => name.startsWith('journal-'));
  return files.flatMap((name) =>
    readFileSync(`${JOURNAL}/${name}`, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Debt),
  );
}

/** What was asked of an executor, and what was known when it was gone. */
interface Asked {
  before: State[];
  plans: Plan[];
  answered: number;
  owed: Debt[];
}

/** Whether the devices are as some number of plans leave them, of those that were answered and those that may have run. */
function isExplained(states: State[], { before, plans, answered, owed }: Asked): boolean {
  const fits = (state: State, as: State, device: number): boolean => {
    // A table that a load replaced does not come back, and none that is inactive outlives the undoing of a suspend.
    const cleared = owed.some(({ command, name }) => command === CLEAR && name === DEVICES.names[device]);
    return (
      isDeepStrictEqual(state, as) || (cleared && as !== null && isDeepStrictEqual(state, { ...as, inactive: null }))
    );
  };
  const history = [before, ...plans.map(({ after }) => after)];
  return history.slice(answered).some((behind, index) => {
    const next = plans[answered + index];
    return states.every(
      (state, device) =>
        fits(state, behind[device]!, device) || (next?.torn === true && fits(state, next.after[device]!, device)),
    );
  });
}

function figures(times: number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const rounded = (time = 0): number => Math.round(time * 10) / 10;
  return { count: sorted.length, median: rounded(sorted[sorted.length >> 1]), worst: rounded(sorted.at(-1)) };
}

/** What an executor does before its hello, in milliseconds. */
function recoverHere({ ioctl, mknod, lock }: Control): number {
  const pause = (milliseconds: number): void => void usleep(milliseconds * 1000);
  const begun = performance.now();
  for (const debts of abandoned(JOURNAL, lock))
    recover({ ioctl, nodes: createNodes({ mknod, pause }), pause, own: '' }, debts);
  return performance.now() - begun;
}

const frameOf = (id: number, steps: PlanSteps): Uint8Array => applyFrame(id, encode(map({ v: 1, steps })));
const start = (program: string): Victim =>
  startVictim(program, ['--stdio', '--policy', 'unrestricted', '--journal', JOURNAL]);

/** What is wrong with the devices that the next executor has left. */
function complaintsOf(ioctl: Ioctl, states: State[], asked: Asked, foreign: string): string[] {
  const wrong: string[] = [];
  if (!isExplained(states, asked)) wrong.push('a device is neither as before nor as behind the plan');
  for (const { command, name } of asked.owed) {
    const state = states[DEVICES.names.indexOf(name)];
    if (command === REMOVE && state) wrong.push(`${name} is left`);
    if (command === SUSPEND && state?.suspended) wrong.push(`${name} is left suspended`);
  }
  if (foreignState(ioctl) !== foreign) wrong.push('a foreign device was touched');
  const unknown = names(ioctl).filter((name) => !DEVICES.names.includes(name) && !FOREIGN.includes(name));
  return unknown.length === 0 ? wrong : [...wrong, `unknown devices ${unknown}`];
}

/** Payloads are too long to be told. */
const withoutSteps = (key: string, value: unknown): unknown => (key === 'steps' ? undefined : value);

async function kill({ process, ended }: Victim): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}

/** When to kill: behind a system call, or after so many microseconds; without either, when all is answered. */
type Moment = { call: number } | { microseconds: number } | 'done';

/** Sends the plans, kills, and gives what was answered, and how long it lived on, in microseconds. */
async function killAt(victim: Victim, plans: Plan[], moment: Moment): Promise<{ answers: Message[]; lived: number }> {
  if (moment !== 'done' && 'call' in moment) {
    victim.send(frameOf(1, [[VERSION, bare({ name: `k${moment.call}=9` })]]));
    await victim.until((messages) => messages.length > 1);
  }
  const said = victim.messages.length;
  const begun = performance.now();
  victim.send(...plans.map(({ steps }, index) => frameOf(index + 2, steps)));
  if (moment !== 'done' && 'microseconds' in moment) usleep(moment.microseconds);
  else await victim.until((messages) => messages.length === said + plans.length);
  const lived = Math.round((performance.now() - begun) * 1000);
  await kill(victim);
  return { answers: victim.messages.slice(said), lived };
}

async function run(): Promise<Report> {
  const random = new Random(Number(SEED));
  const control = await loadSystem();
  const { ioctl } = control;
  mkdirSync(JOURNAL, { recursive: true });
  makeForeign(ioctl);
  const foreign = foreignState(ioctl);
  const where: Record<string, number> = {};
  const count = (what: string): number => (where[what] = (where[what] ?? 0) + 1);
  const wrong: string[] = [];
  const [starts, restarts, recoveries]: [number[], number[], number[]] = [[], [], []];
  let asked: Asked = { before: DEVICES.names.map(() => null), plans: [], answered: 0, owed: [] };
  let kills = 0;
  let owing = 0;
  /** How long all plans of one executor last, in microseconds, and its start, in milliseconds, as the first tells. */
  let [span, startup] = [0, 0];

  for (let round = 0; kills < Number(KILLS); round++, kills++) {
    const byCall = round % 2 === 1;
    const here = asked.owed.length > 0 && random.chance(4);
    if (here) recoveries.push(recoverHere(control));
    const victim = start(byCall ? FAULTY : EXECUTOR);
    if (startup > 0 && random.chance(6)) {
      usleep(Math.floor(startup * (300 + random.below(900))));
      await kill(victim);
      count('start');
      continue;
    }
    const ready = await victim.ready;
    if (ready === undefined) throw new Error(`no hello: ${victim.log()}`);
    (asked.owed.length > 0 && !here ? restarts : starts).push(ready);
    startup ||= ready;

    const before = statesOf(ioctl);
    for (const what of complaintsOf(ioctl, before, asked, foreign))
      wrong.push(
        `kill ${kills}: ${what}: ${JSON.stringify({ ...asked, states: before, log: victim.log() }, withoutSteps)}`,
      );

    const plans = randomPlans(random, DEVICES, before, PLANS);
    const at = { call: 1 + random.below(CALLS), microseconds: random.below(span || 1) };
    const moment = span === 0 ? 'done' : byCall ? { call: at.call } : { microseconds: at.microseconds };
    const { answers, lived } = await killAt(victim, plans, moment);
    span ||= lived;
    for (const answer of answers)
      if (answer.type !== 'result') wrong.push(`kill ${kills}: refused: ${JSON.stringify(answer)}`);
    asked = { before, plans, answered: answers.length, owed: debtsOf() };
    if (asked.owed.length > 0) owing++;
    count(asked.owed.length > 0 ? plans[answers.length]!.what : 'nothing owed');
  }
  await sweep(ioctl);
  const times = { start: figures(starts), restart: figures(restarts), recovery: figures(recoveries) };
  return { kills, where, owing, ...times, wrong: wrong.slice(0, 20) };
}

/** A last executor recovers, and everything that is known is taken away. */
async function sweep(ioctl: Ioctl): Promise<void> {
  const last = start(EXECUTOR);
  await last.ready;
  const left = DEVICES.uuids.filter((_, device) => names(ioctl).includes(DEVICES.names[device]!));
  last.send(
    ...left.map((uuid, index) =>
      frameOf(index, [
        [SUSPEND, bare({ uuid })],
        [REMOVE, bare({ uuid })],
      ]),
    ),
  );
  last.process.stdin!.end();
  await last.ended;
  for (const name of FOREIGN) must(ioctl, REMOVE, bare({ name }));
}

run().then((report) => console.log(JSON.stringify(report)));
