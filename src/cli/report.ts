import { devText } from '../devices.ts';
import type { Dev, DeviceInfo } from '../reply.ts';
import type { BlockDevice } from '../sysfs.ts';
import { mangle, unmangle } from './mangle.ts';

/** A device of a report, with what the report's fields need of it. */
export interface Reported {
  info: DeviceInfo;
  deps: Dev[];
  /** Names of mapped devices that have it open, and their numbers. */
  users: { name: string; dev: Dev }[];
  block: BlockDevice | undefined;
}

/** Names by number: of mapped devices, and the kernel's of all that are used. */
export interface Names {
  mapped: ReadonlyMap<string, string>;
  kernel: ReadonlyMap<string, string>;
}

/** What has to be asked for beside the device's own state. */
export type Need = 'deps' | 'users' | 'names' | 'block' | 'blocks';

export interface Field {
  /** As dmsetup calls it. */
  name: string;
  heading: string;
  /** The least width of its column. */
  width: number;
  /** Values stand on the right. */
  right: boolean;
  needs: Need[];
  value(device: Reported, names: Names): string | number;
}

const text = (name: string, heading: string, width: number, value: Field['value'], ...needs: Need[]): Field => ({
  name,
  heading,
  width,
  right: false,
  needs,
  value,
});

const number = (name: string, heading: string, width: number, value: Field['value'], ...needs: Need[]): Field => ({
  ...text(name, heading, width, value, ...needs),
  right: true,
});

/** dmsetup's sections and fields, without statistics (libdm/dm-tools/dmsetup.c _report_fields). */
const SECTIONS: Readonly<Record<string, readonly Field[]>> = {
  name_all: [
    text('name', 'Name', 16, ({ info }) => unmangle(info.name)),
    text('mangled_name', 'MangledName', 16, ({ info }) => mangled(info.name)),
    text('unmangled_name', 'UnmangledName', 16, ({ info }) => unmangle(info.name)),
    text('uuid', 'UUID', 32, ({ info }) => unmangle(info.uuid)),
    text('mangled_uuid', 'MangledUUID', 32, ({ info }) => mangled(info.uuid)),
    text('unmangled_uuid', 'UnmangledUUID', 32, ({ info }) => unmangle(info.uuid)),
    number('read_ahead', 'RAhead', 6, ({ block }) => block?.readAhead ?? 0, 'block'),
  ],
  info_all: [
    text('blkdevname', 'BlkDevName', 16, ({ block }) => block?.name ?? '', 'block'),
    text('attr', 'Stat', 4, ({ info }) => attributes(info)),
    text('tables_loaded', 'Tables', 6, ({ info }) => tables(info)),
    text('suspended', 'Suspended', 9, ({ info }) => (info.suspended ? 'Suspended' : 'Active')),
    text('readonly', 'Read-only', 9, ({ info }) => (info.readOnly ? 'Read-only' : 'Writeable')),
    text('devno', 'DevNo', 5, ({ info }) => devText(info.dev)),
    number('major', 'Maj', 3, ({ info }) => info.dev.major),
    number('minor', 'Min', 3, ({ info }) => info.dev.minor),
    number('open', 'Open', 4, ({ info }) => info.openCount),
    number('segments', 'Targ', 4, ({ info }) => info.targetCount),
    number('events', 'Event', 6, ({ info }) => info.eventNr),
  ],
  deps_all: [
    number('device_count', '#Devs', 5, ({ deps }) => deps.length, 'deps'),
    text('devnos_used', 'DevNosUsed', 16, ({ deps }) => deps.map(devText).join(','), 'deps'),
    text('blkdevs_used', 'BlkDevNamesUsed', 16, ({ deps }, { kernel }) => named(deps, kernel), 'deps', 'blocks'),
  ],
  tree_all: [
    text('devs_used', 'DevNamesUsed', 16, ({ deps }, { mapped }) => named(deps, mapped), 'deps', 'names'),
    number('device_ref_count', '#Refs', 5, ({ users }) => users.length, 'users'),
    text('names_using_dev', 'RefNames', 8, ({ users }) => users.map(({ name }) => name).join(','), 'users'),
    text('devnos_using_dev', 'RefDevNos', 9, ({ users }) => users.map(({ dev }) => devText(dev)).join(','), 'users'),
  ],
  splitname_all: [
    text('subsystem', 'Subsys', 6, ({ info }) => subsystem(info)),
    text('vg_name', 'VG', 4, ({ info }) => lvm(info)[0]),
    text('lv_name', 'LV', 4, ({ info }) => lvm(info)[1]),
    text('lv_layer', 'LVLayer', 7, ({ info }) => lvm(info)[2]),
  ],
};

const FIELDS = Object.values(SECTIONS).flat();

const DEFAULT = ['name', 'major', 'minor', 'attr', 'open', 'segments', 'events', 'uuid'];

