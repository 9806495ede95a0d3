/** Compiles a rule's expression (see `Rule` in `notation.ts`) to the postfix bytes that `grammar/rules.ts` evaluates. */

import { u64 } from './bytes.ts';

export const OP = {
  END: 0,
  NUMBER: 1,
  LENGTH: 2,
  FIELD: 3,
  DIGITS: 4,
  DIGEST: 5,
  GIVEN: 6,
  POWER_OF_TWO: 7,
  SAME: 8,
  IS: 9,
  TIMES: 10,
  NEGATIVE: 11,
  LISTED: 12,
  BEGINS: 13,
  NOT: 14,
  ADD: 15,
  SUBTRACT: 16,
  MULTIPLY: 17,
  DIVIDE: 18,
  REMAINDER: 19,
  EQUAL: 20,
  NOT_EQUAL: 21,
  LESS: 22,
  AT_MOST: 23,
  GREATER: 24,
  AT_LEAST: 25,
  AND: 26,
  OR: 27,
} as const;

/** Values that the engine's stack holds. */
const MAX_DEPTH = 16;

const BINARY: Record<string, { precedence: number; op: number }> = {
  '||': { precedence: 1, op: OP.OR },
  '&&': { precedence: 2, op: OP.AND },
  '==': { precedence: 3, op: OP.EQUAL },
  '!=': { precedence: 3, op: OP.NOT_EQUAL },
  '<=': { precedence: 4, op: OP.AT_MOST },
  '<': { precedence: 4, op: OP.LESS },
  '>=': { precedence: 4, op: OP.AT_LEAST },
  '>': { precedence: 4, op: OP.GREATER },
  '+': { precedence: 5, op: OP.ADD },
  '-': { precedence: 5, op: OP.SUBTRACT },
  '*': { precedence: 6, op: OP.MULTIPLY },
  '/': { precedence: 6, op: OP.DIVIDE },
  '%': { precedence: 6, op: OP.REMAINDER },
};

/** What each function takes: fields (a slot each), or a word (a reference to its text). */
const CALLS: Record<string, { op: number; takes: ('field' | 'word')[] }> = {
  count: { op: OP.FIELD, takes: ['field'] },
  digits: { op: OP.DIGITS, takes: ['field'] },
  digest: { op: OP.DIGEST, takes: ['field'] },
  given: { op: OP.GIVEN, takes: ['field'] },
  times: { op: OP.TIMES, takes: ['field'] },
  listed: { op: OP.LISTED, takes: ['field'] },
  negative: { op: OP.NEGATIVE, takes: ['field'] },
  powerOfTwo: { op: OP.POWER_OF_TWO, takes: ['field'] },
  same: { op: OP.SAME, takes: ['field', 'field'] },
  is: { op: OP.IS, takes: ['field', 'word'] },
  begins: { op: OP.BEGINS, takes: ['field', 'word'] },
};

/** What an expression refers to outside of itself. */
export interface Names {
  /** The slot of a field; throws for a name that the target does not have. */
  slot(field: string): number;
  /** The four bytes that name a text. */
  text(word: string): number[];
}

class Compiler {
  readonly code: number[] = [];
  readonly #text: string;
  readonly #names: Names;
  readonly #tokens: string[];
  #at = 0;
  #depth = 0;

  constructor(text: string, names: Names) {
    this.#text = text;
    this.#names = names;
    this.#tokens = text.match(/[A-Za-z][\w.:-]*|\d+|\|\||&&|[=!<>]=|[-+*/%<>(),!]/g) ?? [];
  }

  compile(): number[] {
    this.#binary(1);
    if (this.#at !== this.#tokens.length) this.#fail('words are left over');
    return [...this.code, OP.END];
  }

  #fail(what: string): never {
    throw new Error(`${what} in: ${this.#text}`);
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #push(...bytes: number[]): void {
    this.code.push(...bytes);
    if (++this.#depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} values are kept`);
  }

  #binary(least: number): void {
    this.#unary();
    for (;;) {
      const operator = BINARY[this.#tokens[this.#at] ?? ''];
      if (!operator || operator.precedence < least) return;
      this.#at++;
      this.#binary(operator.precedence + 1);
      this.code.push(operator.op);
      this.#depth--;
    }
  }

  #unary(): void {
    if (this.#tokens[this.#at] !== '!') {
      this.#primary();
      return;
    }
    this.#at++;
    this.#unary();
    this.code.push(OP.NOT);
  }

  #primary(): void {
    const token = this.#next();
    if (token === '(') {
      this.#binary(1);
      if (this.#next() !== ')') this.#fail('a bracket is not closed');
    } else if (/^\d/.test(token)) {
      const bytes = u64(BigInt(token));
      const size = bytes.findLastIndex((byte) => byte !== 0) + 1;
      this.#push(OP.NUMBER, size, ...bytes.slice(0, size));
    } else if (token === 'length') {
      this.#push(OP.LENGTH);
    } else if (this.#tokens[this.#at] === '(') {
      this.#call(token);
    } else {
      this.#push(OP.FIELD, this.#names.slot(token));
    }
  }

  #call(name: string): void {
    const call = CALLS[name] ?? this.#fail(`there is no function ${name}`);
    const operands = call.takes.flatMap((kind, index) => {
      if (this.#next() !== (index === 0 ? '(' : ',')) this.#fail(`${name} takes ${call.takes.length} operands`);
      const operand = this.#next();
      return kind === 'field' ? [this.#names.slot(operand)] : this.#names.text(operand);
    });
    if (this.#next() !== ')') this.#fail(`${name} takes ${call.takes.length} operands`);
    this.#push(call.op, ...operands);
  }
}

export function compileExpression(text: string, names: Names): number[] {
  return new Compiler(text, names).compile();
}
