/**
 * An executor with a model in the kernel's place: the same main thread and the same worker, started from this file. A
 * DEV_STATUS of the device `slow` takes two seconds, which a busy machine does not outrun, and one of `broken` is a defect.
 */
import { isMainThread } from 'node:worker_threads';
import { runExecutor } from '../../../executor/executor.ts';
import { serveWorker } from '../../../executor/worker.ts';
import { ModelKernel } from './model.ts';
import { STATUS, text } from './payloads.ts';

if (isMainThread) {
  runExecutor(process.argv.slice(2), __filename);
} else {
  const kernel = new ModelKernel();
  const never = new Int32Array(new SharedArrayBuffer(4));
  serveWorker(async () => ({
    ioctl(command, payload) {
      if (command === STATUS && text(payload, 48) === 'slow') Atomics.wait(never, 0, 0, 2000);
      if (command === STATUS && text(payload, 48) === 'broken') throw new Error('a defect');
      return kernel.ioctl(command, payload);
    },
    mknod: () => 1,
    lock: () => 0,
  }));
}
