// Not the package's main module: in Node and Deno that one reads the environment and looks for a native part.
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';

const packr = new Packr({ useRecords: false, variableMapSize: true, useBigIntExtension: false });
/** `auto`: a number where it is exact, else a bigint. The package's types do not list it. */
const INT64 = 'auto' as 'bigint';
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: INT64 });

/** MessagePack of a request: fields that are undefined are left out, integers beyond 64 bits are decimal text. */
export function encode(value: object): Uint8Array {
  return packr.pack(defined(value));
}

/** The value of an answer. Integers beyond 2^53 are bigint. */
export function decode(bytes: Uint8Array): unknown {
  return unpackr.unpack(bytes);
}

function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (typeof value === 'bigint') return fits(value) ? value : String(value);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, defined(field)]),
  );
}

function fits(value: bigint): boolean {
  return value === BigInt.asUintN(64, value) || value === BigInt.asIntN(64, value);
}
