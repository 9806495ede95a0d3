/**
 * A second reading of payloads, by docs/protocol.md and the kernel's header and parsers, without the executor's code: what
 * a payload says is put into words, and those are written again. Bytes that are not written so say something else as well.
 */
import { resolve } from 'node:path/posix';
import {
  type Bytes,
  bare,
  CLEAR,
  CREATE,
  carrying,
  DEPS,
  F_DEFERRED,
  F_READONLY,
  F_SECURE,
  F_SUSPEND,
  type HeaderFields,
  LIST_DEVICES,
  LIST_VERSIONS,
  LOAD,
  MESSAGE,
  query,
  REMOVE,
  RENAME,
  SET_GEOMETRY,
  STATUS,
  SUSPEND,
  TABLE_STATUS,
  TARGET_VERSION,
  VERSION,
} from './payloads.ts';

const DATA = 312;
const SPEC = 40;

interface Freedom {
  /** How many of name and uuid it takes; VERSION and LIST_DEVICES read theirs as they like. */
  identifiers: 'name' | 'name, perhaps uuid' | 'one' | 'any' | 'none';
  flags: number;
  carries: 'nothing' | 'room' | 'table' | 'text' | 'message';
}

const F_QUERY = 0x1000;
const F_NOFLUSH = 0x800;
const F_LOCKFS = 0x400;
const F_UUID = 0x4000;

/** What each command may vary. */
const FREEDOM: Record<number, Freedom> = {
  [VERSION]: { identifiers: 'any', flags: 0, carries: 'nothing' },
  [LIST_DEVICES]: { identifiers: 'any', flags: F_UUID, carries: 'room' },
  [CREATE]: { identifiers: 'name, perhaps uuid', flags: 0, carries: 'nothing' },
  [REMOVE]: { identifiers: 'one', flags: F_DEFERRED, carries: 'nothing' },
  [RENAME]: { identifiers: 'name', flags: F_UUID, carries: 'text' },
  [SUSPEND]: { identifiers: 'one', flags: F_SUSPEND | F_LOCKFS | F_NOFLUSH, carries: 'nothing' },
  [STATUS]: { identifiers: 'one', flags: F_QUERY, carries: 'nothing' },
  [LOAD]: { identifiers: 'one', flags: F_READONLY | F_SECURE, carries: 'table' },
  [CLEAR]: { identifiers: 'one', flags: 0, carries: 'nothing' },
  [DEPS]: { identifiers: 'one', flags: F_QUERY, carries: 'room' },
  [TABLE_STATUS]: { identifiers: 'one', flags: 0x10 | F_NOFLUSH | F_QUERY | 0x80000, carries: 'room' },
  [LIST_VERSIONS]: { identifiers: 'none', flags: 0, carries: 'room' },
  [MESSAGE]: { identifiers: 'one', flags: F_SECURE, carries: 'message' },
  [SET_GEOMETRY]: { identifiers: 'one', flags: 0, carries: 'text' },
  [TARGET_VERSION]: { identifiers: 'name', flags: 0, carries: 'room' },
};

