/** Texts that describe whole devices, dmsetup's `--concise` and the kernel's `dm-mod.create=`: where in them things stand. */
import type { DmError } from '../errors.ts';
import { type FormDevice, requestOf } from '../forms/index.ts';
import { indexOfByte, type Place } from '../inspect/problem.ts';

export type DeviceForm = 'concise' | 'dm-mod.create';

const PARAMETER = /^\s*"?dm-mod\.create="?/;
/** A word that a comma ends, and another comma in its line: no table begins so. */
const CONCISE = /^\s*(?:\\.|[^\s,;\\])+,[^\n]*,/;

export function deviceFormOf(text: string): DeviceForm | undefined {
  if (PARAMETER.test(text)) return 'dm-mod.create';
  return CONCISE.test(text) ? 'concise' : undefined;
}

/** What the fields before the rows are to the planner, and to the form. */
const FIELDS: readonly (readonly string[])[] = [['name'], ['uuid'], ['minor'], ['readOnly', 'flags']];

/** Where what a form's reader refuses stands: `[1].rows[2]`, or the whole of `[1]`. */
export function placeInForm(text: string, form: DeviceForm, { path = '' }: DmError): Place {
  const [, device = '0', field = '', row = '0'] = /^\[(\d+)\](?:\.(\w+))?(?:\[(\d+)\])?/.exec(path) ?? [];
  const fields = fieldsOf(text, form)[Number(device)] ?? [];
  const [first, last] = [fields[0], fields.at(-1)];
  if (field === '') return seen({ start: first?.start ?? 0, end: last?.end ?? text.length }, text);
  return seen(fields[indexOfField(field, Number(row))] ?? first ?? { start: 0, end: 0 }, text);
}

/** Where what the planner refuses of a device stands: a field, or the word of a row. */
export function placeInDevice(
  text: string,
  form: DeviceForm,
  index: number,
  device: FormDevice,
  { path = '', offset = 0 }: DmError,
): Place {
  const fields = fieldsOf(text, form)[index]!;
  if (!path.startsWith('table')) return seen(fields[indexOfField(path, 0)] ?? fields[0]!, text);
  const { table = '' } = requestOf(device) as { table?: string };
  const lines = table.slice(0, indexOfByte(table, offset)).split('\n');
  const row = fields[FIELDS.length + lines.length - 1] ?? fields.at(-1)!;
  const word = (lines.at(-1)!.match(/\S+(?=\s)/g) ?? []).length;
  const found = [...text.slice(row.start, row.end).matchAll(/(?:\\[\s\S]|\S)+/g)][word];
  return seen(found ? { start: row.start + found.index, end: row.start + found.index + found[0].length } : row, text);
}

function indexOfField(name: string, row: number): number {
  const index = FIELDS.findIndex((names) => names.includes(name));
  return index < 0 ? FIELDS.length + row : index;
}

/** By device, the places of its fields: name, uuid, minor, flags and the rows. */
function fieldsOf(text: string, form: DeviceForm): Place[][] {
  const start = (form === 'dm-mod.create' ? PARAMETER.exec(text)?.[0].length : undefined) ?? 0;
  const end = text.length - (form === 'dm-mod.create' ? /"*\s*$/.exec(text)![0].length : /\s*$/.exec(text)![0].length);
  const devices: Place[][] = [[{ start, end }]];
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === '\\' && form === 'concise') at++;
    else if (character === ',' || character === ';') {
      devices.at(-1)!.at(-1)!.end = at;
      const next = { start: at + 1, end };
      if (character === ',') devices.at(-1)!.push(next);
      else devices.push([next]);
    }
  }
  return devices.map((fields) => fields.map((field) => trimmed(field, text)));
}

function trimmed({ start, end }: Place, text: string): Place {
  const field = text.slice(start, end);
  const blank = field.length - field.trimStart().length;
  return { start: start + blank, end: Math.max(start + blank, end - (field.length - field.trimEnd().length)) };
}

/** A place that can be marked: at least one character wide. */
function seen({ start, end }: Place, text: string): Place {
  const from = Math.min(start, Math.max(0, text.length - 1));
  return { start: from, end: Math.max(end, from + 1) };
}
