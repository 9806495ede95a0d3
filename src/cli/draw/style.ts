/** How a drawing looks: its width, its characters and its colours. */
import { localeHasUtf } from '../locale.ts';
import type { Output } from '../output.ts';
import { columnsOf } from './text.ts';

export type Colors = Output['colors'];
export type Paint = (text: string) => string;

export interface Symbols {
  /** Of a scale: its line, its ends, and where a target begins. */
  line: string;
  left: string;
  right: string;
  tick: string;
  /** Sectors that are not used, and so many that the scale is broken. */
  gap: string;
  break: string;
  /** What maps to no device: zeros, errors, and what only the target knows. */
  zero: string;
  error: string;
  unknown: string;
  /** Where several devices share a column. */
  several: string;
  /** A bar that stands for no device. */
  bar: string;
  from: string;
  times: string;
  more: string;
}

const UNICODE: Symbols = {
  line: '─',
  left: '├',
  right: '┤',
  tick: '┼',
  gap: '·',
  break: '≈',
  zero: '░',
  error: '╳',
  unknown: '?',
  several: '▒',
  bar: '█',
  from: '←',
  times: '×',
  more: '…',
};

const ASCII: Symbols = {
  line: '-',
  left: '+',
  right: '+',
  tick: '+',
  gap: '.',
  break: '~',
  zero: '0',
  error: '!',
  unknown: '?',
  several: '#',
  bar: '=',
  from: '<-',
  times: 'x',
  more: '...',
};

export interface Style {
  /** Columns. */
  width: number;
  symbols: Symbols;
  colors: Colors;
  /** A text with what the terminal would obey, or cannot show, in another form. */
  plain: (text: string) => string;
}

const NARROWEST = 40;
/** Wider lines are hard to follow. */
const WIDEST = 200;

/** @param columns of the terminal; without one those that the environment names, or 80 */
export function widthOf(columns: number | undefined, { COLUMNS = '' }: NodeJS.ProcessEnv): number {
  const named = /^[1-9]\d*$/.test(COLUMNS) ? Number(COLUMNS) : 80;
  return Math.max(NARROWEST, Math.min(WIDEST, columns || named));
}

/** Whether the terminal shows more than ASCII. The console of Linux has not all of the characters. */
export function showsUnicode(environment: NodeJS.ProcessEnv): boolean {
  return localeHasUtf(environment) && !/^(dumb|linux)$/.test(environment.TERM ?? '');
}

export function styleOf(width: number, isUnicode: boolean, colors: Colors): Style {
  return {
    width,
    symbols: isUnicode ? UNICODE : ASCII,
    colors,
    plain: isUnicode ? visible : (text) => ascii(visible(text)),
  };
}

/** What a terminal would obey: control characters, and those that turn the direction of the text. */
const OBEYED = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

function visible(text: string): string {
  return text.replace(OBEYED, '\ufffd');
}

const ASCII_FOR: Readonly<Record<string, string>> = { '’': "'", '…': '...', '\ufffd': '?' };

function ascii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/gu,
    (character) => ASCII_FOR[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** The colours that devices take in turn. */
export function hueOf({ colors }: Style, index: number): Paint {
  const hues = [colors.cyan, colors.yellow, colors.green, colors.magenta, colors.blue, colors.red];
  return hues[index % hues.length]!;
}

/** The colour of a field, by the name that its meaning gives it. */
export function paintOf({ colors }: Style, name: string): Paint {
  const paints: Readonly<Record<string, Paint>> = {
    version: colors.magenta,
    size: colors.cyan,
    count: colors.yellow,
    flags: colors.red,
    dev: colors.magenta,
    name: colors.green,
    uuid: colors.blue,
    sector: colors.blue,
    length: colors.cyan,
    type: colors.yellow,
    params: colors.green,
  };
  return paints[name] ?? colors.dim;
}

/** As much of a text as has room, in so many columns. */
export function fitted(text: string, room: number, { symbols }: Style): string {
  if (columnsOf(text) <= room) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > room - symbols.more.length) break;
    kept += character;
  }
  return `${kept}${symbols.more}`.slice(0, Math.max(0, room));
}
