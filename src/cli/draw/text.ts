/** Text in columns of a terminal. */

/** Marks that stand on the character before. */
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d]/u;
/** East Asian characters and pictures (Unicode's East_Asian_Width, roughly). */
const TWO_WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** How many columns a text without colours takes. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += NO_WIDTH.test(character) ? 0 : TWO_WIDE.test(character) ? 2 : 1;
  return columns;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

/** Lines of at most so many columns, broken at blanks, and inside words that are longer than a line. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = columnsOf(word) <= width ? [word] : broken(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1)!;
  }
  return [...lines, line];
}

function broken(word: string, width: number): string[] {
  const pieces = [''];
  let room = Math.max(2, width);
  for (const character of word) {
    const columns = columnsOf(character);
    if (columns > room) {
      pieces.push('');
      room = Math.max(2, width);
    }
    pieces[pieces.length - 1] += character;
    room -= columns;
  }
  return pieces;
}

/** The first ones and the last one of many, and how many are between them. */
export interface Folded<T> {
  first: T[];
  hidden: T[];
  last: T[];
}

export function folded<T>(items: readonly T[], most: number, first: number): Folded<T> {
  if (items.length <= most) return { first: [...items], hidden: [], last: [] };
  return { first: items.slice(0, first), hidden: items.slice(first, -1), last: items.slice(-1) };
}
