import { badForm, cannotHold, type Form, type FormDevice, readFlags, readMinor, readRow } from './device.ts';

/**
 * dmsetup's `--concise`: `name,uuid,minor,flags,row[,row…][;…]`, a backslash in front of what stands for itself
 * (libdm/dm-tools/dmsetup.c _create_concise, _print_string_quoted).
 */
export const concise: Form = {
  read(text) {
    return split(text.replace(/\n$/, ''))
      .filter((fields, index, all) => index + 1 < all.length || fields.join('').trim() !== '')
      .map(readDevice);
  },

  write(devices) {
    return `${devices.map(writeDevice).join(';')}\n`;
  },
};

/** Unquoted, by device and field. dmsetup skips blanks behind a comma and a semicolon, except in rows. */
function split(text: string): string[][] {
  const devices: string[][] = [['']];
  for (let at = 0; at < text.length; at++) {
    const fields = devices.at(-1)!;
    const character = text[at]!;
    if (character === '\\') {
      if (++at === text.length) throw badForm('a backslash at the end quotes nothing', `[${devices.length - 1}]`);
      fields[fields.length - 1] += text[at]!;
    } else if (character === ',') fields.push('');
    else if (character === ';') devices.push(['']);
    else if (!/\s/.test(character) || fields.at(-1) !== '') fields[fields.length - 1] += character;
  }
  return devices;
}

function readDevice([name = '', uuid, minor, flags, ...rows]: string[], index: number): FormDevice {
  const path = `[${index}]`;
  if (uuid === undefined || minor === undefined || flags === undefined || rows.length === 0) {
    throw badForm(`"${name}": five fields are needed, parted by commas: name, uuid, minor, flags, table`, path);
  }
  if (name === '') throw badForm('a device without a name', `${path}.name`);
  return {
    name,
    uuid,
    minor: readMinor(minor, name, `${path}.minor`),
    readOnly: readFlags(flags, name, `${path}.flags`),
    rows: rows.map((row, at) => readRow(row, `${name}: row ${at + 1}`, `${path}.rows[${at}]`)),
  };
}

function writeDevice({ name, uuid, minor, readOnly, rows }: FormDevice): string {
  if (name === '') throw cannotHold('a device needs a name here; give one with --name');
  if (rows.length === 0) throw cannotHold(`${name} has no table, and the form has no way to say so`);
  const lines = rows.map(({ start, length, type, params }) => `${start} ${length} ${type} ${params}`);
  const fields = [name, uuid, String(minor ?? ''), readOnly ? 'ro' : 'rw', ...lines];
  return fields.map((field) => field.replace(/[,;\\]/g, '\\$&')).join(',');
}
