/** Bytes as people write them: plain hex, `xxd`, `hexdump -C`, a C array, `\x` escapes. */
import { Problem } from './problem.ts';

/** `00000130: 0400 0000 …  ....`: two blanks are before the text. */
const XXD_LINE = /^([0-9a-f]{6,16}): ((?: ?[0-9a-f]{2,4})+)(?: {2,}.*)?$/i;
/** `00000130  04 00 …  00 00 …  |....|`: two blanks are also between the halves. */
const HEXDUMP_LINE = /^([0-9a-f]{6,16}) {2}((?: {0,2}[0-9a-f]{2})+)(?: +\|.*)?$/i;
const DUMP_END = /^[0-9a-f]{6,16}$/i;
const C_DECLARATION = /^[^{]*=\s*\{/;
const C_COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const WORD = /^(0x|\\x)?[0-9a-f]{2}([0-9a-f]{2}|\\x)*$/i;
const TOKEN = /[^\s,]+/g;

/** Whether the text looks like bytes: judged by its first line that says anything. */
export function looksLikeHex(text: string): boolean {
  if (C_DECLARATION.test(text.slice(0, 400))) return true;
  const line = (/\S[^\n]*/.exec(text)?.[0] ?? '').trim();
  if (line === '') return false;
  if (dumpLine(line)) return true;
  const words = line.split(/[\s,]+/).filter((word) => word !== '');
  const isRow = /^\d+$/.test(words[0]!) && /^\d+$/.test(words[1] ?? '') && /^[a-z]/i.test(words[2] ?? '');
  const hex = words.filter((word) => WORD.test(word));
  // a digit that is wrong makes no table of it
  return (
    WORD.test(words[0]!) &&
    words.join('').length >= 8 &&
    hex.length * 2 > words.length &&
    !(isRow && hex.length < words.length)
  );
}

/** @throws {Problem} `bad_hex`, `odd_hex`, at the word that is no hex */
export function readHex(text: string): Uint8Array {
  const lines = text.split('\n');
  const first = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  return dumpLine(first) ? readDump(lines) : readWords(text);
}

function dumpLine(line: string): RegExpExecArray | null {
  return XXD_LINE.exec(line) ?? HEXDUMP_LINE.exec(line);
}

function readDump(lines: string[]): Uint8Array {
  const bytes: number[] = [];
  let at = 0;
  let repeated = false;
  for (const line of lines) {
    const trimmed = line.trim();
    const found = dumpLine(trimmed);
    const offset = Number.parseInt(found?.[1] ?? trimmed, 16);
    if (trimmed === '*') repeated = true;
    else if (found || DUMP_END.test(trimmed)) {
      // hexdump writes * for rows that are as the one before
      if (repeated && offset <= 1 << 26) while (bytes.length < offset) bytes.push(bytes.at(-16) ?? 0);
      repeated = false;
      const digits = (found?.[2] ?? '').replaceAll(' ', '');
      for (let i = 0; i + 1 < digits.length; i += 2) bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
    } else if (trimmed !== '') {
      throw new Problem('bad_hex', 'this is no line of a hex dump; delete it', { start: at, end: at + line.length });
    }
    at += line.length + 1;
  }
  return Uint8Array.from(bytes);
}

function readWords(text: string): Uint8Array {
  const blanked = text
    .replace(C_COMMENT, (comment) => comment.replace(/\S/g, ' '))
    .replace(C_DECLARATION, (declaration) => ' '.repeat(declaration.length))
    .replace(/\}\s*;?\s*$/, (end) => ' '.repeat(end.length));
  const bytes: number[] = [];
  for (const found of blanked.matchAll(TOKEN)) {
    const place = { start: found.index, end: found.index + found[0].length };
    const digits = found[0].replace(/^0x/i, '').replaceAll('\\x', '').replace(/^"|"$/g, '');
    if (/[^0-9a-f]/i.test(digits))
      throw new Problem(
        'bad_hex',
        `"${clip(found[0])}" is not hex; write two digits of 0-9 and a-f for every byte`,
        place,
      );
    if (digits.length % 2 !== 0)
      throw new Problem(
        'odd_hex',
        `"${clip(found[0])}" has ${digits.length} digits: half a byte is missing or too many`,
        place,
      );
    for (let i = 0; i < digits.length; i += 2) bytes.push(Number.parseInt(digits.slice(i, i + 2), 16));
  }
  return Uint8Array.from(bytes);
}

function clip(word: string): string {
  return word.length > 24 ? `${word.slice(0, 24)}…` : word;
}
