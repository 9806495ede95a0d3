import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootKernel, type Guest } from '../../src/kernel/boot.ts';
import { ensureKernel } from '../../src/kernel/install.ts';
import { kernelRelease } from '../../src/kernel/releases.ts';
import { inTurns, lineThrough, type Middle, middle, ratio } from './measure.ts';
import { type Extent, fitText, type Section, table } from './section.ts';

/** One comparison: medians in nanoseconds, and how many times as fast the planner is. */
interface Comparison {
  rows: number;
  /** Bytes of text. */
  size: number;
  planner: number;
  /** None where libdevmapper refuses the table. */
  libdevmapper?: number;
  ratio?: Middle;
}

/** It allocates no more than 50 MB at once (libdm/mm/dbg_malloc.c); a row takes 64 bytes. */
const MOST_ROWS_OF_LIBDEVMAPPER = 750_000;

/** The library beside the planner that it holds: medians of CPU time in nanoseconds. */
interface Overhead {
  form: keyof typeof FORMS;
  rows: number;
  planner: number;
  library: number;
}

/** How a table is given to the library. */
const FORMS = { text: 'text bytes', string: 'text', typed: 'typed targets' } as const;

interface Figures {
  text: Comparison[];
  library: Overhead[];
  /** Nanoseconds of CPU time to compile and instantiate the module, in processes that have never seen it. */
  loading: Middle;
}

/** `npm run` starts in the package's folder; the bundle of this file lies elsewhere. */
const ROOT = process.cwd();

/**
 * A table's text to the complete TABLE_LOAD payload: the planner with all of its checks, and a C program on
 * libdevmapper without the kernel's part. Both in the same throwaway kernel, in turns, so that neither has a quieter time.
 */
