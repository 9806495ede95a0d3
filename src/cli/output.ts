import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

export interface Stream {
  write(text: string | Uint8Array): unknown;
  isTTY?: boolean;
  /** Of a terminal. */
  columns?: number;
}

export interface Streams {
  out: Stream;
  err: Stream;
}

/** Where a command writes: answers to standard output, everything else to standard error. */
export class Output {
  readonly colors: Colors;
  readonly errorColors: Colors;
  readonly #out: Stream;
  readonly #err: Stream;

  /** `color`: as asked for; by default on a terminal only, and as NO_COLOR and FORCE_COLOR say. */
  constructor(out: Stream, err: Stream, color?: boolean) {
    this.#out = out;
    this.#err = err;
    this.colors = pc.createColors(wanted(out, color));
    this.errorColors = pc.createColors(wanted(err, color));
  }

  /** An answer as text, exactly as given. */
  text(text: string): void {
    this.#out.write(text);
  }

  /** Whether a person reads the answers. */
  get isTerminal(): boolean {
    return this.#out.isTTY === true;
  }

  /** Columns of the terminal, where there is one that tells. */
  get columns(): number | undefined {
    return this.#out.columns || undefined;
  }

  /** Columns of a line of standard output: the terminal's, or what dmsetup takes where there is none. */
  get width(): number {
    return this.columns ?? 80;
  }

  /** Where a bar may be drawn. */
  get terminal(): Stream {
    return this.#err;
  }

  bytes(bytes: Uint8Array): void {
    this.#out.write(bytes);
  }

  json(value: unknown): void {
    this.#out.write(`${JSON.stringify(value, jsonValue)}\n`);
  }

  /** A word on what is going on, for a person who waits. */
  note(text: string): void {
    this.#err.write(`${this.errorColors.dim(text)}\n`);
  }

  error(text: string): void {
    this.#err.write(`${text}\n`);
  }
}

/** NO_COLOR (no-color.org) is stronger than FORCE_COLOR (force-color.org), of which 0 says the same. */
function wanted(stream: Stream, color: boolean | undefined): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  if (color === false || NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** Integers that JSON's readers would round are written as decimal text. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
