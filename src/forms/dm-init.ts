import {
  badForm,
  cannotHold,
  type Form,
  type FormDevice,
  type FormRow,
  quoteParams,
  readMinor,
  readRow,
  unquoteParams,
  writeRow,
} from './device.ts';

/** Limits of drivers/md/dm-init.c. */
const MOST_DEVICES = 256;
const MOST_TARGETS = 256;
const LONGEST = 4095;
const LONGEST_NAME = 127;
const LONGEST_UUID = 128;
/** Targets that need no user space behind them. */
const ALLOWED_TARGETS = ['crypt', 'delay', 'linear', 'snapshot-origin', 'striped', 'verity'];

/** What cannot stand for itself on the kernel's command line: it knows no quoting. */
const RESERVED = /[,;"\n\r]/;

const PARAMETER = 'dm-mod.create=';

/**
 * The kernel's `dm-mod.create="name,uuid,minor,flags,row[,row…][;…]"`, by which it makes devices before user space runs
 * (drivers/md/dm-init.c). Like `--concise`, but without quoting, with fewer targets, and with devices that may be named
 * as for `root=`: `PARTUUID=…`, `PARTLABEL=…`, `/dev/sda1`, `8:1`. The kernel wants the flags written out.
 *
 * Read from the source and held against its document's examples: a kernel that boots so has to have device-mapper and
 * CONFIG_DM_INIT built in, which no throwaway kernel has.
 */
export const dmInit: Form = {
  read(text) {
    const value = unwrapped(text.trim());
    if (byteLength(value) > LONGEST) throw badForm(`the kernel reads at most ${LONGEST} bytes`);
    const devices = value.split(';').map(readDevice);
    if (devices.length > MOST_DEVICES) throw badForm(`the kernel makes at most ${MOST_DEVICES} devices`);
    return devices;
  },

  write(devices) {
    if (devices.length === 0) throw cannotHold('there is no device to make');
    if (devices.length > MOST_DEVICES) throw cannotHold(`the kernel makes at most ${MOST_DEVICES} devices`);
    const value = devices.map(writeDevice).join(';');
    if (byteLength(value) > LONGEST) {
      throw cannotHold(`the devices take ${byteLength(value)} bytes; the kernel reads at most ${LONGEST}`);
    }
    return `${PARAMETER}"${value}"\n`;
  },
};

/** With or without the parameter's name and its quotation marks, which the kernel takes around either. */
function unwrapped(text: string): string {
  const whole = /^"(.*)"$/s.exec(text)?.[1] ?? text;
  const value = whole.startsWith(PARAMETER) ? whole.slice(PARAMETER.length) : whole;
  return /^"(.*)"$/s.exec(value)?.[1] ?? value;
}

function readDevice(entry: string, index: number): FormDevice {
  const path = `[${index}]`;
  const [name = '', uuid, minor, flags, ...rows] = entry.split(',').map((field) => field.trim());
  if (uuid === undefined || minor === undefined || flags === undefined || rows.length === 0) {
    throw badForm(`"${name}": five fields are needed, parted by commas: name, uuid, minor, flags, table`, path);
  }
  if (name === '') throw badForm('a device without a name', `${path}.name`);
  if (flags !== 'ro' && flags !== 'rw')
    throw badForm(`${name}: the flags are "${flags}"; the kernel wants ro or rw`, `${path}.flags`);
  const device = {
    name,
    uuid,
    minor: readMinor(minor, name, `${path}.minor`),
    readOnly: flags === 'ro',
    rows: rows.map((row, at) => unquoted(readRow(row, `${name}: row ${at + 1}`, `${path}.rows[${at}]`))),
  };
  const problem = problemOf(device);
  if (problem) throw badForm(problem.message, `${path}.${problem.field}`);
  return device;
}

function writeDevice(device: FormDevice): string {
  const { name, uuid, minor, readOnly, rows } = device;
  const fields = [name, uuid, minor ?? '', readOnly ? 'ro' : 'rw', ...rows.map((row) => writeRow(quoted(row)))].map(
    String,
  );
  const odd = fields.find((field) => RESERVED.test(field));
  if (odd !== undefined) throw cannotHold(`"${odd}" holds a comma, a semicolon, a quotation mark or a line's end`);
  const problem = problemOf(device);
  if (problem) throw cannotHold(problem.message);
  return fields.join(',');
}

/** Here the words go to the constructor as they are. */
function unquoted(row: FormRow): FormRow {
  return { ...row, params: unquoteParams(row.params) };
}

function quoted(row: FormRow): FormRow {
  return { ...row, params: quoteParams(row.params) };
}

/** What the kernel would not take, and the field that it is about. */
function problemOf({ name, uuid, rows }: FormDevice): { field: string; message: string } | undefined {
  const inName = (message: string) => ({ field: 'name', message });
  if (name === '') return inName('a device needs a name here; give one with --name');
  if (byteLength(name) > LONGEST_NAME) return inName(`${name}: the kernel would cut a name off behind 127 bytes`);
  if (byteLength(uuid) > LONGEST_UUID)
    return { field: 'uuid', message: `${name}: the kernel would cut a uuid off behind 128 bytes` };
  if (rows.length === 0) return inName(`${name} has no table, and the kernel makes no device without one here`);
  if (rows.length > MOST_TARGETS) {
    const message = `${name} has ${rows.length} targets; the kernel reads at most ${MOST_TARGETS}`;
    return { field: `rows[${MOST_TARGETS}]`, message };
  }
  const other = rows.findIndex(({ type }) => !ALLOWED_TARGETS.includes(type));
  if (other >= 0) {
    const message = `${name}: the kernel makes no ${rows[other]!.type} target here; it makes ${ALLOWED_TARGETS.join(', ')}`;
    return { field: `rows[${other}]`, message };
  }
  const bare = rows.findIndex(({ params }) => params === '');
  if (bare < 0) return undefined;
  return { field: `rows[${bare}]`, message: `${name}: the row "${writeRow(rows[bare]!)}" has no params` };
}

/** Of the text in UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
