import { CommanderError } from 'commander';
import { DmError } from '../errors.ts';
import { KernelMissing } from '../kernel/missing.ts';
import { type Context, contextOf, type GlobalOptions, type Open } from './context.ts';
import { errorJson, renderError } from './errors.ts';
import { Output, type Stream, type Streams } from './output.ts';
import { type Add, buildProgram } from './program.ts';

const FAILED = 1;

/** The commands of a program, and how they come to a device-mapper. */
export interface Commands {
  add: Add;
  open: Open;
}

/** Runs one of these commands; resolves with 0, or 1 as dmsetup has it for anything that failed. Never rejects. */
export async function runCommandLine(args: string[], streams: Streams, { add, open }: Commands): Promise<number> {
  const wantsJson = asksForJson(args);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let options: GlobalOptions = {};
  let output = new Output(streams.out, streams.err);
  let context: Context | undefined;
  const begin = (given: GlobalOptions): Context => {
    options = given;
    output = new Output(streams.out, streams.err, given.color);
    context = contextOf(given, output, abort.signal, open);
    return context;
  };
  const program = buildProgram(add, begin, wantsJson ? { ...streams, err: NOWHERE } : streams);
  try {
    await program.parseAsync(args, { from: 'user' });
    return (context as Context | undefined)?.failed ? FAILED : 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (wantsJson && error.exitCode !== 0) output.json({ error: errorJson(usageError(error)) });
      return error.exitCode;
    }
    const problem = asDmError(error);
    if (options.json) output.json({ error: errorJson(problem) });
    else output.error(renderError(problem, output.errorColors));
    return FAILED;
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

/** Words that cannot be read leave no options behind that could say so. */
function asksForJson(args: string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** Of what commander says of wrong words: it is told as JSON. */
const NOWHERE: Stream = { write: () => true };

/** Commander's names for what people read as other things than an error of theirs. */
const NAMES: Readonly<Record<string, { code: string; message?: string }>> = {
  error: { code: 'wrong_usage' },
  help: { code: 'missing_command', message: 'no command was given' },
};

/** Commander's error by its name (`unknown_option`, `missing_argument` …), with the word at fault for a place. */
function usageError({ code, message }: CommanderError): DmError {
  const name = code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const said = NAMES[name]?.message ?? message;
  return new DmError({
    code: NAMES[name]?.code ?? name,
    message: `${said
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\.$/, '')}; see --help`,
    path: /'([^']*)'/.exec(said)?.[1],
  });
}

/** Whatever was thrown, without a stack trace for people. */
function asDmError(error: unknown): DmError {
  if (error instanceof DmError) return error;
  if (error instanceof KernelMissing)
    return new DmError({ code: 'kernel_missing', message: error.message, cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
  return new DmError({ code, message, cause: error });
}
