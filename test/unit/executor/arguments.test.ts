import { expect, test } from 'vitest';
import { readArguments, USAGE } from '../../../executor/arguments.ts';
import { IMPLEMENTATION } from '../../../executor/messages.ts';

test('--stdio --policy unrestricted is the way to serve, in either order', () => {
  expect(readArguments(['--stdio', '--policy', 'unrestricted'], {})).toEqual({ journal: '/run/dmplan' });
  expect(readArguments(['--policy=unrestricted', '--stdio'], {})).toEqual({ journal: '/run/dmplan' });
});

test('--help and --version print and serve nobody', () => {
  expect(readArguments(['--help'], {})).toEqual({ print: USAGE });
  expect(readArguments(['--version', '--stdio'], {})).toEqual({ print: `${IMPLEMENTATION}\n` });
});

test.each([
  ['no policy', ['--stdio'], '--policy unrestricted'],
  ['nothing', [], '--policy unrestricted'],
  ['another policy', ['--stdio', '--policy', 'open'], 'unrestricted'],
  ['two policies', ['--stdio', '--policy', 'open', '--policy', 'unrestricted'], 'more than once'],
  ['a policy without its name', ['--stdio', '--policy'], 'policy'],
  ['no client', ['--policy', 'unrestricted'], '--stdio'],
  ['an unknown option', ['--stdio', '--policy', 'unrestricted', '--listen'], '--listen'],
  ['an operand', ['--stdio', '--policy', 'unrestricted', 'x'], 'x'],
  ['a value for --stdio', ['--stdio=1', '--policy', 'unrestricted'], 'stdio'],
])('%s is wrong, and the message says what to do', (_, args, message) => {
  const task = readArguments(args, {});
  expect('wrong' in task && task.wrong).toContain(message);
});

test('the journal lies in the folder that is named, or else in the one that systemd has made', () => {
  const serve = ['--stdio', '--policy', 'unrestricted'];
  const env = { RUNTIME_DIRECTORY: '/run/other' };
  expect(readArguments(serve, env)).toEqual({ journal: '/run/other' });
  expect(readArguments([...serve, '--journal', '/tmp/j'], env)).toEqual({ journal: '/tmp/j' });
});
