/** A run of bytes that grows, with the texts in it kept once. All numbers are little-endian. */
export class Bytes {
  /** An offset of 0 is none. */
  readonly bytes: number[] = [0];
  readonly #texts = new Map<string, number>();
  readonly #records = new Map<string, number>();
  readonly #raw = new Map<string, number>();
  /** The texts that are known beforehand, as one: those that are part of another have no bytes of their own. */
  readonly #shared: string;
  readonly #sharedAt: number;

  constructor(texts: Iterable<string> = []) {
    const longestFirst = [...texts].map((text) => toLatin1(text)).sort((a, b) => b.length - a.length);
    this.#shared = longestFirst.reduce((run, text) => (run.includes(text) ? run : run + text), '');
    this.#sharedAt = this.raw(Buffer.from(this.#shared, 'latin1'));
  }

  /** Every text that was asked for. */
  get texts(): Iterable<string> {
    return this.#texts.keys();
  }

  get length(): number {
    return this.bytes.length;
  }

  raw(bytes: Iterable<number>): number {
    const at = this.length;
    this.bytes.push(...bytes);
    return at;
  }

  /** The same bytes are kept once. */
  once(bytes: number[]): number {
    const key = bytes.join();
    const at = this.#raw.get(key) ?? this.raw(bytes);
    this.#raw.set(key, at);
    return at;
  }

  /** A text's name: its offset in the low and its length in the high 16 bits. */
  text(value: string): number {
    let found = this.#texts.get(value);
    if (found === undefined) {
      const encoded = toLatin1(value);
      const shared = this.#shared.indexOf(encoded);
      const at = shared < 0 ? this.raw(Buffer.from(encoded, 'latin1')) : this.#sharedAt + shared;
      found = encoded.length * 65536 + at;
      this.#texts.set(value, found);
    }
    return found;
  }

  /** Records of one size, one behind the other; the same list is kept once. Its offset, 0 for none. */
  records(size: number, list: number[][]): number {
    if (list.length === 0) return 0;
    for (const record of list) {
      if (record.length !== size) throw new Error(`a record of ${record.length} bytes where ${size} are declared`);
    }
    const content = list.flat();
    const key = content.join();
    let at = this.#records.get(key);
    if (at === undefined) {
      at = this.raw(content);
      this.#records.set(key, at);
    }
    return at;
  }
}

export const u8 = (value: number): number[] => [within(value, 256)];
export const u16 = (value: number): number[] => [within(value, 65536) & 255, value >>> 8];
export const u24 = (value: number): number[] => [...u16(value & 65535), ...u8(value >>> 16)];
export const u32 = (value: number): number[] => [...u16(value % 65536), ...u16(Math.floor(value / 65536))];
export const u64 = (value: bigint): number[] => [...u32(Number(value & 0xffffffffn)), ...u32(Number(value >> 32n))];

function within(value: number, end: number): number {
  if (value >= 0 && value < end) return value;
  throw new Error(`${value} does not fit below ${end}`);
}

/** A text's UTF-8, a character for each byte. */
function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
