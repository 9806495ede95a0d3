/** A thread that works on levels: each message is one, answered when no unit of it is left. */
import { parentPort, workerData } from 'node:worker_threads';
import { type LevelJob, runLevel, Shared } from './job.ts';

const shared = new Shared(workerData as SharedArrayBuffer);

parentPort!.on('message', (job: LevelJob) => {
  try {
    parentPort!.postMessage({ found: runLevel(job, shared) });
  } catch (error) {
    shared.stop();
    const { message, code } = error as NodeJS.ErrnoException;
    parentPort!.postMessage({ failed: { message, code: code ?? 'failed' } });
  }
});
