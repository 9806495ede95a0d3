import { runCommandLine } from './command-line.ts';
import { addAll } from './commands/all.ts';
import { open } from './open.ts';
import type { Streams } from './output.ts';

/** All commands but `veritysetup`. Never rejects. */
export const runDmplan = (args: string[], streams: Streams): Promise<number> =>
  runCommandLine(args, streams, { add: addAll, open });
