import { contextOf } from '../context.ts';
import { open } from '../open.ts';
import { Output, type Streams } from '../output.ts';
import { ACTIONS } from './actions.ts';
import { type Arguments, actionOf, readArguments, UsageError } from './arguments.ts';
import { EXIT, type Names, saidOf } from './failures.ts';
import { HELP, USAGE, VERSION_TEXT } from './texts.ts';

/** What veritysetup says of an exit code when it is asked to (cryptsetup, src/utils_tools.c show_status). */
const CODE_TEXTS: Record<number, string> = {
  1: 'wrong or missing parameters',
  2: 'no permission or bad passphrase',
  3: 'out of memory',
  4: 'wrong device or file specified',
  5: 'device already exists or device is busy',
};

/** `dmplan veritysetup …`: takes veritysetup's arguments, prints its texts and exits with its codes. Never rejects. */
export async function runVeritysetup(words: string[], streams: Streams): Promise<number> {
  const output = new Output(streams.out, streams.err);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const names: Names = {};
  let args: Arguments | undefined;
  try {
    args = readArguments(words);
    if (printed(args, output)) return EXIT.ok;
    const { action, operands } = actionOf(args);
    const { withDeviceMapper } = contextOf({}, output, abort.signal, open);
    await ACTIONS[action]!({ args, operands, output, names, signal: abort.signal, withDeviceMapper });
    if (isVerbose(args)) output.text('Command successful.\n');
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError) {
      output.error(`${USAGE}${error.message}`);
      return EXIT.wrong;
    }
    const { message, code } = saidOf(error, names);
    if (message !== '') output.error(message);
    if (args && isVerbose(args)) output.text(`Command failed with code -${code} (${CODE_TEXTS[code]}).\n`);
    return code;
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

function isVerbose({ switches }: Arguments): boolean {
  return switches.has('verbose') || switches.has('debug');
}

function printed({ switches }: Arguments, output: Output): boolean {
  if (switches.has('help')) output.text(`${VERSION_TEXT}${HELP}`);
  else if (switches.has('usage')) output.error(USAGE.trimEnd());
  else if (switches.has('version')) output.text(VERSION_TEXT);
  else return false;
  return true;
}
