/** MessagePack as the tests write it: any form of a number, keys twice, bytes that are not MessagePack at all. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that stand in a value as they are. */
export class Raw {
  readonly bytes: Uint8Array;

  constructor(hex: string | Uint8Array) {
    this.bytes = typeof hex === 'string' ? Buffer.from(hex.replaceAll(' ', ''), 'hex') : hex;
  }
}

export type Packable = unknown;

function head(tags: [number, number, number], size: number, fix?: { tag: number; max: number }): Buffer {
  if (fix && size <= fix.max) return Buffer.from([fix.tag | size]);
  const [tag8, tag16, tag32] = tags;
  if (tag8 !== 0 && size < 256) return Buffer.from([tag8, size]);
  const wide = size >= 65536;
  const out = Buffer.alloc(wide ? 5 : 3);
  out[0] = wide ? tag32 : tag16;
  if (wide) out.writeUInt32BE(size, 1);
  else out.writeUInt16BE(size, 1);
  return out;
}

/** A tag and the bytes of a number behind it. */
function tagged(tag: number, size: number, write: (view: DataView) => void): Buffer {
  const out = Buffer.alloc(1 + size);
  out[0] = tag;
  write(new DataView(out.buffer, out.byteOffset + 1, size));
  return out;
}

/** The forms in which a number can be written, by the format's names. */
export const forms = {
  fixint: (n: bigint) => Buffer.from([Number(n) & 0xff]),
  uint8: (n: bigint) => tagged(0xcc, 1, (view) => view.setUint8(0, Number(n))),
  uint16: (n: bigint) => tagged(0xcd, 2, (view) => view.setUint16(0, Number(n))),
  uint32: (n: bigint) => tagged(0xce, 4, (view) => view.setUint32(0, Number(n))),
  uint64: (n: bigint) => tagged(0xcf, 8, (view) => view.setBigUint64(0, n)),
  int8: (n: bigint) => tagged(0xd0, 1, (view) => view.setInt8(0, Number(n))),
  int16: (n: bigint) => tagged(0xd1, 2, (view) => view.setInt16(0, Number(n))),
  int32: (n: bigint) => tagged(0xd2, 4, (view) => view.setInt32(0, Number(n))),
  int64: (n: bigint) => tagged(0xd3, 8, (view) => view.setBigInt64(0, n)),
  float32: (n: bigint) => tagged(0xca, 4, (view) => view.setFloat32(0, Number(n))),
  float64: (n: bigint) => tagged(0xcb, 8, (view) => view.setFloat64(0, Number(n))),
} as const;

/** A number in a form of the caller's choice. */
export function as(form: keyof typeof forms, value: number | bigint): Raw {
  return new Raw(forms[form](BigInt(value)));
}

/** A float64, whole or not. */
export function float(value: number): Raw {
  return new Raw(tagged(0xcb, 8, (view) => view.setFloat64(0, value)));
}

/** The shortest form. */
function integer(n: bigint): Buffer {
  if (n < 0n) {
    if (n >= -32n) return forms.fixint(n);
    if (n >= -(1n << 7n)) return forms.int8(n);
    if (n >= -(1n << 15n)) return forms.int16(n);
    return n >= -(1n << 31n) ? forms.int32(n) : forms.int64(n);
  }
  if (n < 128n) return forms.fixint(n);
  if (n < 1n << 8n) return forms.uint8(n);
  if (n < 1n << 16n) return forms.uint16(n);
  return n < 1n << 32n ? forms.uint32(n) : forms.uint64(n);
}

/** Pairs, so that a key can stand twice. */
export function packMap(pairs: (readonly [Packable, Packable])[]): Bytes {
  const parts = pairs.flatMap(([key, value]) => [pack(key), pack(value)]);
  return join([head([0, 0xde, 0xdf], pairs.length, { tag: 0x80, max: 15 }), ...parts]);
}

function join(parts: Uint8Array[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}

/** MessagePack of a value; fields that are undefined are left out. */
export function pack(value: Packable): Bytes {
  if (value instanceof Raw) return new Uint8Array(value.bytes);
  if (value === null || value === undefined) return new Uint8Array([0xc0]);
  if (typeof value === 'boolean') return new Uint8Array([value ? 0xc3 : 0xc2]);
  if (typeof value === 'bigint') return new Uint8Array(integer(value));
  if (typeof value === 'number') return Number.isSafeInteger(value) ? pack(BigInt(value)) : pack(float(value));
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return join([head([0xd9, 0xda, 0xdb], text.length, { tag: 0xa0, max: 31 }), text]);
  }
  if (value instanceof Uint8Array) return join([head([0xc4, 0xc5, 0xc6], value.length), value]);
  if (Array.isArray(value)) {
    return join([head([0, 0xdc, 0xdd], value.length, { tag: 0x90, max: 15 }), ...value.map(pack)]);
  }
  if (value instanceof Map) return packMap([...value]);
  return packMap(Object.entries(value as object).filter(([, field]) => field !== undefined));
}
