import { DmError } from '../errors.ts';
import type { Request } from '../request.ts';
import { badForm, type Form, type FormDevice, type FormRow, quoteParams, unquoteParams } from './device.ts';
import { table } from './table.ts';

/** A `create` request as JSON, or an array of them; targets by their words. */
export const json: Form = {
  read(text) {
    const value = parse(text);
    return (Array.isArray(value) ? value : [value]).map(deviceOf);
  },

  write(devices) {
    const requests = devices.map(requestOf);
    return `${JSON.stringify(requests.length === 1 ? requests[0] : requests, null, 2)}\n`;
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DmError({ code: 'bad_json', message: `not JSON: ${(cause as Error).message}`, cause });
  }
}

function requestOf({ name, uuid, minor, readOnly, rows }: FormDevice): object {
  return {
    v: 1,
    action: 'create',
    ...(name === '' ? {} : { name }),
    ...(uuid === '' ? {} : { uuid }),
    ...(minor === undefined ? {} : { minor }),
    ...(readOnly ? { readOnly } : {}),
    targets: rows.map(({ start, length, type, params }) => ({
      type,
      start: jsonNumber(start),
      length: jsonNumber(length),
      params: quoteParams(params),
    })),
  };
}

function jsonNumber(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

function deviceOf(value: unknown): FormDevice {
  const request = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Extract<Request, { action: 'create' }>
  > & { minor?: number; table?: string; targets?: unknown[]; readOnly?: boolean };
  if (request.action !== 'create') throw badForm('a device is written as a create request');
  const rows =
    typeof request.table === 'string'
      ? table.read(request.table)[0]!.rows
      : rowsOf((request.targets ?? []) as object[]);
  return {
    name: request.name ?? '',
    uuid: request.uuid ?? '',
    minor: request.minor,
    readOnly: request.readOnly === true,
    rows,
  };
}

/** Only words: typed fields become words in the planner (`dmplan plan`). */
function rowsOf(targets: object[]): FormRow[] {
  let end = 0n;
  return targets.map((target, index) => {
    const { type, params, start, length } = target as {
      type?: string;
      params?: string;
      start?: number;
      length?: number;
    };
    if (typeof type !== 'string' || typeof params !== 'string' || length === undefined) {
      throw badForm(`targets[${index}]: a target needs type, length and params here; fields are read by "dmplan plan"`);
    }
    const row = {
      start: start === undefined ? end : BigInt(start),
      length: BigInt(length),
      type,
      params: unquoteParams(params),
    };
    end = row.start + row.length;
    return row;
  });
}
