import { SECTOR_SIZE } from '../assembly/abi.ts';
import { DmError } from './errors.ts';

declare const unit: unique symbol;

/** A number of 512-byte sectors. Its own type, so that bytes cannot be handed in for it. */
export type Sectors = bigint & { readonly [unit]: 'sectors' };

/** A number of bytes. */
export type Bytes = bigint & { readonly [unit]: 'bytes' };

/** What a request takes for a number of sectors: the number, or text with a unit (`"1MiB"`, `"2048s"`, `"512B"`). */
export type SectorCount = Sectors | number | string;

function whole(value: number | bigint, what: string): bigint {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw new DmError({ code: 'bad_number', message: `${value} is not a whole number of ${what} below 2^53` });
  }
  if (value < 0) throw new DmError({ code: 'negative_number', message: `${value} ${what} are fewer than none` });
  return BigInt(value);
}

/**
 * A number of sectors.
 * @throws {DmError} `bad_number`, `negative_number`
 * @example sectors(2048) // 1 MiB
 */
export function sectors(count: number | bigint): Sectors {
  return whole(count, 'sectors') as Sectors;
}

/**
 * A number of bytes.
 * @throws {DmError} `bad_number`, `negative_number`
 */
export function bytes(count: number | bigint): Bytes {
  return whole(count, 'bytes') as Bytes;
}

/**
 * The sectors that so many bytes fill; nothing is rounded.
 * @throws {DmError} `not_whole_sectors`
 */
export function toSectors(size: Bytes): Sectors {
  const sector = BigInt(SECTOR_SIZE);
  if (size % sector !== 0n) {
    throw new DmError({
      code: 'not_whole_sectors',
      message: `${size} bytes are not a whole number of 512-byte sectors; nothing is rounded`,
    });
  }
  return (size / sector) as Sectors;
}

/** The bytes of so many sectors. */
export function toBytes(count: Sectors): Bytes {
  return (count * BigInt(SECTOR_SIZE)) as Bytes;
}
