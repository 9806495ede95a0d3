import { isUtf8 } from 'node:buffer';
import { failure, Refused } from './failure.ts';
import { LIMITS } from './limits.ts';

const MAX_DEPTH = 6;

/**
 * Tags that a length or an integer follows: the first tag, what it opens, the first width in bytes (doubling from tag to
 * tag), and for each width the least number that has no shorter form (for signed ones the greatest).
 */
const FORMS = [
  [0xc4, 'binary', 1, [0, 0x100, 0x10000]],
  [0xcc, 'unsigned', 1, [0x80, 0x100, 0x10000, 0x100000000]],
  [0xd0, 'signed', 1, [-0x21, -0x81, -0x8001, -0x80000001]],
  [0xd9, 'text', 1, [0x20, 0x100, 0x10000]],
  [0xdc, 'array', 2, [0x10, 0x10000]],
  [0xde, 'map', 2, [0x10, 0x10000]],
] as const;

type Opened = readonly [kind: (typeof FORMS)[number][1] | 'constant', count: number];

/**
 * Holds a frame against the protocol's subset of MessagePack before msgpackr sees it: msgpackr has no limit on depth or
 * size, and decodes extensions (regular expressions, records, back references) whatever its options say.
 * Throws Refused.
 */
export function scan(frame: Uint8Array): void {
  new Scanner(frame).message();
}

class Scanner {
  readonly #bytes: Buffer;
  #at = 0;
  #nodes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(): void {
    const opened = this.#open();
    if (opened[0] !== 'map') this.#refuse('a frame holds one map');
    this.#inside(opened, 1);
    if (this.#at !== this.#bytes.length) this.#refuse('bytes behind the value');
  }

  /** What stands behind a tag that has been read. `depth` counts the maps and arrays around and including it. */
  #inside([kind, count]: Opened, depth: number): void {
    if (kind === 'binary') this.#skip(count);
    if (kind === 'text') this.#text(count);
    if (kind !== 'map' && kind !== 'array') return;
    if (depth > MAX_DEPTH) this.#refuse(`nesting deeper than ${MAX_DEPTH}`);
    const keys = new Set<string>();
    for (let i = 0; i < count; i++) {
      if (kind === 'map') this.#key(keys);
      this.#inside(this.#open(), depth + 1);
    }
  }

  #key(keys: Set<string>): void {
    const [kind, size] = this.#open();
    if (kind !== 'text') this.#refuse('a key that is not a string');
    const key = this.#text(size);
    if (keys.has(key)) this.#refuse('a key given twice');
    keys.add(key);
  }

  /** The text's bytes as Latin-1: equal where the texts are, without a decoder that drops a byte order mark. */
  #text(size: number): string {
    const start = this.#at;
    this.#skip(size);
    const bytes = this.#bytes.subarray(start, this.#at);
    if (!isUtf8(bytes)) this.#refuse('text that is not UTF-8');
    return bytes.toString('latin1');
  }

  #open(): Opened {
    if (++this.#nodes > LIMITS.nodes) this.#refuse(`more than ${LIMITS.nodes} values`);
    this.#skip(1);
    const tag = this.#bytes[this.#at - 1]!;
    if (tag < 0x80 || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return ['constant', 0];
    if (tag < 0x90) return ['map', tag & 0x0f];
    if (tag < 0xa0) return ['array', tag & 0x0f];
    if (tag < 0xc0) return ['text', tag & 0x1f];
    for (const [first, kind, firstWidth, bounds] of FORMS) {
      const bound = bounds[tag - first];
      if (bound !== undefined) return [kind, this.#number(firstWidth << (tag - first), kind === 'signed', bound)];
    }
    return this.#refuse('an extension, a float or a reserved byte');
  }

  #number(width: number, signed: boolean, bound: number): number {
    const at = this.#at;
    this.#skip(width);
    const bytes = this.#bytes;
    // Eight bytes may lose low bits here, which the comparison does not need.
    const wide = () => Number(signed ? bytes.readBigInt64BE(at) : bytes.readBigUInt64BE(at));
    const number = width === 8 ? wide() : signed ? bytes.readIntBE(at, width) : bytes.readUIntBE(at, width);
    if (signed ? number > bound : number < bound) this.#refuse('a length or integer not in its shortest form');
    return number;
  }

  #skip(size: number): void {
    if (size > this.#bytes.length - this.#at) this.#refuse('the frame ends inside a value');
    this.#at += size;
  }

  #refuse(what: string): never {
    throw new Refused(failure('malformed_frame', `byte ${this.#at} of the frame: ${what}`));
  }
}
