/**
 * Runs in the guest. Connections break off at every byte of a frame; then clients of one executor ask, all at once, for
 * plans over the same few devices, for pings and cancels, more than it takes at times, and end and come again; every request
 * has to be answered once, by its own id.
 *
 * Its arguments: how many seconds, how many clients, the seed, the executor, a backing device. Its last line is a Report.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSystem } from '../../../executor/system.ts';
import {
  applyFrame,
  cancelFrame,
  type Message,
  MessageReader,
  pingFrame,
  type Result,
} from '../../../src/client/messages.ts';
import { Random } from '../../fuzz/random.ts';
import {
  bare,
  CREATE,
  encode,
  F_SUSPEND,
  LIST_DEVICES,
  LOAD,
  map,
  type PlanSteps,
  query,
  REMOVE,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  table,
  text,
  VERSION,
} from '../../unit/executor/payloads.ts';
import { names, removeAll } from './devices.ts';
import { startVictim } from './victim.ts';

export interface Report {
  requests: number;
  /** By how they were answered: a message's type, or an error's name. */
  answers: Record<string, number>;
  connections: number;
  /** Connections that ended inside a frame, before all others. */
  broken: number;
  /** The executor's memory at first, at the end, and the most that it ever had, in KiB; its descriptors at first and at last. */
  residentKiB: [number, number];
  peakKiB: number;
  descriptors: [number, number];
  exit: number | string;
  wrong: string[];
}

const [SECONDS, CLIENTS, SEED] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const [EXECUTOR, BACKING] = process.argv.slice(5) as [string, string];
const SOCKET = '/run/clients.sock';
const DEVICES = [0, 1, 2, 3].map((n) => ({ name: `shared${n}`, uuid: `DMPLAN-SHARED-${n}` }));
const DEADLINE_MS = 5000;
const PATIENCE_MS = 60_000;
/** What a plan over a device that another client takes away may be answered with. */
const EXPECTED = ['ioctl_failed', 'cancelled', 'busy', 'deadline_exceeded'];

const random = new Random(SEED);
const report: Report = {
  requests: 0,
  answers: {},
  connections: 0,
  broken: 0,
  residentKiB: [0, 0],
  peakKiB: 0,
  descriptors: [0, 0],
  exit: 0,
  wrong: [],
};
const complain = (what: string): void => {
  if (report.wrong.length < 20) report.wrong.push(what);
};

function randomSteps(): PlanSteps {
  const { name, uuid } = random.pick(DEVICES);
  const load: PlanSteps[number] = [LOAD, table({ uuid }, [[0, 8, 'linear', `${BACKING} ${8 * random.below(64)}`]])];
  const [suspend, resume]: PlanSteps = [
    [SUSPEND, bare({ uuid, flags: F_SUSPEND })],
    [SUSPEND, bare({ uuid })],
  ];
  switch (random.below(8)) {
    case 0:
    case 1:
      return [[CREATE, bare({ name, uuid })], load, resume!];
    case 2:
      return [[REMOVE, bare({ uuid })]];
    case 3:
      return [load, suspend!, resume!];
    case 4:
      return [suspend!, resume!];
    case 5:
      return [[LIST_DEVICES, query({}, 4096)]];
    case 6:
      return [
        [STATUS, bare({ uuid })],
        [TABLE_STATUS, query({ uuid }, 512)],
      ];
    default:
      return DEVICES.map((device): PlanSteps[number] => [STATUS, bare({ name: device.name })]);
  }
}

type Answer = Exclude<Message, { type: 'hello' }>;

function checkAnswer(message: Answer, asked: PlanSteps | 'ping'): void {
  const kind = message.type === 'error' ? message.name : message.type;
  report.answers[kind] = (report.answers[kind] ?? 0) + 1;
  if ((asked === 'ping') !== (message.type === 'pong')) complain(`${kind} to ${asked}`);
  if (message.type === 'result') checkResult(message, asked as PlanSteps);
  if (message.type === 'error' && !EXPECTED.includes(message.name)) complain(JSON.stringify(message));
}

/** The answer has a reply for each step, of the device that the step named. */
function checkResult({ replies }: Result, steps: PlanSteps): void {
  if (replies.length !== steps.length) complain(`${replies.length} replies to ${steps.length} steps`);
  for (const [index, [command, payload]] of steps.entries()) {
    if (command === LIST_DEVICES) continue;
    for (const offset of [48, 176]) {
      const asked = text(payload, offset);
      const reply = replies[index];
      if (asked !== '' && reply !== undefined && text(reply, offset) !== asked)
        complain(`a reply about another than ${asked}`);
    }
  }
}

