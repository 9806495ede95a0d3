import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { readArguments, type Task, USAGE } from './arguments.ts';
import { type Client, serveClient, takeTurns, type Who } from './client.ts';
import { EXIT, EXIT_OF } from './exits.ts';
import { frameLength } from './frames.ts';
import { describe, log } from './log.ts';
import { hello } from './messages.ts';
import { prepare } from './readiness.ts';
import { announce, listen } from './sockets.ts';
import { loadSystem } from './system.ts';
import { startWorker } from './worker.ts';

type Serve = Extract<Task, { serve: unknown }>;

/** The main thread: from the command line to the exit code. `workerFile` is what the worker thread runs. */
export async function runExecutor(args: string[], workerFile: string, load = loadSystem): Promise<void> {
  const task = readArguments(args, process.env);
  if ('print' in task) process.stdout.write(task.print);
  else if ('wrong' in task) process.exitCode = refuse(task.wrong);
  else if (task.serve === 'stdio' && isatty(0))
    process.exitCode = refuse('standard input is a terminal: start this from a program');
  else process.exit(await serve(task, workerFile, load));
}

function refuse(why: string): number {
  process.stderr.write(`dmplan-executor: ${why}\n\n${USAGE}`);
  return EXIT.usage;
}

async function serve({ serve: where, policy, own, journal, ready }: Serve, file: string, load: typeof loadSystem) {
  process.chdir('/');
  let end: (exit: number) => void = (exit) => process.exit(exit);
  const fail = (defect: unknown): void => {
    log('defect', { message: describe(defect) });
    end(EXIT.defect);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(EXIT.asked));
  process.on('uncaughtException', fail);

  const system = await load().catch(describe);
  if (typeof system === 'string') return withoutKoffi(system, where === 'stdio', policy);
  const { reason, driver, journal: owed } = prepare(system, own, journal);
  log(reason === null ? 'ready' : 'degraded', { driver, policy, ...reason });

  const applier = owed === null ? null : startWorker(file, { own, journal: owed }, fail);
  const shared = { applier, turn: takeTurns(), fail };
  const greeting = hello(driver, policy, reason);
  const clients = new Set<Client>();
  const admit = (input: Readable, output: Writable, who: Who): Promise<number> => {
    const client = serveClient(input, output, who, greeting, shared);
    clients.add(client);
    return client.ended.finally(() => clients.delete(client));
  };

  const listening = where === 'stdio' ? null : listen(where, system.peer, (both, uid) => admit(both, both, uid));
  const server = await listening?.catch((error: Error) => error);
  if (server instanceof Error) return refuse(`socket ${where}: ${server.message}`);
  const { NOTIFY_SOCKET, WATCHDOG_USEC = 0 } = process.env;
  const say = NOTIFY_SOCKET === undefined ? () => {} : system.sender(NOTIFY_SOCKET);
  announce(say, reason?.message ?? 'ready', ready);
  const isWell = async () => applier === null || (await applier.ping());
  const half = Number(WATCHDOG_USEC) / 2000;
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

/** Nobody can be told apart on a socket then. Behind the first line of the error stands where Node looked for koffi. */
function withoutKoffi(error: string, says: boolean, policy: string): number {
  const message = `koffi, which calls the kernel, cannot be used: npm install koffi (${error.split('\n')[0]})`;
  const body = hello(null, policy, { name: 'no_koffi', message });
  log('degraded', { message });
  if (says) process.stdout.write(Buffer.concat([frameLength(body), body]));
  return EXIT_OF.no_koffi;
}
