import { DmError } from '../errors.ts';

/** libdm's writing of names and uuids (libdm/libdm-common.c mangle_string, mode `auto`). */

/** Bytes that udev reads as they are written. */
const PLAIN = '[0-9A-Za-z#+.:=@_-]';
const SPECIAL = new RegExp(`[^${PLAIN.slice(1)}`, 'g');
const WELL_MANGLED = new RegExp(`^(${PLAIN}|\\\\x[0-9a-f]{2})*$`, 'i');

const MANGLED = /(\\x[0-9a-f]{2})+/gi;

/**
 * A name as the kernel gets it: any byte but the plain ones as `\x` and two hex digits. A name that is mangled already
 * stays as it is.
 * @throws {DmError} `mixed_name` for one that is mangled in part, or twice, as dmsetup refuses it too
 */
export function mangle(name: string): string {
  if (!name.includes('\\x')) return Buffer.from(name).toString('latin1').replace(SPECIAL, escaped);
  if (WELL_MANGLED.test(name) && !/\\x5cx/i.test(name)) return name;
  throw new DmError({
    code: 'mixed_name',
    message: `${JSON.stringify(name)} mixes bytes written as \\x.. with bytes that should be; write all of them so, or none`,
  });
}

function escaped(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A name as a person gave it. */
export function unmangle(name: string): string {
  return name.replace(MANGLED, (run) => Buffer.from(run.replaceAll(/\\x/gi, ''), 'hex').toString());
}
