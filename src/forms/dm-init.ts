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
    if (Buffer.byteLength(value) > LONGEST) throw badForm(`the kernel reads at most ${LONGEST} bytes`);
    const devices = value.split(';').map(readDevice);
    if (devices.length > MOST_DEVICES) throw badForm(`the kernel makes at most ${MOST_DEVICES} devices`);
    return devices;
  },

  write(devices) {
    if (devices.length === 0) throw cannotHold('there is no device to make');
    if (devices.length > MOST_DEVICES) throw cannotHold(`the kernel makes at most ${MOST_DEVICES} devices`);
    const value = devices.map(writeDevice).join(';');
    if (Buffer.byteLength(value) > LONGEST) {
      throw cannotHold(`the devices take ${Buffer.byteLength(value)} bytes; the kernel reads at most ${LONGEST}`);
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

function readDevice(entry: string): FormDevice {
  const [name = '', uuid, minor, flags, ...rows] = entry.split(',').map((field) => field.trim());
  if (uuid === undefined || minor === undefined || flags === undefined || rows.length === 0) {
    throw badForm(`"${name}": five fields are needed, parted by commas: name, uuid, minor, flags, table`);
  }
  if (name === '') throw badForm('a device without a name');
  if (flags !== 'ro' && flags !== 'rw') throw badForm(`${name}: the flags are "${flags}"; the kernel wants ro or rw`);
  const device = {
    name,
    uuid,
    minor: readMinor(minor, name),
    readOnly: flags === 'ro',
    rows: rows.map((row, index) => unquoted(readRow(row, `${name}: row ${index + 1}`))),
  };
  const problem = problemOf(device);
  if (problem !== undefined) throw badForm(problem);
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
  if (problem !== undefined) throw cannotHold(problem);
  return fields.join(',');
}

/** Here the words go to the constructor as they are. */
function unquoted(row: FormRow): FormRow {
  return { ...row, params: unquoteParams(row.params) };
}

function quoted(row: FormRow): FormRow {
  return { ...row, params: quoteParams(row.params) };
}

function problemOf({ name, uuid, rows }: FormDevice): string | undefined {
  if (name === '') return 'a device needs a name here; give one with --name';
  if (Buffer.byteLength(name) > LONGEST_NAME) return `${name}: the kernel would cut a name off behind 127 bytes`;
  if (Buffer.byteLength(uuid) > LONGEST_UUID) return `${name}: the kernel would cut a uuid off behind 128 bytes`;
  if (rows.length === 0) return `${name} has no table, and the kernel makes no device without one here`;
  if (rows.length > MOST_TARGETS) return `${name} has ${rows.length} targets; the kernel reads at most ${MOST_TARGETS}`;
  const other = rows.find(({ type }) => !ALLOWED_TARGETS.includes(type));
  if (other) return `${name}: the kernel makes no ${other.type} target here; it makes ${ALLOWED_TARGETS.join(', ')}`;
  const bare = rows.find(({ params }) => params === '');
  return bare && `${name}: the row "${writeRow(bare)}" has no params`;
}
