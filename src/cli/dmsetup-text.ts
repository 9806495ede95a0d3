import type { Dev, Device, DeviceInfo, TargetLine, TargetVersion } from '../reply.ts';
import { unmangle } from './mangle.ts';

/** The texts of dmsetup's queries, byte for byte (libdm/dm-tools/dmsetup.c), without what only udev or the node knows. */

export const NO_DEVICES = 'No devices found\n';

/** `table` and `status`: a line for every target. `name` leads it when more than one device is printed. */
export function targetsText(targets: TargetLine[], name: string | undefined): string {
  const lead = name === undefined ? '' : `${unmangle(name)}: `;
  if (targets.length === 0) return `${lead}\n`;
  return targets.map(({ start, length, type, params }) => `${lead}${start} ${length} ${type} ${params}\n`).join('');
}

export function depsText(deps: Dev[], name: string | undefined): string {
  const lead = name === undefined ? '' : `${unmangle(name)}: `;
  const list = deps.map(({ major, minor }) => ` (${major}, ${minor})`).join('');
  return `${lead}${deps.length} dependencies\t:${list}\n`;
}

export function listText(devices: Device[]): string {
  if (devices.length === 0) return NO_DEVICES;
  return devices.map(({ name, dev }) => `${unmangle(name)}\t(${dev.major}:${dev.minor})\n`).join('');
}

/** `ls --target`: other parentheses than `ls` has. */
export function matchText(name: string, { major, minor }: Dev): string {
  return `${unmangle(name)}\t(${major}, ${minor})\n`;
}

/** `targets` and `target-version`. */
export function versionsText(versions: TargetVersion[]): string {
  return versions.map(({ name, version }) => `${name.padEnd(16)} v${version.join('.')}\n`).join('');
}

/** An answer of a target, with a newline at its end. */
export function answerText(answer: string): string {
  return answer === '' || answer.endsWith('\n') ? answer : `${answer}\n`;
}

/** The columns of `info -c`: the heading, the least width, and whether values stand on the right. */
const COLUMNS: [string, number, boolean, (info: DeviceInfo) => string | number][] = [
  ['Name', 16, false, ({ name }) => unmangle(name)],
  ['Maj', 3, true, ({ dev }) => dev.major],
  ['Min', 3, true, ({ dev }) => dev.minor],
  ['Stat', 4, false, statText],
  ['Open', 4, true, ({ openCount }) => openCount],
  ['Targ', 4, true, ({ targetCount }) => targetCount],
  ['Event', 6, true, ({ eventNr }) => eventNr],
  ['UUID', 32, false, ({ uuid }) => unmangle(uuid)],
];

/** `info -c`. */
export function columnsText(infos: DeviceInfo[]): string {
  const columns = COLUMNS.map(([title, least, right, value]) => {
    const cells = infos.map((info) => String(value(info)));
    const width = Math.max(least, ...cells.map((cell) => cell.length));
    return [title.padEnd(width), ...cells.map((cell) => (right ? cell.padStart(width) : cell.padEnd(width)))];
  });
  return columns[0]!.map((_, row) => `${columns.map((cells) => cells[row]).join(' ')}\n`).join('');
}

function statText({ liveTable, inactiveTable, suspended, readOnly }: DeviceInfo): string {
  return `${liveTable ? 'L' : '-'}${inactiveTable ? 'I' : '-'}${suspended ? 's' : '-'}${readOnly ? 'r' : 'w'}`;
}

export function infoText(info: DeviceInfo): string {
  const lines: [string, string][] = [
    ['Name:', unmangle(info.name)],
    ['State:', stateText(info)],
    ['Tables present:', tablesText(info)],
    ['Open count:', String(info.openCount)],
    ['Event number:', String(info.eventNr)],
    ['Major, minor:', `${info.dev.major}, ${info.dev.minor}`],
    ['Number of targets:', String(info.targetCount)],
  ];
  const text = lines.map(([label, value]) => `${label.padEnd(18)} ${value}\n`).join('');
  return `${text}${info.uuid === '' ? '' : `UUID: ${unmangle(info.uuid)}\n`}\n`;
}

function stateText({ suspended, readOnly, deferredRemove }: DeviceInfo): string {
  const state = suspended ? 'SUSPENDED' : 'ACTIVE';
  return `${state}${deferredRemove ? ' (DEFERRED REMOVE)' : ''}${readOnly ? ' (READ-ONLY)' : ''}`;
}

function tablesText({ liveTable, inactiveTable }: DeviceInfo): string {
  if (!liveTable && !inactiveTable) return 'None';
  return [liveTable ? 'LIVE' : '', inactiveTable ? 'INACTIVE' : ''].filter((table) => table !== '').join(' & ');
}