/** One connection, until `over`, and then until everything is answered. */
async function converse(over: () => boolean): Promise<void> {
  const socket: Socket = connect(SOCKET);
  report.connections++;
  const pending = new Map<number, PlanSteps | 'ping'>();
  const reader = new MessageReader();
  let wake: () => void = () => {};
  let closed = false;
  let greeted = false;

  function receive(message: Answer): void {
    const asked = pending.get(message.id ?? -1);
    if (asked !== undefined) {
      pending.delete(message.id!);
      checkAnswer(message, asked);
    } else complain(`doubled or never asked: ${JSON.stringify(message)}`);
  }

  socket.on('data', (chunk) => {
    for (const message of reader.push(chunk)) {
      if (message.type === 'hello') greeted = true;
      else receive(message);
    }
    wake();
  });
  socket.on('error', (error) => complain(`connection: ${error.message}`));
  socket.on('close', () => {
    closed = true;
    wake();
  });
  const until = async (wanted: () => boolean): Promise<void> => {
    const begun = performance.now();
    while (!wanted() && !closed && performance.now() - begun < PATIENCE_MS)
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), sleep(1000)]);
  };

  await until(() => greeted);
  let id = 0;
  const last = 50 + random.below(500);
  while (!over() && !closed && id < last) {
    const burst = random.chance(20) ? 24 : 1 + random.below(4);
    for (let i = 0; i < burst; i++) {
      id++;
      report.requests++;
      if (random.chance(8)) {
        socket.write(pingFrame(id));
        pending.set(id, 'ping');
        continue;
      }
      const steps = randomSteps();
      pending.set(id, steps);
      const deadline = random.chance(6) ? 1 + random.below(20) : DEADLINE_MS;
      socket.write(applyFrame(id, encode(map({ v: 1, steps })), deadline));
      if (random.chance(10)) socket.write(cancelFrame(++id, id - 1));
    }
    const most = random.below(6);
    await until(() => pending.size <= most);
  }
  // What was asked before the end of the input is answered all the same.
  socket.end();
  await until(() => closed);
  if (!closed) complain('a connection that did not end');
  if (pending.size > 0) complain(`${pending.size} requests without an answer`);
}

/** A connection that ends behind a part of a frame: nothing is done, and it is closed. */
async function breakOff(part: Uint8Array): Promise<void> {
  const socket = connect(SOCKET);
  const reader = new MessageReader();
  const said: Message[] = [];
  socket.on('data', (chunk) => void said.push(...reader.push(chunk)));
  socket.end(part);
  await once(socket, 'close');
  if (said.length !== 1) complain(`${part.length} bytes of a frame were answered ${JSON.stringify(said.slice(1))}`);
  report.broken++;
}

/** The first plan: the worker thread is up behind it, and has opened the control node. */
async function askVersion(): Promise<void> {
  const socket = connect(SOCKET).resume();
  socket.end(applyFrame(1, encode(map({ v: 1, steps: [[VERSION, bare()]] }))));
  await once(socket, 'close');
}

/** Ends the input at every byte of a frame that creates a device. */
async function breakOffEverywhere(): Promise<void> {
  const frame = applyFrame(1, encode(map({ v: 1, steps: [[CREATE, bare(DEVICES[0])]] })));
  for (let at = 1; at < frame.length; at++) await breakOff(frame.subarray(0, at));
}

/** VmRSS or VmHWM, in KiB. */
function memoryOf(pid: number, field: string): number {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function run(): Promise<void> {
  const args = ['--listen', SOCKET, '--policy', 'own:DMPLAN-', '--journal', '/run/clients'];
  const executor = startVictim(EXECUTOR, args);
  const pid = executor.process.pid!;
  while (!executor.log().includes('"event":"ready"') || !readdirSync('/run').includes('clients.sock')) await sleep(20);
  const descriptors = (): number => readdirSync(`/proc/${pid}/fd`).length;
  await askVersion();
  for (let last = 0; last !== descriptors(); await sleep(500)) last = descriptors();
  report.descriptors[0] = descriptors();
  report.residentKiB[0] = memoryOf(pid, 'VmRSS');
  await breakOffEverywhere();
  const { ioctl } = await loadSystem();
  if (names(ioctl).length > 0) complain('half a frame made a device');
  const begun = performance.now();
  const over = (): boolean => performance.now() - begun > SECONDS * 1000;
  const talk = async (): Promise<void> => {
    while (!over()) await converse(over);
  };
  await Promise.all(Array.from({ length: CLIENTS }, talk));
  for (let tries = 0; tries < 50 && descriptors() > report.descriptors[0]; tries++) await sleep(20);
  report.descriptors[1] = descriptors();
  report.peakKiB = memoryOf(pid, 'VmHWM');
  report.residentKiB[1] = memoryOf(pid, 'VmRSS');
  executor.process.kill('SIGTERM');
  report.exit = await executor.ended;
  removeAll(ioctl);
  for (const { name } of DEVICES) rmSync(`/dev/mapper/${name}`, { force: true });
  console.log(JSON.stringify(report));
}

run();
