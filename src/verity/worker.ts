/** A thread that works on levels: each message is one, answered when no unit of it is left. */
import { parentPort, workerData } from 'node:worker_threads';
import { failedOf, type LevelJob, LevelWork, type Reply, Shared } from './job.ts';

const shared = new Shared(workerData as SharedArrayBuffer);

parentPort!.on('message', (job: LevelJob) => parentPort!.postMessage(work(job)));

function work(job: LevelJob): Reply {
  try {
    const work = new LevelWork(job, shared);
    while (work.step());
    return { found: work.found };
  } catch (error) {
    return failedOf(error, shared);
  }
}
