import * as abi from '../assembly/abi.ts';
import { type Payload, readHeader, textAt, viewOf } from './header.ts';
import { LIMITS } from './protocol.ts';

type Identifier = 'none' | 'name' | 'one' | 'any';
type Carries = 'nothing' | 'query' | 'table' | 'text' | 'message';
type Command = ReturnType<typeof command>;

/** `flags`: the bits that the kernel's handler reads; others it ignores, or lets through into the reply. */
const command = (name: string, identifier: Identifier, carries: Carries, flags = 0) =>
  ({ name, identifier, carries, flags }) as const;

const SUSPEND = abi.FLAG_SUSPEND | abi.FLAG_SKIP_LOCKFS | abi.FLAG_NOFLUSH;
const INACTIVE = abi.FLAG_QUERY_INACTIVE_TABLE;
const STATUS = abi.FLAG_STATUS_TABLE | abi.FLAG_NOFLUSH | abi.FLAG_IMA_MEASUREMENT | INACTIVE;

/** What may be forwarded, and the freedom that each command has. */
export const COMMANDS: ReadonlyMap<number, Command> = new Map([
  [abi.DM_VERSION, command('VERSION', 'any', 'nothing')],
  [abi.DM_LIST_DEVICES, command('LIST_DEVICES', 'any', 'query', abi.FLAG_UUID)],
  [abi.DM_DEV_CREATE, command('DEV_CREATE', 'name', 'nothing')],
  [abi.DM_DEV_REMOVE, command('DEV_REMOVE', 'one', 'nothing', abi.FLAG_DEFERRED_REMOVE)],
  [abi.DM_DEV_SUSPEND, command('DEV_SUSPEND', 'one', 'nothing', SUSPEND)],
  [abi.DM_DEV_STATUS, command('DEV_STATUS', 'one', 'nothing', INACTIVE)],
  [abi.DM_TABLE_LOAD, command('TABLE_LOAD', 'one', 'table', abi.FLAG_READONLY | abi.FLAG_SECURE_DATA)],
  [abi.DM_TABLE_CLEAR, command('TABLE_CLEAR', 'one', 'nothing')],
  [abi.DM_TABLE_DEPS, command('TABLE_DEPS', 'one', 'query', INACTIVE)],
  [abi.DM_TABLE_STATUS, command('TABLE_STATUS', 'one', 'query', STATUS)],
  [abi.DM_DEV_RENAME, command('DEV_RENAME', 'name', 'text', abi.FLAG_UUID)],
  [abi.DM_TARGET_MSG, command('TARGET_MSG', 'one', 'message', abi.FLAG_SECURE_DATA)],
  [abi.DM_DEV_SET_GEOMETRY, command('DEV_SET_GEOMETRY', 'one', 'text')],
  [abi.DM_LIST_VERSIONS, command('LIST_VERSIONS', 'none', 'query')],
  [abi.DM_GET_TARGET_VERSION, command('GET_TARGET_VERSION', 'name', 'query')],
]);

/** The command's name; DEV_SUSPEND is two commands in one. */
export const wordOf = (command: number, resumes: boolean) =>
  resumes && command === abi.DM_DEV_SUSPEND ? 'DEV_RESUME' : (COMMANDS.get(command)?.name ?? `${command}`);

/** Fields of the header that no request has a use for. */
const ZEROS = [abi.OPEN_COUNT_OFFSET, abi.EVENT_NR_OFFSET, abi.PADDING_OFFSET, abi.DEV_OFFSET, abi.DEV_OFFSET + 4];

type Rule = (payload: Payload, u32: (offset: number) => number, command: Command) => boolean;

