/** A stretch of the text, in UTF-16 units. */
export interface Place {
  start: number;
  end: number;
}

/** What stands beside the text and can be at fault, by its id in the page. */
export type FieldAtFault = 'name' | 'uuid' | 'read-only';

/** What is wrong with what was put in, and exactly where. */
export class Problem extends Error {
  readonly code: string;
  /** The field of the request, as the planner names it; may be empty. */
  readonly path: string;
  readonly place: Place | FieldAtFault | undefined;

  constructor(code: string, message: string, place: Place | FieldAtFault | undefined, path = '') {
    super(message);
    this.code = code;
    this.path = path;
    this.place = place;
  }
}

/** From this index to the end of its word; at a blank or the end, one character wide. */
export function wordAt(text: string, start: number): Place {
  const length = /^\S+/.exec(text.slice(start, start + 4096))?.[0].length ?? 0;
  return { start, end: start + Math.max(1, length) };
}

/** The UTF-16 index of a byte of the text's UTF-8. */
export function indexOfByte(text: string, byte: number): number {
  let index = 0;
  for (let at = 0; at < byte && index < text.length; ) {
    const point = text.codePointAt(index)!;
    at += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    index += point < 0x10000 ? 1 : 2;
  }
  return index;
}

/** Line and column for people, from 1. */
export function lineAndColumn(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index);
  const newline = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: index - newline };
}
