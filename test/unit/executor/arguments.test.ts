import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArguments, USAGE } from '../../../executor/arguments.ts';
import { IMPLEMENTATION } from '../../../executor/protocol.ts';

test('--stdio --policy unrestricted is the way to serve, in either order', () => {
  const serving = { serve: 'stdio', policy: 'unrestricted', own: '', journal: '/run/dmplan', ready: null };
  expect(readArguments(['--stdio', '--policy', 'unrestricted'], {})).toEqual(serving);
  expect(readArguments(['--policy=unrestricted', '--stdio'], {})).toEqual(serving);
});

test('--listen names the socket, and without it a supervisor may have handed one over', () => {
  const policy = ['--policy', 'unrestricted'];
  const inherited = { LISTEN_FDS: '1', LISTEN_PID: `${process.pid}` };
  expect(readArguments(['--listen', '/run/x', ...policy], inherited)).toMatchObject({ serve: '/run/x' });
  expect(readArguments(policy, inherited)).toMatchObject({ serve: 3 });
  expect(() => readArguments(policy, { ...inherited, LISTEN_PID: '1' })).toThrow('--listen');
  expect(() => readArguments(policy, { ...inherited, LISTEN_FDS: '2' })).toThrow('--listen');
});

test('paths are taken from where the executor was started', () => {
  const task = readArguments(['--listen', 'x', '--journal', 'j', '--policy', 'unrestricted'], {});
  expect(task).toMatchObject({ serve: join(process.cwd(), 'x'), journal: join(process.cwd(), 'j') });
});

test('a policy may hold the executor to devices of its own', () => {
  const task = readArguments(['--stdio', '--policy', 'own:DMPLAN-'], {});
  expect(task).toMatchObject({ policy: 'own:DMPLAN-', own: 'DMPLAN-' });
});

test('a policy may be a file', () => {
  expect(readArguments(['--stdio', '--policy', '/etc/p.json'], {})).toMatchObject({ policy: '/etc/p.json', own: null });
  expect(readArguments(['--stdio', '--policy', './own:x'], {})).toMatchObject({
    policy: join(process.cwd(), 'own:x'),
    own: null,
  });
});

test('a terminal on standard input is no client', () => {
  expect(() => readArguments(['--stdio', '--policy', 'unrestricted'], {}, true)).toThrow('terminal');
});

test('--help and --version print and serve nobody', () => {
  expect(readArguments(['--help'], {})).toEqual({ print: USAGE });
  expect(readArguments(['--version', '--stdio'], {})).toEqual({ print: `${IMPLEMENTATION}\n` });
});

test.each([
  ['no policy', ['--stdio'], '--policy FILE'],
  ['nothing', [], '--policy FILE'],
  ['another policy', ['--stdio', '--policy', 'open'], 'unrestricted'],
  ['a policy that owns everything', ['--stdio', '--policy', 'own:'], 'unrestricted'],
  ['two policies', ['--stdio', '--policy', 'open', '--policy', 'unrestricted'], 'more than once'],
  ['a policy without its name', ['--stdio', '--policy'], 'policy'],
  ['a descriptor that is none', ['--stdio', '--policy', 'unrestricted', '--ready-fd', 'x'], '--ready-fd'],
  ['two places for clients', ['--stdio', '--listen', 'x', '--policy', 'unrestricted'], 'not both'],
  ['no client', ['--policy', 'unrestricted'], '--stdio'],
  ['an unknown option', ['--stdio', '--policy', 'unrestricted', '--listen'], '--listen'],
  ['an operand', ['--stdio', '--policy', 'unrestricted', 'x'], 'x'],
  ['a value for --stdio', ['--stdio=1', '--policy', 'unrestricted'], 'stdio'],
])('%s is wrong, and the message says what to do', (_, args, message) => {
  expect(() => readArguments(args, {})).toThrow(message);
});

test('the journal lies in the folder that is named, or else in the one that systemd has made', () => {
  const serve = ['--stdio', '--policy', 'unrestricted'];
  const env = { RUNTIME_DIRECTORY: '/run/other' };
  expect(readArguments(serve, env)).toMatchObject({ journal: '/run/other' });
  expect(readArguments([...serve, '--journal', '/tmp/j'], env)).toMatchObject({ journal: '/tmp/j' });
});
