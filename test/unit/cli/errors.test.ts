import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderError } from '../../../src/cli/errors.ts';
import { DmError, type Rollback } from '../../../src/index.ts';
import { dmplan, scratch } from './capture.ts';

const { file, folder } = scratch();
const plain = pc.createColors(false);
const JUNK = Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 31 + i * 7) % 256);

/** The line of a table that an error shows, and the word that its carets stand under, as columns of a terminal. */
async function pointed(table: string): Promise<{ line: string | undefined; word: string | undefined }> {
  const { err } = await dmplan(['plan', file('bad.table', table), '--name', 'a']);
  const [line, carets] = err.split('\n').slice(1).map(expandTabs);
  const from = carets?.indexOf('^') ?? -1;
  return { line: line?.slice(2), word: from < 0 ? undefined : line?.slice(from, carets!.lastIndexOf('^') + 1) };
}

/** What a terminal makes of tabs. */
function expandTabs(text: string): string {
  let shown = '';
  for (const character of text) shown += character === '\t' ? ' '.repeat(8 - (shown.length % 8)) : character;
  return shown;
}

describe('an error in a table', () => {
  it('is its name, the field, what to do, the line, and carets under the word', async () => {
    const { code, out, err } = await dmplan(['plan', file('gap.table', '0 8 zero\n16 8 zero\n')]);
    expect(err).toBe(
      [
        'error gap: table[1].start: the target starts at sector 16, but the one before ends at sector 8: nothing maps the sectors between',
        '  16 8 zero',
        '  ^^',
        '',
      ].join('\n'),
    );
    expect([code, out]).toEqual([1, '']);
  });

  it.each([
    ['the first word', '8 8 zero\n', '8'],
    ['the last word', '0 8 linear /dev/a offset\n', 'offset'],
    ['a word behind tabs', '0\t8\tlinear\t/dev/a\toffset\n', 'offset'],
    ['a word behind a tab in mid-column', '0 8 linear /dev/mapper/abc\toffset\n', 'offset'],
    ['a word behind letters of several bytes', '0 8 linear /dev/größe offset\n', 'offset'],
    ['a word of letters of several bytes', '0 8 linear /dev/a größe\n', 'größe'],
    ['a word behind both', '0 8 linear\t/dev/größe\toffset\n', 'offset'],
    ['a word of an indented line', '  \t0 8 linear /dev/a offset\n', 'offset'],
    ['a word of a line of Windows', '0 8 linear /dev/a offset\r\n8 8 zero\r\n', 'offset'],
  ])('points at %s', async (_, table, word) => {
    expect((await pointed(table)).word).toBe(word);
  });

  it('shows no empty line under an empty table', async () => {
    for (const table of ['', '\n\n', '# nothing\n']) {
      const { code, err } = await dmplan(['plan', file('empty.table', table)]);
      expect(err).toMatch(/^error empty_table: table: .*\n$/);
      expect(code).toBe(1);
    }
  });

  it('lets no byte of the table command the terminal', async () => {
    const { code, err } = await dmplan([
      'plan',
      file('evil.table', '0 8 linear \x1b[2J\x07\x9b5m/dev/a x\n'),
      '--name',
      'a',
    ]);
    expect(code).toBe(1);
    expect(err).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  });
});

describe('an error as JSON', () => {
  it('is on standard output, alone, with everything that is known', async () => {
    const { code, out, err } = await dmplan(['plan', file('gap.table', '0 8 zero\n16 8 zero\n'), '--json']);
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'gap',
        message: expect.stringContaining('table[1].start: '),
        operation: 'create',
        path: 'table[1].start',
        offset: 9,
        tableLine: '16 8 zero',
        tableColumn: 0,
        retryable: false,
      },
    });
    expect(out.endsWith('}}\n')).toBe(true);
    expect([code, err]).toEqual([1, '']);
  });
});

describe('bad input', () => {
  const junk = file('junk.bin', JUNK);
  it.each<[string, string[], string]>([
    ['a missing file', ['plan', `${folder}/missing`], 'unreadable_file'],
    ['a directory', ['plan', folder], 'unreadable_file'],
    ['binary junk', ['plan', junk], ''],
    ['a missing plan', ['inspect', `${folder}/missing`], 'unreadable_file'],
    ['a directory for a plan', ['inspect', folder], 'unreadable_file'],
    ['binary junk for a plan', ['inspect', junk], 'unknown_payload'],
    ['a missing table file', ['create', 'data', `${folder}/missing`], 'unreadable_file'],
    ['a directory for a table', ['load', 'data', folder], 'unreadable_file'],
    ['a table twice', ['create', 'data', junk, '--table', '0 8 zero'], 'two_tables'],
    ['a name that is mangled in part', ['remove', 'a b\\x20c'], 'mixed_name'],
  ])('%s is one error, without a stack trace, as text and as JSON', async (_, args, errorCode) => {
    const text = await dmplan(args);
    expect(text.err).toMatch(new RegExp(`^error ${errorCode}`));
    expect(text.err).not.toMatch(/\n\s+at |node:internal/);
    expect([text.code, text.out]).toEqual([1, '']);
    const json = await dmplan([...args, '--json']);
    const { error } = JSON.parse(json.out) as { error: { code: string; message: string } };
    expect(text.err).toContain(`error ${error.code}: ${error.message}`);
    expect([json.code, json.err]).toEqual([1, '']);
  });
});

describe('the text of an error', () => {
  const text = (fields: Partial<DmError>): string =>
    renderError(new DmError({ code: 'table_refused', message: 'why', ...fields }), plain);

  it.each<[string, Rollback, string]>([
    ['nothing was done', { complete: true, undone: [] }, 'nothing to undo; nothing is left'],
    [
      'all was undone',
      { complete: true, undone: [{ step: 0, command: 'DEV_REMOVE' }] },
      'undone: step 1 by DEV_REMOVE; nothing is left',
    ],
    [
      'undoing failed',
      { complete: false, undone: [{ step: 0, command: 'DEV_REMOVE', errno: { number: 16, name: 'EBUSY' } }] },
      'undone: step 1 by DEV_REMOVE (failed: EBUSY); something is left, see dmplan ls',
    ],
  ])('says what became of what had been done: %s', (_, rollback, line) => {
    expect(text({ rollback })).toBe(`error table_refused: why\n  ${line}`);
  });

  it('says which byte rule fired, and whether trying again can help', () => {
    expect(text({ rule: 'chain', retryable: true })).toBe(
      'error table_refused: why\n  rule: chain\n  the same command can succeed later',
    );
  });

  it('shows a row that has no column without carets', () => {
    expect(text({ tableLine: '0 8 zero' })).toBe('error table_refused: why\n  0 8 zero');
  });

  it('points with one caret at the end of a line, where a word is missing', () => {
    expect(text({ tableLine: '0 8', tableColumn: 3 })).toBe('error table_refused: why\n  0 8\n     ^');
  });
});
