import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { IMPLEMENTATION } from './messages.ts';

export const USAGE = `usage: dmplan-executor [--stdio | --listen PATH] --policy unrestricted|own:PREFIX

Forwards device-mapper plans to the kernel, for clients that speak docs/protocol.md.

  --stdio                the client is on standard input and output
  --listen PATH          clients connect to this Unix socket; without either, to the one inherited (LISTEN_FDS)
  --policy own:PREFIX    what touches no device but those whose uuid begins so; unrestricted: every well-formed command
  --journal DIR          where to keep what a kill must not lose [$RUNTIME_DIRECTORY, /run/dmplan]
  --ready-fd N           write a newline there when ready
  --help, --version      say this, or which version this is
`;

/** What the command line asks for: to serve on a path or descriptor, to print a text, or what it may not ask. */
export type Task =
  | { serve: 'stdio' | string | number; policy: string; own: string; journal: string; ready: number | null }
  | { print: string }
  | { wrong: string };

const [FLAG, VALUE] = [{ type: 'boolean' } as const, { type: 'string' } as const];
const VALUES = { policy: VALUE, listen: VALUE, journal: VALUE, 'ready-fd': VALUE } as const;
const OPTIONS = { help: FLAG, version: FLAG, stdio: FLAG, ...VALUES } as const;

/** The first of the descriptors that a supervisor hands over (sd_listen_fds(3)). */
const INHERITED = 3;

export function readArguments(args: string[], env: Record<string, string | undefined>): Task {
  const given = parse(args);
  if ('wrong' in given) return given;
  const { help, version, stdio, listen, policy, 'ready-fd': ready } = given;
  const { journal = env.RUNTIME_DIRECTORY ?? '/run/dmplan' } = given;
  if (help) return { print: USAGE };
  if (version) return { print: `${IMPLEMENTATION}\n` };
  if (policy === undefined) return { wrong: 'no policy: say --policy own:PREFIX or --policy unrestricted' };
  const own = policy === 'unrestricted' ? '' : /^own:([\w#+.:=@-]{1,64})$/.exec(policy)?.[1];
  if (own === undefined) return { wrong: `unknown policy "${policy}": unrestricted, or own: and how uuids begin` };
  if (ready !== undefined && !/^\d{1,4}$/.test(ready)) return { wrong: `--ready-fd ${ready} is no descriptor` };
  if (stdio && listen !== undefined) return { wrong: 'one of --stdio and --listen, not both' };
  const inherits = env.LISTEN_FDS === '1' && env.LISTEN_PID === `${process.pid}`;
  if (!stdio && listen === undefined && !inherits) return { wrong: 'no client: say --stdio or --listen PATH' };
  const serve = stdio ? 'stdio' : listen === undefined ? INHERITED : resolve(listen);
  return { serve, policy, own, journal: resolve(journal), ready: ready === undefined ? null : Number(ready) };
}

function parse(args: string[]) {
  try {
    const { values, tokens } = parseArgs({ args, options: OPTIONS, tokens: true });
    const names = tokens.map((token) => (token.kind === 'option' ? token.rawName : ''));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined ? values : { wrong: `${twice} is given more than once` };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
