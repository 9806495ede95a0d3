/** libdm's writing of names (libdm/libdm-common.c mangle_string, mode `auto`). */

/** What stays as it is: a byte that udev reads as it is written, or one that is mangled already. */
const PLAIN = /\\x[0-9a-f]{2}|[0-9A-Za-z#+.:=@_-]/gi;

const MANGLED = /(\\x[0-9a-f]{2})+/gi;

/** A name as the kernel gets it: any other byte as `\x` and two hex digits. */
export function mangle(name: string): string {
  const bytes = Buffer.from(name).toString('latin1');
  let mangled = '';
  let end = 0;
  for (const { 0: plain, index } of bytes.matchAll(PLAIN)) {
    mangled += escaped(bytes.slice(end, index)) + plain;
    end = index + plain.length;
  }
  return mangled + escaped(bytes.slice(end));
}

function escaped(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex').replace(/../g, '\\x$&');
}

/** A name as a person gave it. */
export function unmangle(name: string): string {
  return name.replace(MANGLED, (run) => Buffer.from(run.replaceAll(/\\x/gi, ''), 'hex').toString());
}
