/**
 * MessagePack in its one canonical form, read strictly: shortest heads, no floats, no extensions, text keys in maps and
 * none twice, UTF-8 in text, nothing behind the value. Written from the MessagePack specification.
 */

export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | { [key: string]: Value };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value of canonical bytes; throws for any others. */
export function readCanonical(bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const refuse = (what: string): never => {
    throw new Error(`not canonical at byte ${at}: ${what}`);
  };

  const take = (size: number): Uint8Array => {
    if (at + size > bytes.length) refuse('the bytes end early');
    at += size;
    return bytes.subarray(at - size, at);
  };

  /** An unsigned number of `size` bytes that no shorter form holds. */
  const number = (size: 1 | 2 | 4 | 8, least: number): number | bigint => {
    const start = at;
    take(size);
    const value =
      size === 8
        ? view.getBigUint64(start)
        : size === 4
          ? view.getUint32(start)
          : size === 2
            ? view.getUint16(start)
            : view.getUint8(start);
    if (value < least) refuse(`${value} in ${size} bytes`);
    return typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  };

  const signed = (size: 1 | 2 | 4 | 8, most: number): number => {
    const start = at;
    take(size);
    const value = Number(
      size === 8
        ? view.getBigInt64(start)
        : size === 4
          ? view.getInt32(start)
          : size === 2
            ? view.getInt16(start)
            : view.getInt8(start),
    );
    return value > most ? refuse(`${value} in ${size} bytes`) : value;
  };

  const text = (size: number): string => utf8.decode(take(size));
  const array = (size: number): Value[] => Array.from({ length: size }, value);

  const map = (size: number): Value => {
    const entries: [string, Value][] = [];
    const seen = new Set<string>();
    for (let i = 0; i < size; i++) {
      const key = value();
      if (typeof key !== 'string') return refuse('a key that is no text');
      if (seen.has(key)) refuse(`the key ${key} twice`);
      seen.add(key);
      entries.push([key, value()]);
    }
    return Object.fromEntries(entries);
  };

  const length = (size: 1 | 2 | 4, least: number): number => Number(number(size, least));

  function value(): Value {
    const tag = take(1)[0]!;
    if (tag < 0x80) return tag;
    if (tag < 0x90) return map(tag & 15);
    if (tag < 0xa0) return array(tag & 15);
    if (tag < 0xc0) return text(tag & 31);
    if (tag >= 0xe0) return tag - 256;
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return take(length(1, 0));
      case 0xc5:
        return take(length(2, 256));
      case 0xc6:
        return take(length(4, 65536));
      case 0xcc:
        return number(1, 128);
      case 0xcd:
        return number(2, 256);
      case 0xce:
        return number(4, 65536);
      case 0xcf:
        return number(8, 4294967296);
      case 0xd0:
        return signed(1, -33);
      case 0xd1:
        return signed(2, -129);
      case 0xd2:
        return signed(4, -32769);
      case 0xd3:
        return signed(8, -2147483649);
      case 0xd9:
        return text(length(1, 32));
      case 0xda:
        return text(length(2, 256));
      case 0xdb:
        return text(length(4, 65536));
      case 0xdc:
        return array(length(2, 16));
      case 0xdd:
        return array(length(4, 65536));
      case 0xde:
        return map(length(2, 16));
      case 0xdf:
        return map(length(4, 65536));
      default:
        return refuse(`the tag ${tag.toString(16)}`);
    }
  }

  const result = value();
  if (at !== bytes.length) refuse(`${bytes.length - at} bytes behind the value`);
  return result;
}