/** As libdm would have written it, whoever did. */
function mangled(name: string): string {
  return name.includes('\\x') ? name : mangle(name);
}

function attributes({ liveTable, inactiveTable, suspended, readOnly }: DeviceInfo): string {
  return `${liveTable ? 'L' : '-'}${inactiveTable ? 'I' : '-'}${suspended ? 's' : '-'}${readOnly ? 'r' : 'w'}`;
}

function tables({ liveTable, inactiveTable }: DeviceInfo): string {
  if (liveTable) return inactiveTable ? 'Both' : 'Live';
  return inactiveTable ? 'Inactive' : 'None';
}

/** Those of the devices that have such a name. */
function named(devices: Dev[], names: ReadonlyMap<string, string>): string {
  return devices.flatMap((dev) => names.get(devText(dev)) ?? []).join(',');
}

/** What stands before the uuid's first dash. */
function subsystem({ uuid }: DeviceInfo): string {
  return /^([^-]*)-/.exec(unmangle(uuid))?.[1] ?? '';
}

/** Volume group, volume and layer, parted by single dashes; two stand for one. */
function lvm(info: DeviceInfo): [string, string, string] {
  if (subsystem(info) !== 'LVM') return ['', '', ''];
  const parts = unmangle(info.name).match(/(?:--|[^-])+/g) ?? [];
  const [group = '', volume = '', layer = ''] = parts.map((part) => part.replaceAll('--', '-'));
  return [group, volume, layer];
}

/** Names of fields and sections without a case and without underscores, as libdm compares them. */
const canonical = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** The fields that the words, parted by commas, name; a plus in front adds them to the usual ones. */
export function fieldsOf(words: string | undefined): Field[] | { unknown: string } {
  const added = words?.startsWith('+');
  const usual = words === undefined || added ? DEFAULT : [];
  const given = words === undefined ? [] : (added ? words.slice(1) : words).split(',');
  const fields: Field[] = [];
  for (const word of [...usual, ...given]) {
    const found = find(word);
    if (found.length === 0) return { unknown: word };
    fields.push(...found);
  }
  return fields;
}

function find(word: string): readonly Field[] {
  const section = Object.keys(SECTIONS).find((name) => canonical(name) === canonical(word));
  return section ? SECTIONS[section]! : FIELDS.filter(({ name }) => canonical(name) === canonical(word));
}

export function fieldNames(): string[] {
  return [...FIELDS.map(({ name }) => name), ...Object.keys(SECTIONS)];
}

/** A field to sort by, perhaps downwards. */
export interface SortKey {
  field: Field;
  down: boolean;
}

/** `name,-minor`: by these fields, the first one first; as they were asked for unless given. */
export function sortKeysOf(words: string | undefined): SortKey[] | { unknown: string } {
  const keys: SortKey[] = [];
  for (const word of words?.split(',') ?? []) {
    const found = find(word.replace(/^[+-]/, ''));
    if (found.length === 0) return { unknown: word };
    keys.push(...found.map((field) => ({ field, down: word.startsWith('-') })));
  }
  return keys;
}

export function sorted(devices: Reported[], keys: SortKey[], names: Names): Reported[] {
  return devices.toSorted((a, b) => {
    for (const { field, down } of keys) {
      const [one, other] = [field.value(a, names), field.value(b, names)];
      if (one !== other) return one < other === down ? 1 : -1;
    }
    return 0;
  });
}

export interface ReportStyle {
  /** Between fields that are not aligned. */
  separator?: string | undefined;
  noHeadings?: boolean | undefined;
  /** Each value as `DM_FIELD='value'`. */
  namePrefixes?: boolean | undefined;
}

/** The rows as dmsetup prints them. */
export function reportText(devices: Reported[], fields: Field[], names: Names, style: ReportStyle): string {
  const { separator, noHeadings = false, namePrefixes = false } = style;
  const rows = devices.map((device) =>
    fields.map((field) => {
      const value = String(field.value(device, names));
      return namePrefixes ? `DM_${field.name.toUpperCase()}='${value}'` : value;
    }),
  );
  const headings = noHeadings ? [] : [fields.map(({ heading }) => heading)];
  if (separator === undefined && !noHeadings && !namePrefixes) return aligned(fields, rows);
  const between = separator ?? (noHeadings ? ':' : ' ');
  return [...headings, ...rows].map((cells) => `${cells.join(between)}\n`).join('');
}

function aligned(fields: Field[], rows: string[][]): string {
  const widths = fields.map(({ heading, width }, at) =>
    Math.max(width, heading.length, ...rows.map((cells) => cells[at]!.length)),
  );
  const lines = [
    fields.map(({ heading }, at) => heading.padEnd(widths[at]!)),
    ...rows.map((cells) =>
      cells.map((cell, at) => (fields[at]!.right ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))),
    ),
  ];
  return lines.map((cells) => `${cells.join(' ')}\n`).join('');
}