/** The byte rules behind `command`, in the order of checking: each may rely on those before it. */
const RULES: Readonly<Record<string, Rule>> = {
  size: ({ length }, u32) =>
    length >= abi.HEADER_SIZE && length <= LIMITS.payloadBytes && u32(abi.DATA_SIZE_OFFSET) === length,

  version: (_, u32) =>
    [abi.VERSION_MAJOR, abi.VERSION_MINOR, abi.VERSION_PATCH].every((n, i) => u32(abi.VERSION_OFFSET + 4 * i) === n),

  data_start: (_, u32, { carries }) => u32(abi.DATA_START_OFFSET) === (carries === 'nothing' ? 0 : abi.HEADER_SIZE),

  flags: (_, u32, { flags }) => (u32(abi.FLAGS_OFFSET) & ~flags) === 0,

  // dev alone chooses a device, past every check of its name (dm-ioctl.c __find_device_hash_cell); event_nr is a udev
  // cookie.
  zero_field: (payload, u32, { carries }) =>
    ZEROS.every((offset) => u32(offset) === 0) &&
    (carries === 'table' || u32(abi.TARGET_COUNT_OFFSET) === 0) &&
    isZero(payload, abi.DATA_OFFSET, abi.HEADER_SIZE),

  name: (payload) =>
    isText(payload, abi.NAME_OFFSET, abi.NAME_SIZE, ANY) &&
    (payload[abi.NAME_OFFSET] === 0 || isDeviceName(readHeader(payload).name)),

  uuid: (payload) => isText(payload, abi.UUID_OFFSET, abi.UUID_SIZE, ANY) && IDENTIFIER.test(readHeader(payload).uuid),

  identifier: (payload, _, { identifier }) => {
    const { name, uuid } = readHeader(payload);
    const [any, none, one] = [true, name === '' && uuid === '', (name === '') !== (uuid === '')];
    return { any, none, one, name: name !== '' }[identifier];
  },

  payload: (payload, _, { carries }) => {
    const start = abi.HEADER_SIZE + (carries === 'message' ? abi.MESSAGE_TEXT_OFFSET : 0);
    if (carries === 'text' || carries === 'message') return isText(payload, start, payload.length - start, LINE);
    return carries === 'table' || (isZero(payload, start) && (carries === 'query' || payload.length === start));
  },

  new_name: (payload, u32, { name }) => {
    if (name !== 'DEV_RENAME') return true;
    const text = textAt(payload);
    const isUuid = (u32(abi.FLAGS_OFFSET) & abi.FLAG_UUID) !== 0;
    return isUuid ? IDENTIFIER.test(text) && text.length < abi.UUID_SIZE : isDeviceName(text);
  },
};

/** And behind a command that carries a table. */
const TABLE_RULES: Readonly<Record<string, Rule>> = {
  target_count: (_, u32) => u32(abi.TARGET_COUNT_OFFSET) >= 1 && u32(abi.TARGET_COUNT_OFFSET) <= LIMITS.targets,

  chain: isChain,

  spec: (payload, u32) =>
    everySpec(payload, (at) => {
      const length = u32(at + abi.SPEC_LENGTH_OFFSET) | u32(at + abi.SPEC_LENGTH_OFFSET + 4);
      const isTyped = isText(payload, at + abi.SPEC_TYPE_OFFSET, abi.SPEC_TYPE_SIZE, TYPE);
      return (
        u32(at + abi.SPEC_STATUS_OFFSET) === 0 && length !== 0 && isTyped && payload[at + abi.SPEC_TYPE_OFFSET] !== 0
      );
    }),

  params: (payload) => everySpec(payload, (at, size) => isText(payload, at + abi.SPEC_SIZE, size, LINE)),

  canonical: (payload) => everySpec(payload, (at, size) => CANONICAL.test(textAt(payload, at + abi.SPEC_SIZE, size))),
};

/** The first byte rule that a payload breaks; null when the kernel may have it. Pure: asks no OS. */
export function brokenRule(number: number, payload: Payload): string | null {
  const command = COMMANDS.get(number);
  if (command === undefined) return 'command';
  const view = viewOf(payload);
  const u32 = (offset: number) => view.getUint32(offset, true);
  const rules = command.carries === 'table' ? { ...RULES, ...TABLE_RULES } : RULES;
  return Object.keys(rules).find((rule) => !rules[rule]!(payload, u32, command)) ?? null;
}

