import { isatty } from 'node:tty';
import { readArguments, USAGE } from './arguments.ts';
import { EXIT_ASKED, EXIT_CONFIG, EXIT_DEFECT, EXIT_PERMISSION, EXIT_UNAVAILABLE, EXIT_USAGE } from './exits.ts';
import { frameLength } from './frames.ts';
import { describe, log } from './log.ts';
import { hello, type Reason } from './messages.ts';
import { Session } from './session.ts';
import { startWorker } from './worker.ts';

const STANDARD_INPUT = 0;
/** Of an executor that has nothing to serve with. */
const EXITS = { no_device_mapper: EXIT_UNAVAILABLE, permission_denied: EXIT_PERMISSION, no_journal: EXIT_CONFIG };

/** The main thread: from the command line to the exit code. `workerFile` is what the worker thread runs. */
export async function runExecutor(args: string[], workerFile: string): Promise<void> {
  const task = readArguments(args, process.env);
  if ('print' in task) process.stdout.write(task.print);
  else if ('wrong' in task) refuse(task.wrong);
  else if (isatty(STANDARD_INPUT)) refuse('standard input is a terminal: start this from a program');
  else process.exit(await serve(workerFile, task.journal));
}

function refuse(why: string): void {
  process.stderr.write(`dmplan-executor: ${why}\n\n${USAGE}`);
  process.exitCode = EXIT_USAGE;
}

async function serve(workerFile: string, journal: string): Promise<number> {
  let session: Session | null = null;
  const stop = () => (session === null ? process.exit(EXIT_ASKED) : session.stop());
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('uncaughtException', (defect) => (session === null ? die(defect) : session.fail(defect)));
  const { greeting, applier } = startWorker(workerFile, journal, die);
  const greeted = await greeting;
  if ('defect' in greeted) return die(greeted.defect);
  if ('reason' in greeted) return degraded(greeted.reason);
  log('ready', { driver: greeted.driver, policy: 'unrestricted' });
  session = new Session(process.stdin, process.stdout, applier);
  return session.serve(hello(greeted.driver, null));
}

function die(defect: unknown): never {
  log('defect', { message: describe(defect) });
  process.exit(EXIT_DEFECT);
}

/** There is nothing to serve with: the hello says why, to whoever reads it. */
async function degraded(reason: Reason): Promise<number> {
  log('degraded', { ...reason });
  const body = hello(null, reason);
  process.stdout.on('error', () => undefined);
  process.stdout.write(frameLength(body));
  await new Promise<void>((resolve) => process.stdout.write(body, () => resolve()));
  return EXITS[reason.name];
}
