/** Whatever is pasted into the inspector is shown, on a page and in a terminal, or refused at a place in the text. */
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { drawSteps } from '../../src/cli/draw/steps.ts';
import { styleOf } from '../../src/cli/draw/style.ts';
import { columnsOf } from '../../src/cli/draw/text.ts';
import { loadPlanner } from '../../src/index.ts';
import { layOut, PIXELS } from '../../src/inspect/map-layout.ts';
import { Problem } from '../../src/inspect/problem.ts';
import { type InspectedStep, tableOf } from '../../src/inspect/table.ts';
import { treeOf } from '../../src/inspect/verity-levels.ts';
import { hexOf } from '../../src/web/copies.ts';
import { entryOf } from '../../src/web/entry.ts';
import { understand } from '../../src/web/input.ts';

const planner = await loadPlanner();
const numRuns = Number(process.env.DMPLAN_FUZZ_RUNS ?? 2000);
const VERITY = `0 8 verity 1 /dev/a /dev/b 4096 4096 1 1 sha256 ${'ab'.repeat(32)} -\n`;
const TABLE = '0 8 linear /dev/a 0\n8 128 striped 2 64 /dev/b 0 /dev/c 0\n';
const loads = [TABLE, VERITY].map(
  (table) => planner.plan({ action: 'load', name: 'x', readOnly: true, table }).steps[0]!.payload,
);

/** Everything that the page and the terminal work out of a text. */
function show(text: string, more: object = {}): void {
  try {
    const { steps } = understand(planner, entryOf(text, more));
    draw(steps);
    for (const step of steps) {
      planner.inspect(step.command, step.payload, { reply: step.reply });
      const rows = tableOf(planner, step);
      if (!rows) continue;
      const last = rows.at(-1);
      layOut(rows, { from: 0, to: last ? last.start + last.length : 1 }, 800, PIXELS);
      for (const [index, { fields }] of rows.entries()) treeOf(planner, index, fields);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    const { place } = error as Problem;
    if (typeof place !== 'object') return;
    expect(place.start).toBeGreaterThanOrEqual(0);
    expect(place.start).toBeLessThanOrEqual(text.length);
    expect(place.end).toBeGreaterThan(place.start);
  }
}

/** No line is longer than the terminal is wide, and none holds what a terminal obeys. */
function draw(steps: readonly InspectedStep[]): void {
  const width = 40 + ((steps[0]?.payload.length ?? 0) % 100);
  for (const isUnicode of [true, false]) {
    const lines = drawSteps(planner, steps, styleOf(width, isUnicode, pc.createColors(false))).split('\n');
    for (const line of lines) {
      if (columnsOf(line) > width) expect.fail(`longer than ${width}: ${line}`);
      if (/\p{Cc}/u.test(line)) expect.fail(`a control character in ${JSON.stringify(line)}`);
    }
  }
}

describe('the inspector', () => {
  test('of texts made of pieces of tables, JSON, plans and dumps', () => {
    const piece = fc.constantFrom(
      ...['0 8 ', '8 8 ', 'linear ', 'striped 2 64 ', '/dev/a 0', '\n', '# ', 'x: ', '{', '}', '[', ']', '"', ':', ','],
      ...[
        '"action"',
        '"create"',
        '"steps"',
        '"targets"',
        '"payload"',
        '"command"',
        '"name"',
        '"table"',
        'TABLE_LOAD ',
        '0400',
        '00',
      ],
      ...['a,,,rw,', 'b,U,1,ro,', ',', ';', '\\', 'dm-mod.create="', '0 8 zero,'],
      ...['00000000: ', '*', '0x04,', '\\x00', 'é', '𝄞', '\t', '\r\n', '\0', '= {', '};', '99999999999999999999 '],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => show(pieces.join(''))),
      { numRuns },
    );
  });

  test('of payloads with bytes that are wrong, cut or said to be a reply', () => {
    const change = fc.tuple(fc.nat(600), fc.constantFrom(0, 1, 7, 64, 127, 255));
    fc.assert(
      fc.property(
        fc.constantFrom(...loads),
        fc.array(change, { maxLength: 4 }),
        fc.nat(600),
        fc.boolean(),
        (load, changes, cut, reply) => {
          const payload = load.slice(0, Math.max(8, load.length - (cut > 500 ? 0 : cut)));
          for (const [at, byte] of changes) payload[at % payload.length] = byte;
          show(hexOf(payload), { command: reply ? 'TABLE_STATUS' : 'TABLE_LOAD', reply });
        },
      ),
      { numRuns },
    );
  });
});
