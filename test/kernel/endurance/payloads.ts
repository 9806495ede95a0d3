/**
 * Runs in the guest. Gives the kernel random payloads that the executor's byte rules accept, in memory of which every byte
 * around them is watched, and holds each table that is loaded against the devices that its words say.
 *
 * Its arguments: how many accepted payloads, the seed. Its last line is a Report. It makes nodes in /dev, and takes them away.
 */
import { execFileSync } from 'node:child_process';
import { statSync, symlinkSync, unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { brokenRule } from '../../../executor/rules.ts';
import { loadSystem } from '../../../executor/system.ts';
import { Random } from '../../fuzz/random.ts';
import { LOAD, text } from '../../unit/executor/payloads.ts';
import { faultsOf } from '../../unit/executor/reading.ts';
import { watchedMemory } from './canaries.ts';
import { dependencies, F_QUERY_INACTIVE, names, numberOf, removeAll } from './devices.ts';
import { deviceWords, mayOpen, ODD_NODES, randomPayload, takesMuchMemory } from './generated.ts';

export interface Report {
  made: number;
  accepted: number;
  /** How often each command was done, and how often each errno came. */
  done: Record<string, number>;
  errnos: Record<string, number>;
  /** Tables whose open devices were compared. */
  compared: number;
  wrong: string[];
}

const [COUNT, SEED] = process.argv.slice(2).map(Number) as [number, number];
/** Calls after which everything is taken away, so that there is always something to create. */
const SWEEP = 1000;
const { EFAULT, ENOTTY } = constants.errno;

/** The number of the block device that the word means, as node's own functions find it. */
function meaning(word: string): string | undefined {
  if (!word.startsWith('/')) return /^\d+:\d+$/.test(word) ? word : undefined;
  const stats = statSync(Buffer.from(word, 'latin1'), { throwIfNoEntry: false });
  return stats?.isBlockDevice() ? numberOf(stats.rdev) : undefined;
}

async function run(): Promise<Report> {
  const random = new Random(SEED);
  const { ioctl } = await loadSystem();
  const memory = watchedMemory();
  const report: Report = { made: 0, accepted: 0, done: {}, errnos: {}, compared: 0, wrong: [] };
  for (const node of ODD_NODES) execFileSync('mknod', [node, 'b', '7', '1']);
  symlinkSync('/dev/loop1', '/dev/link');

  for (; report.accepted < COUNT; report.made++) {
    const [command, made] = randomPayload(random);
    if (brokenRule(command, made) !== null || (command === LOAD && takesMuchMemory(made))) continue;
    const bytes = made.slice();
    const complain = (what: string): void =>
      void report.wrong.push(`${what}: command ${command}: ${Buffer.from(bytes).toString('base64')}`);
    const faults = faultsOf(command, bytes);
    if (faults.length > 0) complain(`accepted with ${faults}`);
    const payload = memory.hold(bytes);
    const errno = ioctl(command, payload);
    if (memory.touched(bytes.length) > 0) complain('bytes around the payload were written');
    if (errno === EFAULT || errno === ENOTTY) complain(`errno ${errno}`);
    if (errno === 0) report.done[command] = (report.done[command] ?? 0) + 1;
    else report.errnos[errno] = (report.errnos[errno] ?? 0) + 1;
    if (command === LOAD && errno === 0) {
      const numbers = (words: string[]) => [...new Set(words.map((word) => meaning(word) ?? word))];
      const meant = numbers(deviceWords(bytes)).sort();
      const more = numbers(mayOpen(bytes)).filter((number) => !meant.includes(number));
      const all = dependencies(ioctl, text(payload, 48), F_QUERY_INACTIVE);
      const opened = all.filter((number) => !more.includes(number));
      if (meant.join() !== opened.join()) complain(`means ${meant}, opened ${opened}`);
      report.compared++;
    }
    if (++report.accepted % SWEEP === 0) removeAll(ioctl);
  }
  removeAll(ioctl);
  const left = names(ioctl);
  if (left.length > 0) report.wrong.push(`left: ${left}`);
  for (const node of [...ODD_NODES, '/dev/link']) unlinkSync(node);
  return report;
}

run().then((report) => console.log(JSON.stringify({ ...report, wrong: report.wrong.slice(0, 20) })));
