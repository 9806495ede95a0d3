import { afterEach, expect, test, vi } from 'vitest';
import { log, describe as text } from '../../../executor/log.ts';

afterEach(() => vi.restoreAllMocks());

test('a log line is JSON with a time and an event', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  log('ready', { driver: [4, 47, 0] });
  const line = String(write.mock.calls[0]![0]);
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({ time: expect.any(String), event: 'ready', driver: [4, 47, 0] });
});

test('lines that nobody reads are dropped before they fill the memory', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(false);
  vi.spyOn(process.stderr, 'writableLength', 'get').mockReturnValue(65537);
  log('ready', {});
  expect(write).not.toHaveBeenCalled();
});

test('an exception is described by its stack, anything else by its text', () => {
  expect(text(new Error('a defect'))).toContain('log.test.ts');
  expect(text('ended')).toBe('ended');
});
