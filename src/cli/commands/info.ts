import type { Command } from 'commander';
import type { CallOptions } from '../../client/connection.ts';
import type { DeviceMapper } from '../../device-mapper.ts';
import { devText } from '../../devices.ts';
import type { Dev, Device, DeviceInfo } from '../../reply.ts';
import { infoText, NO_DEVICES } from '../dmsetup-text.ts';
import { unmangle } from '../mangle.ts';
import {
  type Field,
  fieldNames,
  fieldsOf,
  type Names,
  type Need,
  type Reported,
  reportText,
  sorted,
  sortKeysOf,
} from '../report.ts';
import { callOf } from './names.ts';
import { forEach, inactive, type QueryOptions, query } from './query.ts';
import type { Start } from './start.ts';

interface InfoOptions extends QueryOptions {
  columns?: boolean;
  options?: string;
  sort?: string;
  separator?: string;
  noheadings?: boolean;
  nameprefixes?: boolean;
}

/** `dmplan info`: the state of devices, as lines or as a report. */
export function addInfo(program: Command, start: Start): void {
  query(program, 'info', 'the state of each device')
    .option('-c, --columns', 'in columns')
    .option('-o, --options <fields>', 'which, parted by commas and named as by dmsetup; + adds to the usual ones')
    .option('-O, --sort <fields>', 'in this order; - in front of a field turns it round')
    .option('--noheadings', 'without the line of headings, and not aligned')
    .option('--separator <text>', 'between values, which are not aligned then')
    .option('--nameprefixes', "each value as DM_FIELD='value'")
    .addHelpText('after', '  dmplan info -c -o name,open,devs_used -O -open')
    .action(async (names: string[], options: InfoOptions, command: Command) => {
      if (options.columns) return report(names, options, command, start);
      if (options.options !== undefined) command.error('error: -o is for columns; give -c too');
      const context = start(command);
      const { answers } = await forEach(context, names, options.uuid, async (dm, device) => {
        const info = await dm.info(device, { ...inactive(options), ...callOf(context) });
        return { info, block: context.options.json ? undefined : await dm.blockDevice(info.dev) };
      });
      if (context.options.json) return context.output.json(answers.map(({ answer }) => answer.info));
      const text = answers.map(({ answer: { info, block } }) => infoText(info, block?.readAhead)).join('');
      context.output.text(answers.length === 0 ? NO_DEVICES : text);
    });
}

async function report(names: string[], options: InfoOptions, command: Command, start: Start): Promise<void> {
  const fields = known(fieldsOf(options.options), command);
  const keys = known(sortKeysOf(options.sort), command);
  const context = start(command);
  const call = callOf(context);
  let source: Source | undefined;
  const { answers } = await forEach(context, names, options.uuid, async (dm, device) => {
    source ??= new Source(dm, [...fields, ...keys.map(({ field }) => field)], call);
    return source.about(await dm.info(device, { ...inactive(options), ...call }));
  });
  const found = source?.names ?? { mapped: new Map(), kernel: new Map() };
  const rows = sorted(
    answers.map(({ answer }) => answer),
    keys,
    found,
  );
  if (context.options.json) return context.output.json(rows.map((row) => asJson(row, fields, found, options)));
  const { separator, noheadings, nameprefixes } = options;
  const style = { separator, noHeadings: noheadings, namePrefixes: nameprefixes };
  context.output.text(rows.length === 0 ? NO_DEVICES : reportText(rows, fields, found, style));
}

function known<T>(parsed: T | { unknown: string }, command: Command): T {
  if (typeof parsed === 'object' && parsed !== null && 'unknown' in parsed) {
    command.error(`error: '${parsed.unknown}' is no field of a report; it has ${fieldNames().join(', ')}`);
  }
  return parsed;
}

/** The whole state, or what was asked for. */
function asJson(device: Reported, fields: Field[], names: Names, { options }: InfoOptions): object {
  if (options === undefined) return device.info;
  return Object.fromEntries(fields.map((field) => [field.name, field.value(device, names)]));
}

/** What a report's fields need of a device, each asked for once and only when one of them does. */
class Source {
  readonly names: { mapped: Map<string, string>; kernel: Map<string, string> } = {
    mapped: new Map(),
    kernel: new Map(),
  };
  readonly #dm: DeviceMapper;
  readonly #needs: Set<Need>;
  readonly #call: CallOptions;
  #listed: Promise<{ device: Device; deps: Dev[] }[]> | undefined;

  constructor(dm: DeviceMapper, fields: Field[], call: CallOptions) {
    this.#dm = dm;
    this.#needs = new Set(fields.flatMap(({ needs }) => needs));
    this.#call = call;
  }

  async about(info: DeviceInfo): Promise<Reported> {
    const deps = this.#needs.has('deps') ? await this.#dm.deps(info.name, this.#call) : [];
    const listed = this.#needs.has('names') || this.#needs.has('users') ? await this.#list() : [];
    if (this.#needs.has('blocks')) for (const dep of deps) await this.#learnName(dep);
    const isUser = (used: Dev): boolean => devText(used) === devText(info.dev);
    return {
      info,
      deps,
      users: listed
        .filter(({ deps }) => deps.some(isUser))
        .map(({ device }) => ({ name: unmangle(device.name), dev: device.dev })),
      block: this.#needs.has('block') ? await this.#dm.blockDevice(info.dev) : undefined,
    };
  }

  #list(): Promise<{ device: Device; deps: Dev[] }[]> {
    this.#listed ??= this.#listAll();
    return this.#listed;
  }

  async #listAll(): Promise<{ device: Device; deps: Dev[] }[]> {
    const all: { device: Device; deps: Dev[] }[] = [];
    for (const device of await this.#dm.list(this.#call)) {
      this.names.mapped.set(devText(device.dev), unmangle(device.name));
      const deps = this.#needs.has('users') ? await this.#dm.deps(device.name, this.#call) : [];
      all.push({ device, deps });
    }
    return all;
  }

  async #learnName(dev: Dev): Promise<void> {
    if (this.names.kernel.has(devText(dev))) return;
    const block = await this.#dm.blockDevice(dev);
    if (block) this.names.kernel.set(devText(dev), block.name);
  }
}
