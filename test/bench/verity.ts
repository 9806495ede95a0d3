/**
 * Throughput of formatting against veritysetup's, on the same file in page cache, in one run: ratios, not absolute figures.
 *
 *   npm run build && npx esbuild test/bench/verity.ts | node --input-type=module - [MiB] [rounds]
 *
 * The programs take turns, so that a busy machine slows both; the best round of each counts. CPU time, which other
 * people's work does not change, is told beside wall time.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const size = Number(process.argv[2] ?? 1024);
const rounds = Number(process.argv[3] ?? 3);
const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'dmplan-bench-'));
const data = join(folder, 'data');
const hash = join(folder, 'hash');
const main = 'dist/cli.js';

interface Taken {
  wall: number;
  cpu: number;
  memory: number;
}

/** Runs a program under GNU time: wall and CPU time in seconds, the most memory in MiB. */
function time(command: string[]): Taken {
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', ...command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  const [wall, user, system, memory] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return { wall, cpu: user + system, memory: memory / 1024 };
}

const flags = ['--salt=abcd', '--uuid=00000000-0000-0000-0000-000000000000'];
const ours = (threads: number): string[] => [
  ...[process.execPath, main, 'verity', 'format', data, hash, ...flags],
  ...['--threads', String(threads)],
];
const PROGRAMS: Record<string, string[]> = {
  veritysetup: ['/sbin/veritysetup', 'format', data, hash, ...flags],
  'dmplan, 1 thread': ours(1),
  'dmplan, 2 threads': ours(2),
};

try {
  const file = openSync(data, 'w');
  const block = Buffer.from(Uint8Array.from({ length: MIB }, (_, at) => (at * 167) >> 3));
  for (let at = 0; at < size; at++) writeSync(file, block);
  closeSync(file);
  execFileSync('cat', [data], { stdio: 'ignore', maxBuffer: 1 });
  const best = new Map<string, Taken>();
  const trees = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(PROGRAMS)) {
      rmSync(hash, { force: true });
      const taken = time(command);
      trees.add(readFileSync(hash).toString('latin1'));
      const before = best.get(name);
      const least = (key: keyof Taken): number => Math.min(taken[key], before?.[key] ?? Infinity);
      best.set(name, { wall: least('wall'), cpu: least('cpu'), memory: Math.max(taken.memory, before?.memory ?? 0) });
    }
  }
  if (trees.size !== 1) throw new Error('the programs made different trees');
  const reference = best.get('veritysetup')!;
  for (const [name, { wall, cpu, memory }] of best) {
    const rate = (size / wall).toFixed(0);
    const ratio = (reference.wall / wall).toFixed(2);
    console.log(
      `${name.padEnd(18)} ${rate.padStart(6)} MiB/s  x${ratio}  cpu ${cpu.toFixed(2)} s  memory ${memory.toFixed(0)} MiB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
