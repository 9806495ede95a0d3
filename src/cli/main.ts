#!/usr/bin/env node
import { run } from './run.ts';

// A reader that has seen enough, as `| head`, is no failure; a full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.exitCode = 1;
  process.stderr.write(`error unwritable_output: ${error.message}\n`);
});
process.stderr.on('error', () => {});

const code = await run(process.argv.slice(2));
process.exitCode = process.exitCode || code;
