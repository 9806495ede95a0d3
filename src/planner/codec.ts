// Not the package's main module: in Node and Deno that one reads the environment and looks for a native part.
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import type { Request } from '../request.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true, useBigIntExtension: false });
/** `auto`: a number where it is exact, else a bigint. The package's types do not list it. */
const INT64 = 'auto' as 'bigint';
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: INT64 });

/** MessagePack of a request: fields that are undefined are left out, integers beyond 64 bits are decimal text. */
export function encode(value: object): Uint8Array {
  return packr.pack(defined(value));
}

/** A table's text from this length on is handed over beside the request, so that it is not copied into it first. */
const LONG_TEXT = 65536;
const BINARY32 = 0xc6;

/** A request's MessagePack, of which long text of a table is a part of its own. */
export function encodeRequest(request: Request): [request: Uint8Array, text?: Uint8Array] {
  const { table, ...others } = request as Partial<Record<string, unknown>>;
  const isLong = (typeof table === 'string' || table instanceof Uint8Array) && table.length >= LONG_TEXT;
  if (!isLong) return [encode({ v: 1, ...request })];
  const text = typeof table === 'string' ? new TextEncoder().encode(table) : table;
  const emptyTable = encode({ v: 1, ...others, table: '' });
  const head = new Uint8Array(emptyTable.length + 4);
  head.set(emptyTable);
  const view = new DataView(head.buffer, emptyTable.length - 1);
  view.setUint8(0, BINARY32);
  view.setUint32(1, text.length);
  return [head, text];
}

/** The value of an answer. Integers beyond 2^53 are bigint. */
export function decode(bytes: Uint8Array): unknown {
  return unpackr.unpack(bytes);
}

/** The value itself where nothing of it changes, as with most rows of a large table. */
function defined(value: unknown): unknown {
  if (typeof value === 'bigint') return fits(value) ? value : String(value);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return definedElements(value);
  const names = Object.keys(value);
  const fields = names.map((name) => (value as Record<string, unknown>)[name]);
  const kept = definedElements(fields);
  if (kept === fields && !kept.includes(undefined) && Object.getPrototypeOf(value) === Object.prototype) return value;
  return Object.fromEntries(names.map((name, at) => [name, kept[at]]).filter(([, field]) => field !== undefined));
}

function definedElements(list: unknown[]): unknown[] {
  const kept = list.map(defined);
  return kept.every((value, at) => value === list[at]) ? list : kept;
}

function fits(value: bigint): boolean {
  return value === BigInt.asUintN(64, value) || value === BigInt.asIntN(64, value);
}