async function compareText(rows: number, rounds: number): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'dmplan-bench-'));
  try {
    execFileSync('cc', ['-O2', '-o', join(folder, 'libdm-load'), join(ROOT, 'test/bench/libdm-load.c'), '-ldevmapper']);
    copyFileSync(join(ROOT, 'test/bench/planner.mjs'), join(folder, 'planner.mjs'));
    copyFileSync(join(ROOT, 'dist/planner.wasm'), join(folder, 'planner.wasm'));
    const text = tableOf(rows);
    writeFileSync(join(folder, 'table'), text);
    const kernel = await ensureKernel(kernelRelease('6.1'), { install: true });
    const guest = await bootKernel({ kernel, readable: [folder], memory: '2G' });
    try {
      const times = Math.max(6, Math.min(5_000, Math.ceil(100_000 / rows)));
      const planner = () =>
        timesOf(guest, `node ${folder}/planner.mjs ${folder}/planner.wasm ${folder}/table ${times}`);
      const libdevmapper = () => timesOf(guest, `${folder}/libdm-load ${folder}/table ${times}`);
      const refuses = rows > MOST_ROWS_OF_LIBDEVMAPPER;
      const taken: { planner: number[]; libdevmapper?: number[] } = refuses
        ? await inTurns({ planner }, rounds)
        : await inTurns({ planner, libdevmapper }, rounds);
      const alone = { rows, size: text.length, planner: middle(taken.planner).median };
      if (!taken.libdevmapper) return alone;
      const beside = middle(taken.libdevmapper).median;
      return { ...alone, libdevmapper: beside, ratio: ratio(taken.libdevmapper, taken.planner) };
    } finally {
      await guest.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The median of what a program tells of its rounds, of which the first is warm-up: compiling, growing, faulting in. */
async function timesOf(guest: Guest, command: string): Promise<number> {
  const { code, stdout, stderr } = await guest.run(command, { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
  const rounds = stdout.trim().split('\n').slice(1);
  return middle(rounds.map((line) => Number(line.split(' ')[0]))).median;
}

function tableOf(rows: number): string {
  return Array.from({ length: rows }, (_, i) => `${i * 8} 8 linear 253:${i % 1000} ${i * 16}\n`).join('');
}

/** A table in one of its forms, from the request object to the plan object. */
function overheadOf(form: Overhead['form'], rows: number): Overhead {
  const calls = Math.max(1, Math.ceil(20_000 / rows));
  const rounds = rows < 1_000_000 ? 8 : 4;
  const program = ['dist/src', 'dist/planner.wasm', form, String(rows), String(calls), String(rounds)];
  const told = execFileSync(process.execPath, ['test/bench/library.mjs', ...program], { encoding: 'utf8' });
  const taken = told
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ').map(Number) as [number, number]);
  const median = (of: 0 | 1): number => middle(taken.map((round) => round[of])).median;
  return { form, rows, planner: median(0), library: median(1) };
}

async function loadingTime(rounds: number): Promise<Middle> {
  const program = ['test/bench/loading.mjs', 'dist/planner.wasm'];
  const once = () => Number(execFileSync(process.execPath, program, { encoding: 'utf8' }));
  return middle((await inTurns({ once }, rounds)).once);
}

async function run({ short, rounds }: Extent): Promise<Figures> {
  const text: Comparison[] = [];
  for (const size of short ? [10_000] : [1, 10, 1_000, 100_000, 500_000, 1_000_000])
    text.push(await compareText(size, Math.min(rounds, short ? 3 : 7)));
  const library = (Object.keys(FORMS) as (keyof typeof FORMS)[]).flatMap((form) =>
    (short ? [1, 1_000] : [1, 10, 1_000, 100_000, 1_000_000]).map((size) => overheadOf(form, size)),
  );
  return { text, library, loading: await loadingTime(Math.min(rounds, short ? 5 : 21)) };
}

function page({ text, library, loading }: Figures): string {
  const perRow = (nanoseconds: number, rows: number): string => `${(nanoseconds / rows).toFixed(0)} ns`;
  const rows = text.map(({ rows, size, planner, libdevmapper, ratio: compared }) => [
    rows.toLocaleString('en'),
    compared ? `**${compared.median.toFixed(2)}** (${compared.low.toFixed(2)} to ${compared.high.toFixed(2)})` : '',
    perRow(planner, rows),
    libdevmapper === undefined ? 'refused: more than 50 MB' : perRow(libdevmapper, rows),
    `${((size / planner) * 1000).toFixed(0)} MB/s`,
  ]);
  return `A table's text, in memory, to the complete payload of TABLE_LOAD, all checks on, beside a C program that does the same with
libdevmapper (\`test/bench/libdm-load.c\`: its parsing, adding and marshalling; the ioctl is taken out). Both run in the
throwaway kernel, where libdevmapper finds its control device.

${table(['linear targets', 'times as fast', 'planner, a row', 'libdevmapper, a row', 'text'], rows)}
${text.length > 1 ? fitsText(text) : ''}
${libraryPage(library)}
Loading the planner, compiling and instantiating its module in a process that has never seen it, takes
**${(loading.median / 1e6).toFixed(2)} ms** of CPU time (${(loading.low / 1e6).toFixed(2)} to ${(loading.high / 1e6).toFixed(2)}).
`;
}

/** A table of one row is the start of a call, and far from any line. */
function fitsText(text: Comparison[]): string {
  const line = (of: 'planner' | 'libdevmapper'): string => {
    const points = text.flatMap((each) =>
      each[of] === undefined ? [] : [[each.rows / 1000, each[of] / 1e6] as const],
    );
    return fitText(lineThrough(points), 'ms', 'a thousand rows');
  };
  return `Straight lines: planner ${line('planner')}; libdevmapper ${line('libdevmapper')}.\n`;
}

function libraryPage(library: Overhead[]): string {
  const microseconds = (value: number): string => (value / 1000).toLocaleString('en', { maximumFractionDigits: 1 });
  const rows = library.map(({ form, rows, planner, library: whole }) => [
    FORMS[form],
    rows.toLocaleString('en'),
    `**${microseconds(whole)}**`,
    microseconds(planner),
    `${((whole / planner) * 100 - 100).toFixed(0)} %`,
  ]);
  const fits = Object.entries(FORMS)
    .map(([form, words]) => [words, library.filter((each) => each.form === form)] as const)
    .filter(([, points]) => points.length > 1)
    .map(([words, points]) => {
      const line = lineThrough(points.map((point) => [point.rows / 1000, point.library / 1e6]));
      return `${words} ${fitText(line, 'ms', 'a thousand rows')}`;
    });
  return `The same through the library, request object in, plan object out, warm (\`test/bench/library.mjs\`): microseconds of CPU time for
a plan that creates a device. Beside it what the planner alone takes for the request's bytes. No row of a text becomes an
object, and the payload of a large one stays where the planner wrote it; the planner's memory is new each time, which is
most of what the library adds there. Typed targets are encoded first.

${table(['a table as', 'linear targets', 'library, µs', 'planner alone, µs', 'library adds'], rows)}
Straight lines: ${fits.join('; ')}.
`;
}

export const planning: Section<Figures> = {
  name: 'planning',
  title: 'Planning',
  run,
  page,
  ratios: ({ text }) =>
    Object.fromEntries(
      text.flatMap(({ rows, ratio: found }) => (found ? [[`planning, ${rows} rows of text`, found.median]] : [])),
    ),
};
