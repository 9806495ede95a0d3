import { describe, expect, test } from 'vitest';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { loadPlanner } from '../../../src/index.ts';
import { layOut, PIXELS } from '../../../src/inspect/map-layout.ts';
import { type TableRow, tableOf, tableText } from '../../../src/inspect/table.ts';

const planner = await loadPlanner();

function rowsOf(table: string, readOnly = false): TableRow[] {
  const { steps } = planner.plan({ action: 'load', name: 'data', table, readOnly });
  return tableOf(planner, { ...steps[0]!, reply: false })!;
}

describe('the areas of a target', () => {
  test.each(
    TARGETS.filter(({ example }) => example.includes('/dev/')).map(
      ({ type, example, readOnly = false }) => [type, example, readOnly] as const,
    ),
  )('name every device in the table: %s', (_, example, readOnly) => {
    const [row] = rowsOf(`${example}\n`, readOnly);
    const devices = [...new Set(example.split(' ').filter((word) => /^\/dev\//.test(word)))];
    const drawn = new Set(row!.mapping.areas.map(({ device }) => device));
    if (row!.type === 'error') return;
    expect([...drawn].sort()).toEqual(devices.sort());
  });

  test('of a stripe share its length, and take chunks in turn', () => {
    const [{ mapping }] = rowsOf('0 1024 striped 2 64 /dev/a 8 /dev/b 0\n') as [TableRow];
    expect(mapping).toEqual({
      chunk: 64,
      areas: [
        { device: '/dev/a', role: 'stripe 0', relation: 'chunks', offset: 8, length: 512 },
        { device: '/dev/b', role: 'stripe 1', relation: 'chunks', offset: 0, length: 512 },
      ],
    });
  });

  test('come from the text that the kernel would print', () => {
    const table = '0 8 linear /dev/a 0\n8 8 zero\n';
    expect(tableText(rowsOf(table))).toBe(table);
  });
});

describe('the sector map', () => {
  const rows = rowsOf('0 100 linear /dev/a 50\n100 300 linear /dev/b 1000000\n400 100 linear /dev/a 200\n');
  const layout = layOut(rows, { from: 0, to: 500 }, 1000, PIXELS);

  test('draws targets and what they map to one scale', () => {
    expect(layout.segments.map(({ x, width }) => [x, width])).toEqual([
      [0, 200],
      [200, 600],
      [800, 200],
    ]);
    const [a, b] = layout.devices;
    expect(a!.extents.map(({ width, from, to }) => [width, from, to])).toEqual([
      [200, 50, 150],
      [200, 200, 300],
    ]);
    expect(b!.extents[0]!.width).toBe(600);
    expect([a!.scale, b!.scale]).toEqual([1, 1]);
  });

  test('breaks what nothing maps where it is wide, and says how much', () => {
    expect(layout.devices.map(({ breaks }) => breaks.map(({ sectors }) => sectors))).toEqual([[50, 50], [1_000_000]]);
  });

  test('clips to the window, also what the areas show', () => {
    const { segments, devices } = layOut(rows, { from: 50, to: 150 }, 1000, PIXELS);
    expect(segments.map(({ first, width }) => [first, width])).toEqual([
      [0, 500],
      [1, 500],
    ]);
    expect(devices.map(({ extents }) => extents.map(({ from, to }) => [from, to]))).toEqual([
      [[100, 150]],
      [[1_000_000, 1_000_050]],
    ]);
  });

  test('joins targets that share a pixel', () => {
    const many = rowsOf(Array.from({ length: 5000 }, (_, i) => `${i * 8} 8 linear /dev/a ${i * 8}\n`).join(''));
    const { segments } = layOut(many, { from: 0, to: 40_000 }, 1000, PIXELS);
    expect(segments.length).toBeLessThan(1000);
    expect(segments[0]!.first).toBe(0);
    expect(segments.at(-1)!.last).toBe(4999);
    for (const [index, segment] of segments.slice(1).entries()) expect(segment.first).toBe(segments[index]!.last + 1);
  });

  test('gives a wide target its own segment beside one that is too narrow to be seen', () => {
    const uneven = rowsOf('0 8 linear /dev/a 0\n8 100000 linear /dev/b 0\n100008 8 zero\n');
    const { segments } = layOut(uneven, { from: 0, to: 100_016 }, 1000, PIXELS);
    expect(segments.map(({ first, last }) => [first, last])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test('fits what it draws, and says when that is not to the scale', () => {
    const mirror = rowsOf('0 8 linear /dev/a 0\n8 8 linear /dev/a 0\n16 8 unstriped 2 4 0 /dev/a 0\n');
    for (const { extents } of layOut(mirror, { from: 0, to: 24 }, 300, PIXELS).devices) {
      for (const { x, width } of extents) expect(x + width).toBeLessThanOrEqual(300.001);
    }
  });
});
