import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { builtFile } from '../built-file.ts';
import { connect, type Executor } from './connection.ts';

export interface SpawnOptions {
  /** The executor's file; the package's own unless given. */
  program?: string;
  /** A document's path (docs/policy.md), `own:PREFIX`, or `unrestricted`, as unless given: whatever is well formed is forwarded. */
  policy?: string;
  /** The folder of its journal; /run/dmplan unless given. */
  journal?: string;
  /** Words in front of the command: `['sudo', '-n']`. */
  via?: string[];
  signal?: AbortSignal;
}

/**
 * Node's arguments: no code from strings, and little room for garbage. On a machine with memory to spare V8 otherwise lets
 * the space for young objects grow to 32 MiB in each of the two threads, and takes it back only when little is asked for.
 */
export const NODE_FLAGS: readonly string[] = ['--disallow-code-generation-from-strings', '--max-semi-space-size=1'];

/** Kept of the child's standard error, for the message when it goes away. */
const KEPT_LOG = 2000;

/** The package's executor: one file, for Node alone. */
export function executorProgram(): string {
  return builtFile('executor.cjs');
}

/**
 * Starts an executor as a child and connects to its standard input and output. It ends with this process.
 * @throws {DmError} `no_device_mapper`, `permission_denied`, `no_koffi`, `bad_policy`, `no_journal`, `executor_gone`
 */
export async function spawnExecutor(options: SpawnOptions = {}): Promise<Executor> {
  const node = [process.execPath, ...NODE_FLAGS, options.program ?? executorProgram()];
  const journal = options.journal === undefined ? [] : ['--journal', options.journal];
  const serve = ['--stdio', '--policy', options.policy ?? 'unrestricted', ...journal];
  const [command, ...args] = [...(options.via ?? []), ...node, ...serve];
  const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  let problem: string | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT_LOG);
  });
  child.once('error', (error) => {
    problem = `${command} could not be started: ${error.message}`;
  });
  const closed = once(child, 'close').catch(() => {});
  // The end is told when the child is gone and all it had to say is read, so that the error can say why; that it no
  // longer reads says less, and earlier.
  const input = child.stdout.pipe(new PassThrough(), { end: false });
  const output = new PassThrough();
  output.pipe(child.stdin).on('error', () => {});
  child.once('close', (code, signal) => {
    problem ??= [signal ? `killed by ${signal}` : `exit code ${code}`, log.trim()].filter(Boolean).join(': ');
    input.end();
  });
  return connect(
    {
      input,
      output,
      close: async () => void (await closed),
      reason: () => problem,
    },
    options.signal ? { signal: options.signal } : {},
  );
}
