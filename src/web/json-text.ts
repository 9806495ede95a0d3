/** Where things stand in the text of JSON: what `JSON.parse` does not say. */
import type { Place } from '../inspect/problem.ts';

/** JSON's own numbers, from the place on. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const BLANK = /[ \t\r\n]*/y;

/** Much deeper than the planner reads, and less than what a browser's stack holds. */
const DEEPEST = 2000;

export interface SyntaxFault {
  place: Place;
  message: string;
}

class Fault extends Error {
  readonly index: number;
  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/** The first thing that is not JSON, if there is one. */
export function syntaxFault(text: string): SyntaxFault | undefined {
  try {
    const end = blank(
      text,
      value(text, blank(text, 0), () => {}, 0),
    );
    if (end < text.length) throw new Fault(end, 'nothing may follow the value; delete what is behind it');
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const word = /^[\w.+-]+|^./s.exec(text.slice(error.index, error.index + 200))?.[0].length ?? 1;
    return { place: { start: error.index, end: error.index + word }, message: error.message };
  }
}

/**
 * Where the value of a path (`targets[3].length`) stands; of a path that is not there, the opening of the value
 * around it. The text is JSON.
 */
export function placeOf(text: string, path: string): Place {
  let start = blank(text, 0);
  let place: Place = { start, end: start + 1 };
  for (const { 1: index, 2: name } of path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)) {
    let found: Place | undefined;
    value(
      text,
      start,
      (key, from, to) => {
        if (key === (name ?? Number(index))) found ??= { start: from, end: to };
      },
      0,
    );
    if (!found) return { start, end: start + 1 };
    place = found;
    start = place.start;
  }
  return /[{[]/.test(text[place.start]!) ? { start: place.start, end: place.start + 1 } : place;
}

/** The index in the text of a byte of the string whose opening quote stands at `start`. */
export function indexInString(text: string, start: number, byte: number): number {
  let index = start + 1;
  for (let at = 0; at < byte && text[index] !== '"'; ) {
    const length = text[index] !== '\\' ? (text.codePointAt(index)! > 0xffff ? 2 : 1) : text[index + 1] === 'u' ? 6 : 2;
    const piece = JSON.parse(`"${text.slice(index, index + length)}"`) as string;
    at += new TextEncoder().encode(piece).length;
    index += length;
  }
  return index;
}

type Child = (key: string | number, start: number, end: number) => void;

/** Walks over one value, telling its own children; returns the index behind it. */
function value(text: string, at: number, child: Child, depth: number): number {
  if (depth > DEEPEST) throw new Fault(at, 'nested too deep');
  const character = text[at];
  if (character === '{') return members(text, at, child, depth);
  if (character === '[') return elements(text, at, child, depth);
  const end = character === '"' ? match(STRING, text, at) : (match(NUMBER, text, at) ?? match(WORD, text, at));
  if (end !== undefined) return end;
  if (character === '"')
    throw new Fault(at, 'this text does not end, or holds what JSON wants escaped; close it with "');
  if (character === "'") throw new Fault(at, 'JSON quotes text with ", not with \'');
  throw new Fault(
    at,
    at >= text.length
      ? 'the text ends here, where a value is wanted'
      : 'no value of JSON; write text in "", a number, true, false, null, [] or {}',
  );
}

function members(text: string, open: number, child: Child, depth: number): number {
  let at = blank(text, open + 1);
  if (text[at] === '}') return at + 1;
  for (;;) {
    const keyEnd = text[at] === '"' ? match(STRING, text, at) : undefined;
    if (keyEnd === undefined)
      throw new Fault(
        at,
        text[at] === '}' ? 'a comma stands before this }; delete it' : 'the name of a field is wanted here, in ""',
      );
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const colon = blank(text, keyEnd);
    if (text[colon] !== ':') throw new Fault(colon, 'a colon is wanted between a name and its value');
    const start = blank(text, colon + 1);
    const end = value(text, start, () => {}, depth + 1);
    child(key, start, end);
    at = blank(text, end);
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') throw new Fault(at, 'a comma or } is wanted here');
    at = blank(text, at + 1);
  }
}

function elements(text: string, open: number, child: Child, depth: number): number {
  let at = blank(text, open + 1);
  if (text[at] === ']') return at + 1;
  for (let index = 0; ; index++) {
    const end = value(text, at, () => {}, depth + 1);
    child(index, at, end);
    at = blank(text, end);
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') throw new Fault(at, 'a comma or ] is wanted here');
    at = blank(text, at + 1);
  }
}

function blank(text: string, at: number): number {
  return match(BLANK, text, at)!;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
