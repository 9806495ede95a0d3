import { describe, expect, it } from 'vitest';
import { DmError, linear, loadPlanner, type Request, sectors, zero } from '../../../src/index.ts';
import { lineAt, onlyLine } from '../../../src/table-line.ts';

const planner = await loadPlanner();

function refusal(request: object): DmError {
  try {
    planner.plan({ action: 'create', name: 'data', ...request } as Request);
  } catch (error) {
    if (error instanceof DmError) return error;
  }
  throw new Error('nothing was refused');
}

/** The word at which an error points. */
function word({ tableLine, tableColumn }: DmError): string | undefined {
  return tableLine?.slice(tableColumn).split(/\s/)[0];
}

describe('an error in the text of a table', () => {
  it.each([
    ['the first line', '1 8 zero\n8 8 zero\n', '1 8 zero', '1'],
    ['the last line', '0 8 zero\n16 8 zero\n', '16 8 zero', '16'],
    ['a last line without its end', '0 8 zero\n16 8 zero', '16 8 zero', '16'],
    ['a line between', '0 8 zero\n8 x zero\n16 8 zero\n', '8 x zero', 'x'],
    ['a line behind comments and blanks', '# first\n\n   \n0 8 linear /dev/a y\n', '0 8 linear /dev/a y', 'y'],
    ['an indented line', '\t 0 8 linear /dev/a y\n', '\t 0 8 linear /dev/a y', 'y'],
    ['a line with tabs', '0\t8\tlinear\t/dev/a\ty\n', '0\t8\tlinear\t/dev/a\ty', 'y'],
    ['a line of Windows', '0 8 zero\r\n16 8 zero\r\n24 8 zero\r\n', '16 8 zero', '16'],
    ['a last line of Windows', '0 8 zero\r\n16 8 zero\r\n', '16 8 zero', '16'],
  ])('gives %s and the column of the word', (_, table, line, fault) => {
    const error = refusal({ table });
    expect(error.tableLine).toBe(line);
    expect(word(error)).toBe(fault);
  });

  it('counts characters, where the planner counts bytes', () => {
    const error = refusal({ table: '# größer\n0 8 linear /dev/größe y\n' });
    expect(error).toMatchObject({ tableLine: '0 8 linear /dev/größe y', tableColumn: 22, offset: 35 });
    expect(word(error)).toBe('y');
  });

  it('is the same for the text as bytes', () => {
    const table = '0 8 linear /dev/größe y\n';
    expect(refusal({ table: Buffer.from(table) }).toJSON()).toEqual(refusal({ table }).toJSON());
  });

  it('shows no line where the table has none', () => {
    for (const table of ['', '\n', '   \n\n', '# only this\n']) {
      const { code, tableLine } = refusal({ table });
      expect(code).toBe('empty_table');
      expect(tableLine?.trim()).not.toBe('');
    }
  });

  it('never shows an empty line, whatever the offset', () => {
    const request: Request = { action: 'load', name: 'a', table: '\n0 8 zero\n\r\n' };
    for (const offset of [0, 10, 12]) expect(lineAt(request, 'table[0]', offset)).toBeUndefined();
  });
});

describe('an error in typed rows', () => {
  it('gives the row as JSON, with sectors as decimal text', () => {
    const targets = [zero({ length: 8 }), linear({ length: sectors(8), device: 'x', offset: sectors(2n ** 60n) })];
    expect(refusal({ targets })).toMatchObject({
      path: 'targets[1].device',
      tableLine: '{"type":"linear","length":"8","device":"x","offset":"1152921504606846976"}',
      tableColumn: undefined,
    });
  });

  it.each([
    ['a Uint8Array', new TextEncoder().encode('/dev/é x')],
    ['a Buffer', Buffer.from('/dev/é x')],
  ])('gives params that are %s as text', (_, params) => {
    const { tableLine } = refusal({ targets: [{ type: 'linear', length: 8, params }] });
    expect(tableLine).toBe('{"type":"linear","length":8,"params":"/dev/é x"}');
  });

  it('gives no row when none is at fault', () => {
    expect(refusal({ targets: [] }).tableLine).toBeUndefined();
    expect(refusal({ name: '', targets: [zero({ length: 8 })] }).tableLine).toBeUndefined();
  });
});

describe('the only line', () => {
  it.each<[string, object, string | undefined]>([
    ['of one row of text', { table: '# c\n\n  0 8 zero  \r\n' }, '0 8 zero'],
    ['of one row of bytes', { table: Buffer.from('0 8 zero') }, '0 8 zero'],
    ['of one typed row', { targets: [zero({ length: 8 })] }, '{"type":"zero","length":8}'],
    ['of two rows of text', { table: '0 8 zero\n8 8 zero\n' }, undefined],
    ['of two typed rows', { targets: [zero({ length: 8 }), zero({ length: 8 })] }, undefined],
    ['of no table', {}, undefined],
  ])('%s is known, or is not', (_, fields, line) => {
    expect(onlyLine({ action: 'load', name: 'a', ...fields } as Request)).toBe(line);
  });
});

describe('a row that holds a key', () => {
  const key = 'ab'.repeat(32);

  it('is shown with zeros in its place, as text', () => {
    const table = `0 8 crypt aes-xts-plain64 ${key} 0 /dev/loop0 x\n`;
    expect(lineAt({ action: 'create', name: 'a', table }, 'table[0].offset', 10)?.tableLine).toBe(
      `0 8 crypt aes-xts-plain64 ${'0'.repeat(64)} 0 /dev/loop0 x`,
    );
    expect(onlyLine({ action: 'create', name: 'a', table })).not.toContain(key);
  });

  it('is shown with zeros in its place, as fields and as params', () => {
    const targets = [{ type: 'crypt', length: 8, params: `aes-xts-plain64 ${key} 0 /dev/loop0 0` }];
    expect(onlyLine({ action: 'create', name: 'a', targets })).not.toContain(key);
  });

  it('is shown with zeros for the key of a target that is not declared', () => {
    const targets = [{ type: 'default-key', length: 8, params: `AES-256-XTS ${key} /dev/loop0 0` }];
    expect(onlyLine({ action: 'create', name: 'a', targets })).not.toContain(key);
  });
});