/** Whether /dev/mapper may have a node of this name: a kernel before 6.5 lets a device be called `control`. */
export const isDeviceName = (name: string) =>
  name.length < abi.NAME_SIZE && IDENTIFIER.test(name) && !['', '.', '..', 'control'].includes(name);

/** Stricter than dm-ioctl.c next_target, which ignores the last `next` and, before 6.5, lets specs overlap. */
function isChain(payload: Payload, u32: (offset: number) => number): boolean {
  let at = abi.HEADER_SIZE;
  for (let left = u32(abi.TARGET_COUNT_OFFSET); left > 0; left--) {
    if (at + abi.SPEC_SIZE >= payload.length) return false;
    const next = u32(at + abi.SPEC_NEXT_OFFSET);
    const end = at + next;
    if (next <= abi.SPEC_SIZE || next % abi.SPEC_ALIGNMENT !== 0 || end > payload.length) return false;
    const terminator = payload.indexOf(0, at + abi.SPEC_SIZE);
    // Params without a terminator are another rule's to name.
    if (terminator >= 0 && end - terminator > abi.SPEC_ALIGNMENT) return false;
    at = end;
  }
  return at === payload.length;
}

/** Whether it holds of every spec of a sound chain, given where the spec is and the size of the params behind it. */
function everySpec(payload: Payload, holds: (at: number, size: number) => boolean): boolean {
  const view = viewOf(payload);
  for (let at = abi.HEADER_SIZE, next = 0; at < payload.length; at += next) {
    next = view.getUint32(at + abi.SPEC_NEXT_OFFSET, true);
    if (!holds(at, next - abi.SPEC_SIZE)) return false;
  }
  return true;
}

/** What udev reads as it is written, and libdm's `\x20` for any other byte (libdm-common.c mangle_string). */
const IDENTIFIER = /^(?:[A-Za-z0-9#+.:=@_-]|\\x[0-9A-Fa-f]{2})*$/;
const byteSet = (holds: (byte: number) => boolean) => Array.from({ length: 256 }, (_, byte) => holds(byte));
const ANY = byteSet((byte) => byte !== 0);
const TYPE = byteSet((byte) => /[a-z0-9_-]/.test(String.fromCharCode(byte)));
const LINE = byteSet((byte) => byte >= 0x20 && byte !== 0x7f);

/**
 * Words with one space between them, each of which can only mean what it says: the kernel takes `07:1`, `7\:1` and, by
 * overflow, `4294967303:1` for 7:1 (dm-table.c dm_split_args, dm_get_device), and follows `//` and `..`. It splits at
 * byte 0xa0 as well, and a backslash takes its meaning from what follows: only a path needs one, for these three.
 */
const NUMBER = '(?:0|[1-9]\\d{0,3}):(?:0|[1-9]\\d{0,6})';
const PATH = '(?:/(?!\\.{0,2}(?:[/ ]|$))(?:[!-.0-\\[\\]-~\\x80-\\x9f\\xa1-\\xff]|\\\\[ \\\\\\xa0])+)+';
const WORD = `(?:${NUMBER}|${PATH}|(?!/|\\d+:\\d+(?: |$))[!-\\[\\]-~\\x80-\\x9f\\xa1-\\xff]+)(?= |$)`;
const CANONICAL = new RegExp(`^(?:${WORD}(?: ${WORD})*)?$`);

/** Allowed bytes, a terminator, zeros: the kernel cuts an unterminated name off, and acts on another device. */
function isText(payload: Payload, offset: number, size: number, allowed: readonly boolean[]): boolean {
  const end = offset + size;
  let at = offset;
  while (at < end && allowed[payload[at]!]) at++;
  return at < end && isZero(payload, at, end);
}

function isZero(payload: Payload, start: number, end = payload.length): boolean {
  for (let at = start; at < end; at++) if (payload[at] !== 0) return false;
  return true;
}
