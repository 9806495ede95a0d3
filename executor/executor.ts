import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { readArguments, type Task, USAGE } from './arguments.ts';
import { type Client, serveClient, takeTurns, type Who } from './client.ts';
import { EXIT, EXIT_OF } from './exits.ts';
import { describe, log } from './log.ts';
import { hello } from './messages.ts';
import { announce, listen } from './sockets.ts';
import { openSockets } from './system.ts';
import { startWorker } from './worker.ts';

type Serve = Extract<Task, { serve: unknown }>;

/** The main thread: from the command line to the exit code. `workerFile` is what the worker thread runs. */
export async function runExecutor(args: string[], workerFile: string): Promise<void> {
  const task = readArguments(args, process.env);
  if ('print' in task) process.stdout.write(task.print);
  else if ('wrong' in task) process.exitCode = refuse(task.wrong);
  else if (task.serve === 'stdio' && isatty(0))
    process.exitCode = refuse('standard input is a terminal: start this from a program');
  else process.exit(await serve(task, workerFile));
}

function refuse(why: string): number {
  process.stderr.write(`dmplan-executor: ${why}\n\n${USAGE}`);
  return EXIT.usage;
}

async function serve({ serve: where, policy, own, journal, ready }: Serve, workerFile: string): Promise<number> {
  process.chdir('/');
  let end: (exit: number) => void = (exit) => process.exit(exit);
  const fail = (defect: unknown): void => {
    log('defect', { message: describe(defect) });
    end(EXIT.defect);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(EXIT.asked));
  process.on('uncaughtException', fail);

  const worker = startWorker(workerFile, { own, folder: journal }, fail);
  const greeted = await worker.greeting;
  if ('defect' in greeted) fail(greeted.defect);
  const driver = 'driver' in greeted ? greeted.driver : null;
  const reason = 'reason' in greeted ? greeted.reason : null;
  log(reason === null ? 'ready' : 'degraded', { driver, policy, ...reason });

  const shared = { applier: reason === null ? worker.applier : null, turn: takeTurns(), fail };
  const greeting = hello(driver, policy, reason);
  const clients = new Set<Client>();
  const admit = (input: Readable, output: Writable, who: Who): Promise<number> => {
    const client = serveClient(input, output, who, greeting, shared);
    clients.add(client);
    return client.ended.finally(() => clients.delete(client));
  };

  if (reason?.name === 'no_koffi' && where !== 'stdio') return EXIT_OF.no_koffi;
  const notify = reason?.name === 'no_koffi' ? undefined : process.env.NOTIFY_SOCKET;
  const sockets = where !== 'stdio' || notify !== undefined ? await openSockets() : null;
  const say = notify === undefined ? () => {} : sockets!.sender(notify);
  const listening = where === 'stdio' ? null : listen(where, sockets!.peer, (both, uid) => admit(both, both, uid));
  const server = await listening?.catch((error: Error) => error);
  if (server instanceof Error) return refuse(`socket ${where}: ${server.message}`);
  announce(say, reason?.message ?? 'ready', ready);
  const half = Number(process.env.WATCHDOG_USEC ?? 0) / 2000;
  const isWell = async () => reason !== null || (await worker.applier.ping());
  if (half > 0) setInterval(() => isWell().then((well) => well && say('WATCHDOG=1')), half).unref();

  const exit = await new Promise<number>((resolve) => {
    end = resolve;
    if (where !== 'stdio') return;
    admit(process.stdin, process.stdout, 'stdio').then(resolve);
    if (reason !== null) resolve(EXIT_OF[reason.name]);
  });
  say('STOPPING=1');
  server?.close();
  for (const client of clients) client.stop(exit);
  await Promise.all([...clients].map(({ ended }) => ended));
  return exit;
}
