#!/usr/bin/env node
// The worker runs this same file, so that the executor stays one file on disk; each thread loads its own part of it, and
// node:worker_threads, a tenth of the start, only where there is a worker.
const args = process.argv.slice(2);
const isWorker = args[0] === '--worker' && !process.getBuiltinModule('node:worker_threads').isMainThread;
if (isWorker) import('./worker.ts').then(({ serveWorker }) => serveWorker());
else import('./executor.ts').then(({ runExecutor }) => runExecutor(args, __filename));

export {};
