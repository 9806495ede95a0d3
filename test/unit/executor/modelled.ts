/**
 * An executor with a model in the kernel's place: the same main thread and the same worker, started from this file. A
 * DEV_STATUS of the device `slow`, once there is one, says `slow` on standard error and lasts until the file exists that
 * is named after the process; one of `broken` is a defect.
 */
import { existsSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { runExecutor } from '../../../executor/executor.ts';
import type { Payload } from '../../../executor/header.ts';
import { loadSystem } from '../../../executor/system.ts';
import { serveWorker } from '../../../executor/worker.ts';
import { ModelKernel } from './model.ts';
import { STATUS, text } from './payloads.ts';

const STANDARD_ERROR = 2;
const PAUSE_MS = 5;

async function load() {
  const kernel = new ModelKernel();
  const never = new Int32Array(new SharedArrayBuffer(4));
  const released = `${__filename}.${process.pid}`;
  const isSlow = (payload: Uint8Array): boolean =>
    text(payload, 48) === 'slow' && kernel.devices.some(({ name }) => name === 'slow');
  return {
    ...(await loadSystem()),
    ioctl(command: number, payload: Payload) {
      if (command === STATUS && isSlow(payload) && !existsSync(released)) {
        writeSync(STANDARD_ERROR, 'slow\n');
        while (!existsSync(released)) Atomics.wait(never, 0, 0, PAUSE_MS);
      }
      if (command === STATUS && text(payload, 48) === 'broken') throw new Error('a defect');
      return kernel.ioctl(command, payload);
    },
    mknod: () => 1,
    lock: () => 0,
  };
}

if (isMainThread) runExecutor(process.argv.slice(2), __filename, load);
else serveWorker(load);
