#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';
import { runExecutor } from './executor.ts';
import { openControl } from './system.ts';
import { serveWorker } from './worker.ts';

// The worker runs this same file, so that the executor stays one file on disk.
if (isMainThread) runExecutor(process.argv.slice(2), __filename);
else serveWorker(openControl);
