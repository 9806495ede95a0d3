import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { readArguments, type Task, USAGE } from './arguments.ts';
import { type Client, serveClient, takeTurns } from './client.ts';
import { describe, log } from './log.ts';
import { framed, hello, type Who } from './messages.ts';
import { applyBy } from './plans.ts';
import { EXIT, EXIT_OF } from './protocol.ts';
import { prepare } from './readiness.ts';
import { listen } from './sockets.ts';
import { loadSystem } from './system.ts';
import { startWorker } from './worker.ts';

type Serve = Extract<Task, { serve: unknown }>;

/** How long, after a defect, clients may be told. */
const DEFECT_GRACE = 1000;

/** The main thread: from the command line to the exit code. `workerFile` is what the worker thread runs. */
export async function runExecutor(args: string[], workerFile: string, load = loadSystem) {
  const task = await (async () => readArguments(args, process.env, isatty(0)))().catch(refuse);
  if ('print' in task) process.stdout.write(task.print);
  else process.exit(await serve(task, workerFile, load));
}

function refuse({ message }: Error): never {
  process.stderr.write(`dmplan-executor: ${message}\n\n${USAGE}`);
  process.exit(EXIT.usage);
}

async function serve(task: Serve, file: string, load: typeof loadSystem): Promise<number> {
  const { serve: where, policy: wanted, own, journal, ready } = task;
  process.chdir('/');
  let end: (exit: number) => void = (exit) => process.exit(exit);
  const fail = (defect: unknown): void => {
    log('defect', { message: describe(defect) });
    setTimeout(() => process.exit(EXIT.defect), DEFECT_GRACE).unref();
    end(EXIT.defect);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(EXIT.asked));
  process.on('uncaughtException', fail);

  const system = await load().catch(describe);
  if (typeof system === 'string') return withoutKoffi(system, where === 'stdio', wanted);
  const judge = own === null ? (await import('./judge.ts')).startJudge(wanted, system, fail) : null;
  const said = judge === null ? { digest: null, uuidPrefix: own!, filter: null, reason: null } : await judge.policy;
  const { reason, driver, journal: owed } = prepare(system, said, journal);
  const policy = judge === null ? wanted : `own:${said.uuidPrefix} ${said.digest}`;
  const filters = join(dirname(file), `ioctls-${process.arch}.bpf`);
  const filter = said.filter ?? (existsSync(filters) ? readFileSync(filters) : Buffer.alloc(0));
  if (!system.confine(filter)) log('unconfined', { message: `no filter of system calls: ${filters}` });
  log(reason === null ? 'ready' : 'degraded', { driver, policy, ...reason });

  const worker = owed === null ? null : startWorker(file, { own: said.uuidPrefix, journal: owed }, fail);
  const applier = worker === null ? null : { apply: applyBy(judge, worker), halt: worker.halt };
  const shared = { applier, turn: takeTurns(), fail, policy };
  const greeting = hello(driver, policy, reason);
  const clients = new Set<Client>();
  const admit = (input: Readable, output: Writable, who: Who): Promise<number> => {
    const client = serveClient(input, output, who, greeting, shared);
    clients.add(client);
    return client.ended.finally(() => clients.delete(client));
  };

  const listening = where === 'stdio' ? null : listen(where, system.peer, (both, uid) => admit(both, both, uid));
  const server = await listening?.catch(refuse);
  const { NOTIFY_SOCKET, WATCHDOG_USEC = 0 } = process.env;
  const say = NOTIFY_SOCKET === undefined ? () => {} : system.sender(NOTIFY_SOCKET);
  say(`READY=1\nSTATUS=${reason?.message ?? 'ready'}`);
  if (ready !== null) writeFileSync(ready, '\n');
  const isWell = async () => worker === null || (await worker.ping());
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
  log('degraded', { name: 'no_koffi', message });
  if (says) process.stdout.write(framed(body));
  return EXIT_OF.no_koffi;
}
