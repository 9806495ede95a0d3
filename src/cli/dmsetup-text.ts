import type { Dev, Device, DeviceInfo, TargetLine } from '../reply.ts';
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
