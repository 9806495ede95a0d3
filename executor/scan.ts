import { isUtf8 } from 'node:buffer';
import { failure, Refused } from './failure.ts';
import { LIMITS } from './protocol.ts';

const [MAX_DEPTH, MAX_TEXT] = [6, 4096];

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
export function scan({ buffer, byteOffset, byteLength }: Uint8Array): void {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  let at = 0;
  let nodes = 0;

  function refuse(what: string): never {
    throw new Refused(failure('malformed_frame', `byte ${at} of the frame: ${what}`));
  }

  function skip(size: number): void {
    if (size > bytes.length - at) refuse('the frame ends inside a value');
    at += size;
  }

  function number(width: number, signed: boolean, bound: number): number {
    skip(width);
    // Eight bytes may lose low bits here, which the comparison does not need.
    const wide = () => Number(signed ? bytes.readBigInt64BE(at - 8) : bytes.readBigUInt64BE(at - 8));
    const narrow = () => (signed ? bytes.readIntBE(at - width, width) : bytes.readUIntBE(at - width, width));
    const read = width === 8 ? wide() : narrow();
    if (signed ? read > bound : read < bound) refuse('a length or integer not in its shortest form');
    return read;
  }

  function open(): Opened {
    if (++nodes > LIMITS.nodes) refuse(`more than ${LIMITS.nodes} values`);
    skip(1);
    const tag = bytes[at - 1]!;
    if (tag < 0x80 || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return ['constant', 0];
    if (tag < 0xa0) return [tag < 0x90 ? 'map' : 'array', tag & 0x0f];
    if (tag < 0xc0) return ['text', tag & 0x1f];
    for (const [first, kind, firstWidth, bounds] of FORMS) {
      const bound = bounds[tag - first];
      if (bound !== undefined) return [kind, number(firstWidth << (tag - first), kind === 'signed', bound)];
    }
    return refuse('an extension, a float or a reserved byte');
  }

  /** The text's bytes as Latin-1: equal where the texts are, without a decoder that drops a byte order mark. */
  function text(size: number): string {
    skip(size);
    const text = size <= MAX_TEXT ? bytes.subarray(at - size, at) : refuse(`text of more than ${MAX_TEXT} bytes`);
    return isUtf8(text) ? text.toString('latin1') : refuse('text that is not UTF-8');
  }

  function key(keys: Set<string>): void {
    const [kind, size] = open();
    const key = kind === 'text' ? text(size) : refuse('a key that is not a string');
    if (keys.has(key)) refuse('a key given twice');
    keys.add(key);
  }

  /** What stands behind a tag that has been read. `depth` counts the maps and arrays around and including it. */
  function inside([kind, count]: Opened, depth: number): void {
    if (kind === 'binary') skip(count);
    if (kind === 'text') text(count);
    if (kind !== 'map' && kind !== 'array') return;
    if (depth > MAX_DEPTH) refuse(`nesting deeper than ${MAX_DEPTH}`);
    const keys = new Set<string>();
    for (let left = count; left > 0; left--) {
      if (kind === 'map') key(keys);
      inside(open(), depth + 1);
    }
  }

  const opened = open();
  inside(opened[0] === 'map' ? opened : refuse('a frame holds one map'), 1);
  if (at !== bytes.length) refuse('bytes behind the value');
}
