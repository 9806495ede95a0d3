import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import { DmError } from '../errors.ts';
import { type LevelJob, type Run, runLevel, Shared } from './job.ts';

export interface Found {
  runs: Run[];
  /** Whether there was more than is kept. */
  more: boolean;
}

/** What a caller may want of work on a tree. */
export interface WorkOptions {
  /** Threads; as many as there are cores, up to 8, unless given. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told several times a second how many of all blocks are hashed. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

type Reply = { found: Found; failed?: undefined } | { found?: undefined; failed: { message: string; code: string } };

const MOST_THREADS = 8;
/** Below this no thread is started: hashing takes less than starting one. */
const WORTH_A_THREAD = 4 * 1024 * 1024;
const REPORT_MS = 100;
/** A thread keeps a window of 256 KiB and a few hash blocks; what it collects is short-lived digests. */
const LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

/** The threads that hash, and what they share. Memory: 2 MiB and an isolate for each, whatever the size of the image. */
export class Pool {
  readonly #shared = new Shared();
  readonly #workers: Worker[];
  readonly #options: WorkOptions;
  readonly #stop = (): void => this.#shared.stop();

  /** For input of so many bytes. */
  constructor(size: number, options: WorkOptions) {
    const { threads = Math.min(availableParallelism(), MOST_THREADS), signal } = options;
    const useful = Math.ceil(size / WORTH_A_THREAD);
    this.#options = options;
    const count = size <= WORTH_A_THREAD ? 0 : Math.max(1, Math.min(threads, useful));
    this.#workers = Array.from(
      { length: count },
      () =>
        new Worker(builtFile('verity-worker.cjs'), {
          workerData: this.#shared.buffer,
          resourceLimits: LIMITS,
          execArgv: [],
        }),
    );
    if (signal?.aborted) this.#stop();
    signal?.addEventListener('abort', this.#stop);
  }

  /** Works on the levels one after the other; `total` blocks in all. @throws {DmError} `cancelled`, `verity_truncated` */
  async run(jobs: LevelJob[]): Promise<Found[]> {
    const total = jobs.reduce((sum, job) => sum + job.blocks, 0);
    const report = (): void => this.#options.onProgress?.(this.#shared.done, total);
    const timer = setInterval(report, REPORT_MS);
    try {
      const found: Found[] = [];
      for (const job of jobs) found.push(await this.#level(job));
      report();
      return found;
    } finally {
      clearInterval(timer);
    }
  }

  async #level(job: LevelJob): Promise<Found> {
    this.#shared.restart();
    this.#checkStopped();
    if (this.#workers.length === 0) {
      const found = runLevel(job, this.#shared);
      return found;
    }
    const parts = await Promise.all(this.#workers.map((worker) => ask(worker, job)));
    const failed = parts.find((part) => part.failed)?.failed;
    if (failed) throw new DmError(failed);
    this.#checkStopped();
    const all = parts.flatMap((part) => part.found ?? []);
    return { runs: joined(all.flatMap(({ runs }) => runs)), more: all.some(({ more }) => more) };
  }

  #checkStopped(): void {
    if (!this.#shared.stopped) return;
    throw new DmError({ code: 'cancelled', message: 'cancelled before the hash tree was done' });
  }

  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#stop);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, job: LevelJob): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (reply: Reply): void => {
      worker.off('error', reject);
      resolve(reply);
    };
    worker.once('error', reject);
    worker.once('message', settle);
    worker.postMessage(job);
  });
}

/** Runs of all threads in order, those that touch made one. */
function joined(runs: Run[]): Run[] {
  const sorted = runs.toSorted((a, b) => (a.kind === b.kind ? a.first - b.first : a.kind < b.kind ? -1 : 1));
  const out: Run[] = [];
  for (const run of sorted) {
    const last = out.at(-1);
    if (last && last.kind === run.kind && last.first + last.count === run.first) last.count += run.count;
    else out.push({ ...run });
  }
  return out;
}