export interface Spec {
  start: bigint;
  length: bigint;
  type: string;
  params: string;
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
/** Up to the first zero, as the kernel's string functions read. */
const cut = (text: string): string => text.split('\0', 1)[0]!;

/** The targets of a table as the kernel goes through them, by `next`; as many as there are bytes for. */
export function specsOf(payload: Bytes): Spec[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const specs: Spec[] = [];
  for (let at = DATA, left = view.getUint32(20, true); left > 0 && at + SPEC <= payload.length; left--) {
    specs.push({
      start: view.getBigUint64(at, true),
      length: view.getBigUint64(at + 8, true),
      type: cut(latin(payload.subarray(at + 24, at + SPEC))),
      params: cut(latin(payload.subarray(at + SPEC))),
    });
    const next = view.getUint32(at + 20, true);
    if (next === 0) break;
    at += next;
  }
  return specs;
}

/** The words of params as dm-table.c dm_split_args splits them: at any isspace(), a backslash taking the next byte as it is. */
export function kernelWords(params: string): string[] {
  const words: string[] = [];
  for (let at = 0; ; ) {
    while (isSpace(params[at])) at++;
    if (at >= params.length) return words;
    let word = '';
    while (at < params.length && !isSpace(params[at])) {
      if (params[at] === '\\' && at + 1 < params.length) at++;
      word += params[at++];
    }
    words.push(word);
  }
}

/** lib/ctype.c: Latin-1's no-break space is one of them. */
function isSpace(byte: string | undefined): boolean {
  return byte !== undefined && ' \t\n\v\f\r\xa0'.includes(byte);
}

/** What is wrong with the payload as one of this command; nothing for one that says what it says in the only way there is. */
export function faultsOf(command: number, payload: Bytes): string[] {
  const freedom = FREEDOM[command];
  if (freedom === undefined) return ['no command that is forwarded'];
  if (payload.length < DATA) return ['shorter than a header'];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const header = {
    name: cut(latin(payload.subarray(48, 176))),
    uuid: cut(latin(payload.subarray(176, 305))),
    flags: view.getUint32(28, true),
  };
  const faults = [
    ...identifierFaults(freedom.identifiers, header.name, header.uuid),
    ...((header.flags & ~freedom.flags) === 0 ? [] : [`flags ${header.flags.toString(16)}`]),
    ...carriedFaults(command, freedom.carries, header.flags, payload),
  ];
  const again = written(freedom.carries, header, payload);
  if (!Buffer.from(again).equals(payload))
    faults.push(`bytes that say nothing, the first at ${firstOf(again, payload)}`);
  return faults;
}

function firstOf(one: Uint8Array, other: Uint8Array): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function written(carries: Freedom['carries'], header: HeaderFields, payload: Bytes): Bytes {
  const data = payload.subarray(DATA);
  switch (carries) {
    case 'nothing':
      return bare(header);
    case 'room':
      return query(header, data.length);
    case 'table':
      return writtenTable(header, payload);
    default: {
      const lead = carries === 'message' ? 8 : 0;
      const text = carrying(header, cut(latin(data.subarray(lead))), lead);
      const all = query(header, data.length);
      all.set(data.subarray(0, lead), DATA);
      all.set(text.subarray(DATA + lead).subarray(0, Math.max(0, data.length - lead)), DATA + lead);
      return all;
    }
  }
}

function writtenTable(header: HeaderFields, payload: Bytes): Bytes {
  const specs = specsOf(payload);
  const sizes = specs.map(({ params }) => (SPEC + params.length + 8) & ~7);
  const bytes = query(
    header,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(20, specs.length, true);
  let at = DATA;
  for (const [index, { start, length, type, params }] of specs.entries()) {
    view.setBigUint64(at, start, true);
    view.setBigUint64(at + 8, length, true);
    view.setUint32(at + 20, sizes[index]!, true);
    bytes.set(Buffer.from(type, 'latin1'), at + 24);
    bytes.set(Buffer.from(params, 'latin1'), at + SPEC);
    at += sizes[index]!;
  }
  return bytes;
}

function identifierFaults(identifiers: Freedom['identifiers'], name: string, uuid: string): string[] {
  const given = [name, uuid].filter((text) => text !== '').length;
  const fits = {
    name: name !== '',
    'name, perhaps uuid': name !== '',
    one: given === 1,
    any: true,
    none: given === 0,
  }[identifiers];
  return [
    ...(fits ? [] : [`name "${name}" and uuid "${uuid}"`]),
    ...(name === '' ? [] : nameFaults(name, 127)),
    ...textFaults(uuid, 128),
  ];
}

function nameFaults(name: string, limit: number): string[] {
  const reserved = ['', '.', '..', 'control'].includes(name);
  return [...(reserved ? [`the name "${name}"`] : []), ...textFaults(name, limit)];
}

/** What libdm and udev write as it is; any other byte they write as \x and two hexadecimal digits. */
function textFaults(text: string, limit: number): string[] {
  const rest = text.replaceAll(/\\x[\dA-Fa-f]{2}/g, '').replaceAll(/[A-Za-z0-9]/g, '');
  const odd = [...rest].filter((letter) => !'#+-.:=@_'.includes(letter));
  return odd.length === 0 && text.length <= limit ? [] : [`the identifier ${JSON.stringify(text)}`];
}

function carriedFaults(command: number, carries: Freedom['carries'], flags: number, payload: Bytes): string[] {
  const data = latin(payload.subarray(DATA));
  if (carries === 'table') {
    const specs = specsOf(payload);
    return [...(specs.length === 0 ? ['no targets'] : []), ...specs.flatMap(specFaults)];
  }
  if (carries !== 'text' && carries !== 'message') return [];
  const line = carries === 'message' ? data.slice(8) : data;
  const text = cut(line);
  const faults = [...(line.includes('\0') ? [] : ['no terminator']), ...controlFaults(text)];
  if (command === RENAME) faults.push(...(flags & F_UUID ? textFaults(text, 128) : nameFaults(text, 127)));
  return faults;
}

function controlFaults(text: string): string[] {
  const controls = [...text].filter((letter) => letter < ' ' || letter === '\x7f');
  return controls.length === 0 ? [] : [`control bytes in ${JSON.stringify(text)}`];
}

function specFaults({ length, type, params }: Spec): string[] {
  const letters = [...type].every((letter) => 'abcdefghijklmnopqrstuvwxyz0123456789-_'.includes(letter));
  return [
    ...(length === 0n ? ['a target of no sectors'] : []),
    ...(letters && type.length >= 1 && type.length <= 15 ? [] : [`the type ${JSON.stringify(type)}`]),
    ...controlFaults(params),
    ...aliasFaults(params),
  ];
}

/** Words that reach a device which has another spelling, and blanks and backslashes that do nothing. */
function aliasFaults(params: string): string[] {
  const words = kernelWords(params);
  const again = words.map((word) => word.replaceAll(/[ \\\xa0]/g, '\\$&')).join(' ');
  return [...(again === params ? [] : [`params spelt ${JSON.stringify(params)}`]), ...words.flatMap(wordFaults)];
}

function wordFaults(word: string): string[] {
  const fault = [`the device spelt ${JSON.stringify(word)}`];
  if (word.startsWith('/')) return resolve(word) === word ? [] : fault;
  const [, major, minor] = /^(\d+):(\d+)$/.exec(word) ?? [];
  if (major === undefined || minor === undefined) return [];
  const same = [major, minor].every((digits) => String(Number(digits)) === digits && Number(digits) < 2 ** 32);
  return same ? [] : fault;
}
