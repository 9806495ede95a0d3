import { devText } from '../devices.ts';
import type { Dev, Device, DeviceInfo, TargetLine, TargetVersion } from '../reply.ts';
import { unmangle } from './mangle.ts';

/** The texts of dmsetup's queries, byte for byte (libdm/dm-tools/dmsetup.c). */

export const NO_DEVICES = 'No devices found\n';

/** `table` and `status`: a line for every target. `name` leads it when more than one device is printed. */
export function targetsText(targets: TargetLine[], name: string | undefined): string {
  const lead = name === undefined ? '' : `${unmangle(name)}: `;
  if (targets.length === 0) return `${lead}\n`;
  return targets.map(({ start, length, type, params }) => `${lead}${start} ${length} ${type} ${params}\n`).join('');
}

type Names = ReadonlyMap<string, string>;

/** `deps`. `names`: by number, of devices that are to be shown by a name. */
export function depsText(deps: Dev[], name: string | undefined, names: Names = new Map()): string {
  const lead = name === undefined ? '' : `${unmangle(name)}: `;
  const list = deps.map((dev) => ` (${names.get(devText(dev)) ?? `${dev.major}, ${dev.minor}`})`).join('');
  return `${lead}${deps.length} dependencies\t:${list}\n`;
}

/** `ls`, with the same. */
export function listText(devices: Device[], names: Names = new Map()): string {
  if (devices.length === 0) return NO_DEVICES;
  const shown = (dev: Dev): string => names.get(devText(dev)) ?? devText(dev);
  return devices.map(({ name, dev }) => `${unmangle(name)}\t(${shown(dev)})\n`).join('');
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

/** `info`. `readAhead`: in sectors, where it is known. */
export function infoText(info: DeviceInfo, readAhead?: number): string {
  const lines: [string, string][] = [
    ['Name:', unmangle(info.name)],
    ['State:', stateText(info)],
    ...(readAhead === undefined ? [] : [['Read Ahead:', String(readAhead)] as [string, string]]),
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
