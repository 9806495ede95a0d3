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

  /** `color`: as asked for; by default on a terminal only, and never with NO_COLOR. */
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

  /** Columns of a line of standard output: the terminal's, or what dmsetup takes where there is none. */
  get width(): number {
    return this.#out.columns ?? 80;
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

function wanted(stream: Stream, color: boolean | undefined): boolean {
  if (color === false || (process.env.NO_COLOR ?? '') !== '') return false;
  return stream.isTTY === true;
}

/** Integers that JSON's readers would round are written as decimal text. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
