/**
 * Runs in the guest, under --expose-gc. Makes ioctls by the executor's own function, and watches the bytes around each
 * payload: of one half in memory where every byte around them is known, of the other on the heap, between neighbours, while
 * garbage is collected.
 *
 * Its arguments: how many ioctls, the seed, a backing device. Its last line is a Report.
 */
import { readFileSync } from 'node:fs';
import { loadSystem } from '../../../executor/system.ts';
import { Random } from '../../fuzz/random.ts';
import {
  type Bytes,
  bare,
  CLEAR,
  CREATE,
  DEPS,
  F_SUSPEND,
  LIST_DEVICES,
  LIST_VERSIONS,
  LOAD,
  query,
  REMOVE,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  table,
  VERSION,
} from '../../unit/executor/payloads.ts';
import { watchedMemory } from './canaries.ts';

export interface Report {
  ioctls: number;
  collections: number;
  /** Bytes that were not what they had been, by where. */
  touched: number;
  failed: number;
  /** The most memory that this process had, in KiB. */
  peakKiB: number;
}

const [COUNT, SEED] = process.argv.slice(2, 4).map(Number) as [number, number];
const BACKING = process.argv[4]!;
const NEIGHBOURS = 8;
const COLLECT_EVERY = 500;
const MARK = 0x5a;

const random = new Random(SEED);
const device = { uuid: 'DMPLAN-MEMORY' };
const ROOMS = [0, 8, 16, 40, 100, 512, 4096];

/** A call that succeeds, whatever was called before; an answer may well be longer than its room. */
function randomCall(): [command: number, payload: Bytes] {
  const room = random.pick(ROOMS);
  switch (random.below(12)) {
    case 0:
      return [VERSION, bare()];
    case 1:
    case 2:
      return [LIST_DEVICES, query({}, room)];
    case 3:
      return [LIST_VERSIONS, query({}, room)];
    case 4:
    case 5:
      return [TABLE_STATUS, query({ ...device, flags: random.pick([0, 0x10]) }, room)];
    case 6:
      return [DEPS, query(device, room)];
    case 7:
      return [LOAD, table(device, [[0, 8, 'linear', `${BACKING} ${8 * random.below(64)}`]])];
    case 8:
      return [CLEAR, bare(device)];
    case 9:
      return [SUSPEND, bare({ ...device, flags: random.pick([0, F_SUSPEND]) })];
    default:
      return [STATUS, bare(device)];
  }
}

const neighbour = (size: number): Uint8Array => new Uint8Array(size).fill(MARK);

async function run(): Promise<Report> {
  const { ioctl } = await loadSystem();
  const memory = watchedMemory();
  const report: Report = { ioctls: 0, collections: 0, touched: 0, failed: 0, peakKiB: 0 };
  const call = (command: number, payload: Bytes): void => {
    report.ioctls++;
    if (ioctl(command, payload) !== 0) report.failed++;
  };
  call(CREATE, bare({ name: 'memory', ...device }));
  call(LOAD, table(device, [[0, 8, 'linear', `${BACKING} 0`]]));
  call(SUSPEND, bare(device));
  let neighbours: Uint8Array[] = [];
  while (report.ioctls < COUNT) {
    const [command, payload] = randomCall();
    if (random.chance(2)) {
      call(command, memory.hold(payload));
      report.touched += memory.touched(payload.length);
    } else {
      neighbours.push(neighbour(payload.length));
      const own = new Uint8Array(payload);
      neighbours.push(neighbour(payload.length));
      call(command, own);
    }
    const collects = report.ioctls % COLLECT_EVERY === 0;
    if (collects) {
      globalThis.gc!();
      report.collections++;
    }
    if (neighbours.length < NEIGHBOURS && !collects) continue;
    report.touched += neighbours.filter((bytes) => bytes.some((byte) => byte !== MARK)).length;
    neighbours = [];
  }
  call(SUSPEND, bare(device));
  call(REMOVE, bare(device));
  report.peakKiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return report;
}

run().then((report) => console.log(JSON.stringify(report)));
