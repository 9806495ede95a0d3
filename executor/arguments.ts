import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { IMPLEMENTATION } from './protocol.ts';

export const USAGE = `usage: dmplan-executor [--stdio | --listen PATH] --policy FILE|own:PREFIX|unrestricted

Forwards device-mapper plans to the kernel, for clients that speak docs/protocol.md.

  --stdio                the client is on standard input and output
  --listen PATH          clients connect to this Unix socket; without either, to the one inherited (LISTEN_FDS)
  --policy FILE          what the document allows (docs/policy.md); own:PREFIX: what touches no device but those whose
                         uuid begins so; unrestricted: every well-formed command
  --journal DIR          where to keep what a kill must not lose [$RUNTIME_DIRECTORY, /run/dmplan]
  --ready-fd N           write a newline there when ready
  --help, --version      say this, or which version this is
`;

const [FLAG, VALUE] = [{ type: 'boolean' } as const, { type: 'string' } as const];
const VALUES = { policy: VALUE, listen: VALUE, journal: VALUE, 'ready-fd': VALUE } as const;
const OPTIONS = { help: FLAG, version: FLAG, stdio: FLAG, ...VALUES } as const;

/** The first of the descriptors that a supervisor hands over (sd_listen_fds(3)). */
const INHERITED = 3;

export type Task = ReturnType<typeof readArguments>;

/**
 * What the command line asks for: to print a text, or to serve on a path or descriptor. A policy is a file's path where
 * `own` is null. Throws an error that says what it may not ask.
 */
export function readArguments(args: string[], env: Record<string, string | undefined>, isTerminal = false) {
  const { values, tokens } = parseArgs({ args, options: OPTIONS, tokens: true });
  const { help, version, stdio, listen, policy = '', 'ready-fd': ready } = values;
  const { journal = env.RUNTIME_DIRECTORY ?? '/run/dmplan' } = values;
  if (help) return { print: USAGE };
  if (version) return { print: `${IMPLEMENTATION}\n` };
  const names = tokens.map((token) => (token.kind === 'option' ? token.rawName : ''));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const isFile = policy.includes('/');
  const prefix = policy === 'unrestricted' ? '' : /^own:([\w#+.:=@-]{1,64})$/.exec(policy)?.[1];
  const inherits = env.LISTEN_FDS === '1' && env.LISTEN_PID === `${process.pid}`;
  if (twice !== undefined) throw new Error(`${twice} is given more than once`);
  if (prefix === undefined && !isFile) throw new Error('no policy: say --policy FILE, own:PREFIX or unrestricted');
  if (ready !== undefined && !/^\d{1,4}$/.test(ready)) throw new Error(`--ready-fd ${ready} is no descriptor`);
  if (stdio && listen !== undefined) throw new Error('one of --stdio and --listen, not both');
  if (stdio && isTerminal) throw new Error('standard input is a terminal: start this from a program');
  if (!stdio && listen === undefined && !inherits) throw new Error('no client: say --stdio or --listen PATH');
  const serve = stdio ? 'stdio' : listen === undefined ? INHERITED : resolve(listen);
  const paths = { policy: isFile ? resolve(policy) : policy, journal: resolve(journal) };
  return { serve, ...paths, own: prefix ?? null, ready: ready === undefined ? null : Number(ready) };
}
