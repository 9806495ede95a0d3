/** Compiles a rule's expression (see `Rule` in `notation.ts`) to the postfix bytes that `grammar/rules.ts` evaluates. */

export const OP = {
  END: 0,
  NUMBER: 1,
  FIELD: 2,
  LENGTH: 3,
  DIGITS: 4,
  DIGEST: 5,
  SAME: 6,
  GIVEN: 7,
  ADD: 8,
  SUBTRACT: 9,
  MULTIPLY: 10,
  DIVIDE: 11,
  REMAINDER: 12,
  EQUAL: 13,
  NOT_EQUAL: 14,
  LESS: 15,
  AT_MOST: 16,
  GREATER: 17,
  AT_LEAST: 18,
  AND: 19,
  OR: 20,
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

const CALLS: Record<string, { op: number; fields: number }> = {
  count: { op: OP.FIELD, fields: 1 },
  digits: { op: OP.DIGITS, fields: 1 },
  digest: { op: OP.DIGEST, fields: 1 },
  same: { op: OP.SAME, fields: 2 },
  given: { op: OP.GIVEN, fields: 1 },
};

/** `slotOf` gives the slot of a field and throws for a name that the target does not have. */
export function compileExpression(text: string, slotOf: (field: string) => number): number[] {
  const tokens = text.match(/[A-Za-z]\w*|\d+|\|\||&&|[=!<>]=|[-+*/%<>(),]/g) ?? [];
  const code: number[] = [];
  let at = 0;
  let depth = 0;

  const push = (...bytes: number[]): void => {
    code.push(...bytes);
    if (++depth > MAX_DEPTH) throw new Error(`nests deeper than ${MAX_DEPTH}: ${text}`);
  };

  const take = (expected: string): void => {
    if (tokens[at++] !== expected) throw new Error(`expected ${expected} in: ${text}`);
  };

  const primary = (): void => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      binary(1);
      take(')');
    } else if (/^\d/.test(token)) {
      const bytes = new DataView(new ArrayBuffer(8));
      bytes.setBigUint64(0, BigInt(token), true);
      push(OP.NUMBER, ...new Uint8Array(bytes.buffer));
    } else if (token === 'length') {
      push(OP.LENGTH);
    } else if (tokens[at] === '(') {
      const call = CALLS[token];
      if (!call) throw new Error(`no function ${token} in: ${text}`);
      const slots: number[] = [];
      do {
        at++;
        slots.push(slotOf(tokens[at++] ?? ''));
      } while (tokens[at] === ',');
      take(')');
      if (slots.length !== call.fields) throw new Error(`${token} takes ${call.fields} fields in: ${text}`);
      push(call.op, ...slots);
    } else {
      push(OP.FIELD, slotOf(token));
    }
  };

  const binary = (least: number): void => {
    primary();
    for (;;) {
      const operator = BINARY[tokens[at] ?? ''];
      if (!operator || operator.precedence < least) return;
      at++;
      binary(operator.precedence + 1);
      code.push(operator.op);
      depth--;
    }
  };

  binary(1);
  if (at !== tokens.length) throw new Error(`words left over in: ${text}`);
  code.push(OP.END);
  return code;
}
