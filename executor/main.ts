#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';

// The worker runs this same file, so that the executor stays one file on disk; each thread loads its own part of it.
async function start(): Promise<void> {
  if (isMainThread) await (await import('./executor.ts')).runExecutor(process.argv.slice(2), __filename);
  else await (await import('./worker.ts')).serveWorker((await import('./system.ts')).openControl);
}

start();
