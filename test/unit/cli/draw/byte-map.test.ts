import { describe, expect, test } from 'vitest';
import { drawBytes } from '../../../../src/cli/draw/byte-map.ts';
import type { Style } from '../../../../src/cli/draw/style.ts';
import { columnsOf } from '../../../../src/cli/draw/text.ts';
import type { CommandName } from '../../../../src/commands.ts';
import { type Meaning, meaningOf } from '../../../../src/inspect/meanings.ts';
import { load, plainStyle, planner } from './draw.ts';

function draw(
  payload: Uint8Array,
  style: Style = plainStyle(80),
  command: CommandName = 'TABLE_LOAD',
  explained: Set<Meaning> = new Set(),
): string[] {
  return drawBytes(payload, planner.inspect(command, payload), style, explained);
}

const payloadOf = (table: string): Uint8Array => planner.plan(load(table)).steps[0]!.payload;

/** The bytes that a drawing shows, read back. */
function bytesIn(lines: string[], textAt: number): number[] {
  return lines.slice(1).flatMap((line) => {
    const shown = /^ {2}[ \d]{4} {2}(.*)$/.exec(line.slice(0, textAt).trimEnd())?.[1]?.trim() ?? '';
    const zeros = /^00 [×x] (\d+)$/.exec(shown);
    if (zeros) return Array.from({ length: Number(zeros[1]) }, () => 0);
    return /^([0-9a-f]{2}( |$))+$/.test(shown) ? shown.split(' ').map((digits) => Number.parseInt(digits, 16)) : [];
  });
}

describe('the bytes', () => {
  test.each([
    [80, 33],
    [120, 57],
  ])('in %i columns are all of the payload’s, in their order', (width, textAt) => {
    const payload = payloadOf('0 8 linear /dev/sda 50\n8 16 striped 2 8 /dev/b 0 /dev/c 0\n');
    expect(Uint8Array.from(bytesIn(draw(payload, plainStyle(width)), textAt))).toEqual(payload);
  });

  test('stand at their offset, beside the name, the value and the meaning', () => {
    expect(draw(payloadOf('0 8 zero\n')).slice(6, 10)).toEqual([
      '    12  68 01 00 00              data_size  360',
      '                                 How many bytes the buffer has, this header',
      '                                 included. The kernel copies so many in, and',
      '                                 writes at most so many back.',
    ]);
  });

  test('that belong to a key are not shown', () => {
    const lines = draw(payloadOf(`0 8 crypt aes ${'1a'.repeat(16)} 0 /dev/a 0\n`)).join('\n');
    expect(lines).toContain('61 65 73 20 ** ** ** **');
    expect(lines).toContain('** ** ** ** ** ** ** **');
    expect(lines).not.toContain('31 61');
    expect(lines).not.toContain('1a1a');
  });

  test('have a colour for every field', () => {
    const lines = draw(payloadOf('0 8 linear /dev/sda 50\n'), plainStyle(80, 'unicode', true));
    const [size, count] = ['data_size', 'target_count'].map((name) => lines.find((line) => line.includes(name))!);
    expect(size).toContain('\x1b[36m70 01 00 00\x1b[39m');
    expect(count).toContain('\x1b[33m01 00 00 00\x1b[39m');
  });
});

test('what a field means is said once', () => {
  const explained = new Set<Meaning>();
  const payload = payloadOf('0 8 zero\n8 8 error\n');
  const lines = draw(payload, plainStyle(120), 'TABLE_LOAD', explained).join('\n');
  expect(lines.match(/How many sectors of 512 bytes this target maps/g)).toHaveLength(1);
  expect(explained).toContain(meaningOf('data_size'));
  expect(draw(payload, plainStyle(120), 'TABLE_LOAD', explained).join('\n')).not.toContain('How many');
});

test.each([7, 10_000])('of %i targets some are drawn, and the others are counted', (count) => {
  const payload = payloadOf(Array.from({ length: count }, (_, i) => `${i * 8} 8 zero\n`).join(''));
  const lines = draw(payload);
  expect(lines.length).toBeLessThan(150);
  const records = lines.filter((line) => /^ {2}targets\[\d+\]$/.test(line));
  expect(records).toEqual(['  targets[0]', '  targets[1]', '  targets[2]', `  targets[${count - 1}]`]);
  const hidden = `${count - 4} more, targets[3] to [${count - 2}], bytes ${312 + 3 * 48} to ${311 + (count - 1) * 48}`;
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(`… ${hidden} (all of them with --format annotated)`);
});

test('of a long value the beginning is drawn', () => {
  const lines = draw(payloadOf(`0 8 not-known ${'word '.repeat(5000)}\n`));
  expect(lines.length).toBeLessThan(100);
});

test.each([40, 63, 64, 99, 100, 200])('no line is longer than %i columns', (width) => {
  const payload = payloadOf(`0 8 linear /dev/${'é漢'.repeat(60)} 50\n8 8 not-known ${'word '.repeat(100)}\n`);
  for (const form of ['unicode', 'ascii'] as const) {
    const lines = draw(payload, plainStyle(width, form));
    for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
    if (form === 'ascii') expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
  }
});
