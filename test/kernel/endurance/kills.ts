/**
 * Runs in the guest. Kills an executor with SIGKILL, again and again, in the middle of plans over several devices, and
 * holds what the next one finds and leaves against the plans: each device is as it was before the plan that was running, or
 * as it is behind it.
 *
 * Its arguments: how many kills, the seed, the executor, the executor with faults, a backing device. Its last line is a Report.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import koffi from 'koffi';
import { abandoned } from '../../../executor/journal.ts';
import { createNodes } from '../../../executor/nodes.ts';
import { type Control, openControl } from '../../../executor/system.ts';
import { type Ioctl, recover } from '../../../executor/undo.ts';
import { applyFrame } from '../../../src/client/messages.ts';
import { Random } from '../../fuzz/random.ts';
import {
  bare,
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

/** The number of plans after which the devices are as they are now; -1 where it is none. */
function findPlan(states: State[], before: State[], plans: Plan[], answered: number): number {
  for (let done = answered; done <= plans.length; done++) {
    const behind = done === 0 ? before : plans[done - 1]!.after;
    const next = plans[done];
    const fits = states.every(
      (state, device) =>
        isDeepStrictEqual(state, behind[device]) || (next?.torn && isDeepStrictEqual(state, next.after[device])),
    );
    if (fits) return done;
  }
  return -1;
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

async function run(): Promise<Report> {
  const random = new Random(Number(SEED));
  const control = await openControl();
  const { ioctl } = control;
  mkdirSync(JOURNAL, { recursive: true });
  makeForeign(ioctl);
  const foreign = foreignState(ioctl);
  const where: Record<string, number> = {};
  const wrong: string[] = [];
  const [starts, restarts, recoveries]: [number[], number[], number[]] = [[], [], []];
  let before: State[] = DEVICES.names.map(() => null);
  let plans: Plan[] = [];
  let answered = 0;
  let owed: Debt[] = [];
  let kills = 0;
  let owing = 0;
  /** How long all plans of one executor last, in microseconds, which the first is left alone to tell. */
  let span = 0;
  let startup = 0;

  for (let round = 0; kills < Number(KILLS); round++) {
    const byCall = round % 2 === 1;
    const here = owed.length > 0 && random.chance(4);
    if (here) recoveries.push(recoverHere(control));
    const victim = start(byCall ? FAULTY : EXECUTOR);
    if (startup > 0 && random.chance(6)) {
      usleep(Math.floor(startup * 1000 * (0.3 + random.below(900) / 1000)));
      victim.process.kill('SIGKILL');
      await victim.ended;
      kills++;
      where.start = (where.start ?? 0) + 1;
      continue;
    }
    const ready = await victim.ready;
    if (ready === undefined) throw new Error(`no hello: ${victim.log()}`);
    (owed.length > 0 && !here ? restarts : starts).push(ready);
    startup ||= ready;

    const states = statesOf(ioctl);
    const complain = (what: string): void =>
      void wrong.push(
        `kill ${kills}: ${what}: ${JSON.stringify({ before, plans: plans.map(({ what }) => what), answered, owed, states, log: victim.log() })}`,
      );
    if (findPlan(states, before, plans, answered) < 0) complain('a device is neither as before nor as behind the plan');
    for (const { command, name } of owed) {
      const state = states[DEVICES.names.indexOf(name)];
      if (command === REMOVE && state) complain(`${name} is left`);
      if (command === SUSPEND && state?.suspended) complain(`${name} is left suspended`);
    }
    if (foreignState(ioctl) !== foreign) complain('a foreign device was touched');
    const unknown = names(ioctl).filter((name) => !DEVICES.names.includes(name) && !FOREIGN.includes(name));
    if (unknown.length > 0) complain(`unknown devices ${unknown}`);

    before = states;
    plans = randomPlans(random, DEVICES, before, PLANS);
    if (byCall) {
      victim.send(frameOf(1, [[VERSION, bare({ name: `k${1 + random.below(CALLS)}=9` })]]));
      await victim.until((messages) => messages.length > 1);
    }
    const said = victim.messages.length;
    const begun = performance.now();
    victim.send(...plans.map(({ steps }, index) => frameOf(index + 2, steps)));
    if (byCall || span === 0) {
      await victim.until((messages) => messages.length === said + plans.length);
      span ||= Math.round((performance.now() - begun) * 1000);
    } else usleep(random.below(span));
    victim.process.kill('SIGKILL');
    await victim.ended;
    kills++;
    const answers = victim.messages.slice(said);
    answered = answers.length;
    for (const answer of answers) if (answer.type !== 'result') complain(`refused: ${JSON.stringify(answer)}`);
    owed = debtsOf();
    if (owed.length > 0) owing++;
    const at = owed.length > 0 ? plans[answered]!.what : 'nothing owed';
    where[at] = (where[at] ?? 0) + 1;
  }
  await sweep(ioctl);
  return {
    kills,
    where,
    owing,
    start: figures(starts),
    restart: figures(restarts),
    recovery: figures(recoveries),
    wrong,
  };
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
