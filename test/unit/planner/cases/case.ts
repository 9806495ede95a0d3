/**
 * Every target's grammar by example. An accepted case is given by its fields and by its params in the kernel's form; a
 * refused one by its fields, with the error's name and the path inside the target. `rule`: the case stands at the
 * edge of that rule, on the side where it holds.
 */
export interface Accepted {
  what: string;
  type: string;
  length: number | bigint;
  fields: Record<string, unknown>;
  /** The kernel's form, with its quoting. */
  params: string;
  /** dmsetup's form, where it differs: no quoting. */
  text?: string;
  rule?: string;
}

export interface Refused {
  what: string;
  type: string;
  length: number | bigint;
  fields: Record<string, unknown>;
  params: string;
  name: string;
  path: string;
}

/** An accepted case in a line. */
export function takes(
  type: string,
  length: number | bigint,
  what: string,
  fields: Record<string, unknown>,
  params: string,
  rule?: string,
): Accepted {
  return { what, type, length, fields, params, ...(rule === undefined ? {} : { rule }) };
}

/** A case that breaks the rule `name`. */
export function breaks(
  type: string,
  length: number | bigint,
  what: string,
  fields: Record<string, unknown>,
  params: string,
  name: string,
  path: string,
): Refused {
  return { what, type, length, fields, params, name, path };
}
