#!/usr/bin/env node
const args = process.argv.slice(2);

// The worker runs this same file, so that the executor stays one file on disk; each thread loads its own part of it, and
// node:worker_threads, a tenth of the start, only where there is a worker.
async function start(): Promise<void> {
  const isWorker = args[0] === '--worker' && !process.getBuiltinModule('node:worker_threads').isMainThread;
  if (isWorker) (await import('./worker.ts')).serveWorker((await import('./system.ts')).loadSystem);
  else await (await import('./executor.ts')).runExecutor(args, __filename);
}

start();

export {};
