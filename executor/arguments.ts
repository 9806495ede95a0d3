import { parseArgs } from 'node:util';
import { IMPLEMENTATION } from './messages.ts';

export const USAGE = `usage: dmplan-executor --stdio --policy unrestricted

Forwards device-mapper plans to the kernel, for one client that speaks docs/protocol.md on standard input and output.

  --stdio                 the client is on standard input and output
  --policy unrestricted   forward every well-formed command; the policy is always spelled out
  --journal DIR           keep there what a kill must not lose [$RUNTIME_DIRECTORY, or /run/dmplan]
  --help, --version       say this, or which version this is
`;

/** What the command line asks for: to serve, to print a text and end, or something it may not ask. */
export type Task = { journal: string } | { print: string } | { wrong: string };

export function readArguments(args: string[], env: NodeJS.ProcessEnv): Task {
  const parsed = parse(args);
  if ('wrong' in parsed) return parsed;
  const { help, version, stdio, policy = [], journal = env.RUNTIME_DIRECTORY ?? '/run/dmplan' } = parsed;
  if (help) return { print: USAGE };
  if (version) return { print: `${IMPLEMENTATION}\n` };
  if (policy.length === 0)
    return { wrong: 'no policy: say --policy unrestricted to forward every well-formed command' };
  if (policy.length > 1) return { wrong: '--policy is given more than once' };
  if (policy[0] !== 'unrestricted') return { wrong: `unknown policy "${policy[0]}": the one there is is unrestricted` };
  if (!stdio) return { wrong: 'no client: say --stdio to serve the one on standard input and output' };
  return { journal };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean' },
        version: { type: 'boolean' },
        stdio: { type: 'boolean' },
        journal: { type: 'string' },
        policy: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
