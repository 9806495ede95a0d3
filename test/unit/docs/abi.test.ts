import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACTIONS, SWITCHES } from '../../../assembly/tables/actions.ts';
import { COMMANDS } from '../../../assembly/tables/commands.ts';
import { ERRORS } from '../../../assembly/tables/errors.ts';
import { withGenerated } from '../../../assembly/tables/schema/page.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';

const page = readFileSync(new URL('../../../docs/abi.md', import.meta.url), 'utf8');
const wasm = readFileSync(new URL('../../../dist/planner.wasm', import.meta.url));

/** The rows of the table below a heading, without its head: each an array of cells. */
function rowsOf(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The name in backticks, or the bare word, that a row is about. */
function subject([cell = '']: string[]): string {
  return /`(\w+)/.exec(cell)?.[1] ?? cell;
}

describe('docs/abi.md', () => {
  it('lists exactly the exports of planner.wasm', () => {
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
    expect(rowsOf('Exports').slice(2).map(subject).sort()).toEqual(exports.sort());
  });

  it("has an example whose bytes are the planner's", () => {
    const section = page.split(/^###? /m).find((part) => part.startsWith('An example'))!;
    const [request, start, rest] = section.split('\n').filter((line) => line.startsWith('    '));
    const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const payload = Buffer.alloc(312);
    for (const [, offset, hex] of rest!.matchAll(/(\d+): ((?:[0-9a-f]{2} ?)+)/g))
      bytes(hex!).copy(payload, Number(offset));
    const asked = bytes(request!);
    const planner = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Record<string, CallableFunction>;
    const memory = planner.memory as unknown as WebAssembly.Memory;
    const at = planner.request!(asked.length);
    new Uint8Array(memory.buffer, at, asked.length).set(asked);
    expect(planner.plan!()).toBe(0);
    const answer = Buffer.from(memory.buffer, planner.result!(), planner.result_length!());
    expect(answer.toString('hex')).toBe(Buffer.concat([bytes(start!), payload]).toString('hex'));
  });

  it('gives every function the number of parameters that it has', () => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    for (const row of rowsOf('Exports').slice(2)) {
      const signature = /`(\w+)\((.*?)\)/.exec(row[0]!);
      if (!signature) continue;
      const [, name, parameters] = signature as unknown as [string, string, string];
      expect((exports[name] as () => void).length, name).toBe(parameters === '' ? 0 : parameters.split(',').length);
    }
  });

  it('lists exactly the actions, with the commands of each in order', () => {
    const rows = rowsOf('Requests')
      .filter((row) => row.length === 3)
      .slice(2);
    const names = new Map(COMMANDS.map(({ number, name }) => [number, name]));
    expect(rows.map((row) => [subject(row), row[1]!.replaceAll(/ \(\w+\)| with \w+/g, '')])).toEqual(
      ACTIONS.map(({ name, steps }) => [name, steps.map(({ command }) => names.get(command)).join(', ')]),
    );
  });

  it('has a row for every switch', () => {
    const rows = rowsOf('Requests')
      .filter((row) => row.length === 2)
      .map(subject);
    expect(rows).toEqual(expect.arrayContaining(Object.keys(SWITCHES)));
  });

  it('leaves the targets to the page that is made from their declarations', () => {
    const section = page.split(/^## /m).find((part) => part.startsWith('Targets'))!;
    expect(section).toContain(`each of the ${TARGETS.length} types`);
    expect(section).toContain('[targets.md](targets.md)');
  });

  it('lists the numbers of the commands that plans use', () => {
    const rows = rowsOf('Plans')
      .slice(2)
      .map(([name, number, since]) => [name, Number(number), since]);
    expect(rows).toEqual(COMMANDS.map(({ name, number, since }) => [name, number, since.slice(0, 2).join('.')]));
  });

  it('has the generated sections as the declarations say; npm run docs writes them anew', () => {
    expect(page).toBe(withGenerated(page));
  });

  it('lists every error with its code', () => {
    const rules = TARGETS.flatMap((target) => target.rules);
    const declared = [...ERRORS, ...rules]
      .sort((a, b) => a.code - b.code)
      .map(({ code, name }) => [String(code), name]);
    expect(
      rowsOf('Error names')
        .slice(2)
        .map((row) => [row[0], subject([row[1]!])]),
    ).toEqual(declared);
  });
});
