import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.ts';
import { DmError } from '../errors.ts';
import { type Found, failedOf, type LevelJob, LevelWork, type Reply, type Run, Shared } from './job.ts';

/** What a caller may want of work on a tree. */
export interface WorkOptions {
  /** Threads, the calling one among them; as many as there are cores, up to 8, unless given. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told several times a second how many of all blocks are hashed. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

const MOST_THREADS = 8;
/** Input that is hashed in the time that a thread takes to start. */
const WORTH_A_THREAD = 32 * 1024 * 1024;
const REPORT_MS = 100;
/** The calling thread serves its event loop after hashing so long. */
const SLICE_MS = 10;
/** A thread keeps a window of 256 KiB and a few hash blocks; what it collects is short-lived digests. */
const LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

/**
 * The threads that hash, the calling one among them, and what they share. Memory: 2 MiB and an isolate for each,
 * whatever the size of the image.
 */
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
    this.#workers = Array.from(
      { length: Math.max(1, Math.min(threads, useful)) - 1 },
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
    const parts = await Promise.all([...this.#workers.map((worker) => this.#ask(worker, job)), this.#work(job)]);
    const failed = parts.find((part) => part.failed)?.failed;
    if (failed) throw new DmError(failed);
    this.#checkStopped();
    const all = parts.flatMap((part) => part.found ?? []);
    return { runs: joined(all.flatMap(({ runs }) => runs)), more: all.some(({ more }) => more) };
  }

  /** The calling thread's part. */
  async #work(job: LevelJob): Promise<Reply> {
    try {
      const work = new LevelWork(job, this.#shared);
      for (let until = performance.now() + SLICE_MS; work.step(); ) {
        if (performance.now() < until) continue;
        await setImmediate();
        until = performance.now() + SLICE_MS;
      }
      return { found: work.found };
    } catch (error) {
      return failedOf(error, this.#shared);
    }
  }

  /** Another thread's part. Never rejects: while one thread works, the files stay open. */
  #ask(worker: Worker, job: LevelJob): Promise<Reply> {
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        worker.off('error', fail);
        worker.off('message', settle);
        resolve(reply);
      };
      const fail = (error: Error): void => settle(failedOf(error, this.#shared));
      worker.once('error', fail);
      worker.once('message', settle);
      worker.postMessage(job);
    });
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
