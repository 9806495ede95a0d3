import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../../assembly/tables/targets/index.ts';
import { drawSectors } from '../../../../src/cli/draw/sector-map.ts';
import type { Style } from '../../../../src/cli/draw/style.ts';
import { columnsOf } from '../../../../src/cli/draw/text.ts';
import { tableOf } from '../../../../src/inspect/table.ts';
import { load, plainStyle, planner } from './draw.ts';

function map(table: string, style: Style = plainStyle(80), readOnly = false): string[] {
  const [step] = planner.plan(load(table, readOnly)).steps;
  return drawSectors(tableOf(planner, { ...step!, reply: false })!, style);
}

/** The line below the scale. */
function barOf(lines: string[]): string {
  return lines[lines.findIndex((line) => /^ {2}[├+]/.test(line)) + 1]!.trim();
}

/** How often each letter is in a bar, in the order of the bar. */
function counts(bar: string): [string, number][] {
  return [...bar.matchAll(/(.)\1*/gu)].map(([run]) => [run[0]!, run.length]);
}

describe('the bar of the new device', () => {
  test('is to scale', () => {
    const lines = map('0 700 linear /dev/a 0\n700 1400 linear /dev/b 0\n2100 700 zero\n', plainStyle(73));
    expect(lines[0]).toBe('sector map: 3 targets, 2800 sectors (1.37 MiB), a column for 40 (20 KiB)');
    expect(counts(barOf(lines))).toEqual([
      ['A', 18],
      ['B', 35],
      ['░', 17],
    ]);
  });

  test('has the chunks of a stripe in the order in which they take turns', () => {
    expect(barOf(map('0 12 striped 3 2 /dev/a 0 /dev/b 0 /dev/c 0\n', plainStyle(40)))).toBe(
      'AAAAAABBBBBBCCCCCCAAAAAABBBBBBCCCCCC',
    );
  });

  test('has chunks in turn that are too narrow for a column, and says so', () => {
    const lines = map('0 102400 striped 2 8 /dev/a 0 /dev/b 0\n');
    expect(barOf(lines)).toMatch(/^(AB)+A?$/);
    expect(lines.join('\n')).toContain('chunks are narrower than a column: they take turns, not to scale');
  });

  test('has a line for every copy', () => {
    const lines = map('0 2048 mirror core 1 1024 2 /dev/a 0 /dev/b 0\n', plainStyle(40));
    const first = lines.findIndex((line) => line.includes('├')) + 1;
    expect(lines.slice(first, first + 2).map((line) => new Set(line.trim()))).toEqual([new Set('A'), new Set('B')]);
  });

  test('shows a target that is narrower than a column', () => {
    const bar = barOf(map('0 100000 linear /dev/a 0\n100000 1 linear /dev/b 0\n100001 100000 linear /dev/a 100000\n'));
    expect(counts(bar).map(([letter]) => letter)).toEqual(['A', 'B', 'A']);
    expect(counts(bar)[1]).toEqual(['B', 1]);
  });

  test('says where several devices share a column', () => {
    const table = Array.from({ length: 500 }, (_, i) => `${i * 8} 8 linear /dev/${'ab'[i % 2]} ${i * 8}\n`).join('');
    const lines = map(table);
    expect(new Set(barOf(lines))).toEqual(new Set('▒'));
    expect(lines.at(-1)).toBe('  ▒ several devices in a column');
  });

  test('tells zeros, errors and what is not known apart', () => {
    const bar = barOf(map('0 8 zero\n8 8 error\n16 8 not-known words\n', plainStyle(40)));
    expect(counts(bar).map(([letter]) => letter)).toEqual(['░', '╳', '?']);
  });
});

describe('the targets', () => {
  test('are listed with the sectors that they come from', () => {
    expect(map('0 8 linear /dev/sda 2048\n8 8 zero\n').slice(7, 9)).toEqual([
      '  0 linear  0 to 7   ← A /dev/sda 2048 to 2055',
      '  1 zero    8 to 15',
    ]);
  });

  test.each([10, 11, 10_000, 100_000])('of which there are %i take few lines, and the rest is counted', (count) => {
    const table = Array.from({ length: count }, (_, i) => `${i * 8} 8 linear /dev/d${i % 100} ${i * 8}\n`).join('');
    const lines = map(table);
    expect(lines.length).toBeLessThan(70);
    const listed = lines.filter((line) => /^ {2}\d+ linear /.test(line)).length;
    const [, hidden = '0'] = /(\d+) more targets/.exec(lines.join('\n')) ?? [];
    expect(listed + Number(hidden)).toBe(count);
  });
});

describe('the devices', () => {
  test('that are many are counted', () => {
    const table = Array.from({ length: 40 }, (_, i) => `${i * 8} 8 linear /dev/d${i} 0\n`).join('');
    expect(map(table).join('\n')).toContain('  … 24 more devices');
  });

  test('show where their sectors begin, and break what is not used', () => {
    const table = '0 300 linear /dev/a 100\n300 300 linear /dev/b 0\n600 200 linear /dev/a 1000000\n';
    const lines = map(table, plainStyle(43));
    const at = lines.indexOf('  A /dev/a: data');
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '  ·····AAAAAAAAAAAAAAA≈≈AAAAAAAAAA',
      '       100              1000000',
    ]);
    expect(lines.at(-1)).toBe('  ≈ sectors that are not used, not to scale');
  });
});

describe.each([40, 57, 80, 200])('in %i columns', (width) => {
  test.each(TARGETS.map(({ type, example, readOnly = false }) => [type, example, readOnly] as const))(
    'no line is longer, in ASCII neither: %s',
    (_, example, readOnly) => {
      for (const form of ['unicode', 'ascii'] as const) {
        const lines = map(`${example}\n`, plainStyle(width, form), readOnly);
        for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
        if (form === 'ascii') expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
      }
    },
  );
});

test('a path is shown without what a terminal would obey, and in ASCII by its characters’ numbers', () => {
  const table = '0 8 linear /dev/\u0085\u202eé 0\n';
  expect(map(table).join('\n')).toContain('A /dev/\ufffd\ufffdé 0 to 7');
  expect(map(table, plainStyle(80, 'ascii')).join('\n')).toContain('A /dev/??\\u{e9} 0 to 7');
});

test('colours add nothing but colours', () => {
  const table = '0 8 linear /dev/a 0\n8 16 striped 2 8 /dev/b 0 /dev/c 0\n24 8 zero\n';
  const coloured = map(table, plainStyle(80, 'unicode', true)).join('\n');
  expect(coloured).toContain('\x1b[7m');
  expect(coloured.replace(/\x1b\[\d+m/g, '').replace(/ +$/gm, '')).toBe(map(table).join('\n'));
});
