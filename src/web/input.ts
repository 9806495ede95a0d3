/** From what was put in to steps: the kind of the text, and who reads it. */
import {
  DATA_START_OFFSET,
  DEV_OFFSET,
  FLAG_ACTIVE_PRESENT,
  FLAG_INACTIVE_PRESENT,
  FLAGS_OFFSET,
  HEADER_SIZE,
  TARGET_COUNT_OFFSET,
} from '../../assembly/abi.ts';
import { COMMANDS, type CommandName } from '../commands.ts';
import { DmError } from '../errors.ts';
import { FORMS, requestOf } from '../forms/index.ts';
import { looksLikeHex, readHex } from '../inspect/hex-text.ts';
import { indexOfByte, type Place, Problem, wordAt } from '../inspect/problem.ts';
import type { InspectedStep } from '../inspect/table.ts';
import { Plan, type Step } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import type { Request } from '../request.ts';
import { type DeviceForm, deviceFormOf, placeInDevice, placeInForm } from './device-forms.ts';
import type { Entry } from './entry.ts';
import { indexInString, placeOf, syntaxFault } from './json-text.ts';

export type Kind = 'empty' | 'table' | DeviceForm | 'request' | 'plan' | 'payload';

/** A step, and the device it is for where there are several. */
export interface ShownStep extends InspectedStep {
  readonly device: string;
}

export interface Understood {
  kind: Kind;
  steps: ShownStep[];
  /** The one plan that the text is; there is none of a lone payload and of several devices. */
  plan: Plan | undefined;
}

/** How the text is read: JSON by its first character, bytes and devices by the first line, else a table. */
export function kindOf(text: string): Kind {
  const start = text.trimStart();
  if (start === '') return 'empty';
  if (/^[{[]/.test(start)) return /"steps"\s*:/.test(text) && !/"action"\s*:/.test(text) ? 'plan' : 'request';
  if (/^[A-Z_]+ [0-9a-f]{2}/.test(start)) return 'plan';
  return looksLikeHex(text) ? 'payload' : (deviceFormOf(text) ?? 'table');
}

/** @throws {Problem} */
export function understand(planner: Planner, entry: Entry): Understood {
  const kind = kindOf(entry.text);
  switch (kind) {
    case 'empty':
      return { kind, steps: [], plan: undefined };
    case 'table':
      return planned(
        kind,
        tablesIn(entry).map(({ device, text }) => ({ device, plan: planTable(planner, entry, device, text) })),
      );
    case 'concise':
    case 'dm-mod.create':
      return planned(kind, planDevices(planner, entry.text, kind));
    case 'request':
      return planned(kind, planJson(planner, entry.text));
    case 'plan':
      return { kind, steps: readPlan(planner, entry.text).map(sent), plan: undefined };
    case 'payload':
      return readPayload(planner, entry);
  }
}

function planned(kind: Kind, plans: { device: string; plan: Plan }[]): Understood {
  const steps = plans.flatMap(({ device, plan }) =>
    plan.steps.map((step) => ({ ...step, device: plans.length > 1 ? device : '', reply: false })),
  );
  return { kind, steps, plan: plans.length === 1 ? plans[0]!.plan : undefined };
}

function sent(step: Step): ShownStep {
  return { ...step, device: '', reply: false };
}

/** `data: 0 2048 linear …`, as `dmsetup table` prints the tables of all devices. */
const NAMED_LINE = /^(\S+): (?=\d+ \d+ \S)/;

/**
 * The tables of a text, each of the text's full length with blanks for what is not its own, so that places in it are
 * places in the text.
 */
function tablesIn({ text, name }: Entry): { device: string; text: string }[] {
  const lines = text.split('\n');
  if (!NAMED_LINE.test(lines.find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''))
    return [{ device: name, text }];
  const names = new Set(lines.flatMap((line) => NAMED_LINE.exec(line)?.[1] ?? []));
  return [...names].map((device) => ({
    device,
    text: lines
      .map((line) => {
        const prefix = NAMED_LINE.exec(line);
        if (prefix && prefix[1] !== device) return ' '.repeat(line.length);
        return prefix ? ' '.repeat(prefix[0].length) + line.slice(prefix[0].length) : line;
      })
      .join('\n'),
  }));
}

function planTable(planner: Planner, entry: Entry, device: string, table: string): Plan {
  const request = {
    action: entry.action,
    name: device,
    ...(entry.uuid === '' || entry.action !== 'create' ? {} : { uuid: entry.uuid }),
    ...(entry.readOnly ? { readOnly: true } : {}),
    table,
  } as Request;
  return attempt(
    () => planner.plan(request),
    (error) => {
      if (error.path === 'name' || error.path === 'uuid') return error.path;
      if (error.path === 'readOnly') return 'read-only';
      if (!error.path?.startsWith('table')) return undefined;
      return wordAt(table, indexOfByte(table, error.offset ?? 0));
    },
  );
}

function planDevices(planner: Planner, text: string, form: DeviceForm): { device: string; plan: Plan }[] {
  const devices = attempt(
    () => FORMS[form].read(text),
    (error) => placeInForm(text, form, error),
  );
  return devices.map((device, index) => ({
    device: device.name,
    plan: attempt(
      () => planner.plan(requestOf(device)),
      (error) => placeInDevice(text, form, index, device, error),
    ),
  }));
}

function planJson(planner: Planner, text: string): { device: string; plan: Plan }[] {
  const value = parseJson(text);
  const requests = (Array.isArray(value) ? value : [value]) as Request[];
  const other = requests.findIndex((request) => typeof request !== 'object' || request === null);
  if (other >= 0 || requests.length === 0) {
    throw new Problem('wrong_type', 'a request is { "action": … }', placeOf(text, other < 0 ? '' : `[${other}]`));
  }
  return requests.map((request, index) => {
    const prefix = Array.isArray(value) ? `[${index}].` : '';
    const plan = attempt(
      () => planner.plan(request),
      (error) => placeInJson(text, prefix, error),
    );
    return { device: 'name' in request && typeof request.name === 'string' ? request.name : `${index + 1}`, plan };
  });
}

/** @throws {Problem} `bad_json` at the first character that is none */
export function parseJson(text: string): unknown {
  const fault = syntaxFault(text);
  if (fault) throw new Problem('bad_json', fault.message, fault.place);
  return JSON.parse(text);
}

function placeInJson(text: string, prefix: string, { path = '', offset = 0 }: DmError): Place {
  if (!/^table\[/.test(path)) return placeOf(text, prefix + path);
  const { start } = placeOf(text, `${prefix}table`);
  const index = indexInString(text, start, offset);
  return { start: index, end: index + Math.max(1, /^[^\s\\"]*/.exec(text.slice(index))![0].length) };
}

/** What `dmplan plan --format json` and `--format hex` print. */
function readPlan(planner: Planner, text: string): Step[] {
  if (!/^\s*\{/.test(text)) return readPlanLines(planner, text);
  const { steps } = parseJson(text) as { steps: { command: string; payload: string }[] };
  if (!Array.isArray(steps))
    throw new Problem('bad_plan', 'steps is a list of { command, payload }', placeOf(text, 'steps'));
  return steps.map((step, index) => {
    const place = placeOf(text, `steps[${index}].command`);
    if (typeof step?.payload !== 'string')
      throw new Problem(
        'bad_plan',
        'a step is { command, payload }, the payload in hex',
        placeOf(text, `steps[${index}]`),
      );
    return stepOf(planner, step.command, step.payload, place, placeOf(text, `steps[${index}].payload`).start + 1);
  });
}

function readPlanLines(planner: Planner, text: string): Step[] {
  return [...text.matchAll(/^([^\S\n]*)(\S+)([^\S\n]*)(.*)$/gm)].map(
    ({ 1: blank, 2: command, 3: gap, 4: hex, index }) => {
      const start = index + blank!.length;
      return stepOf(
        planner,
        command!,
        hex!,
        { start, end: start + command!.length },
        start + command!.length + gap!.length,
      );
    },
  );
}

function stepOf(planner: Planner, command: string, hex: string, place: Place, hexStart: number): Step {
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new Problem(
      'unknown_command',
      `"${command}" is no command of device-mapper; write one such as TABLE_LOAD`,
      place,
    );
  }
  const step = { command: command as CommandName, payload: readHexAt(hex, hexStart) };
  attempt(
    () => planner.inspect(step.command, step.payload),
    () => ({ start: hexStart, end: hexStart + Math.max(1, hex.length) }),
  );
  return step;
}

/** Reads hex that begins at an index of the text. */
function readHexAt(hex: string, start: number): Uint8Array {
  try {
    return readHex(hex);
  } catch (error) {
    if (!(error instanceof Problem) || typeof error.place !== 'object') throw error;
    const { place } = error;
    throw new Problem(error.code, error.message, { start: start + place.start, end: start + place.end });
  }
}

/** How the MessagePack of a plan begins: a map of `v: 1` and `steps`. */
const PLAN_START = [0x82, 0xa1, 0x76, 0x01, 0xa5];

function readPayload(planner: Planner, entry: Entry): Understood {
  const payload = readHex(entry.text);
  if (PLAN_START.every((byte, index) => payload[index] === byte)) {
    const plan = attempt(
      () => Plan.fromBytes(payload),
      () => wordAt(entry.text, 0),
    );
    for (const { command, payload: bytes } of plan.steps) {
      attempt(
        () => planner.inspect(command, bytes),
        () => wordAt(entry.text, 0),
      );
    }
    return { kind: 'plan', steps: plan.steps.map(sent), plan };
  }
  const guessed = guess(payload);
  const step = { command: entry.command ?? guessed.command, payload, device: '', reply: entry.reply ?? guessed.reply };
  attempt(
    () => planner.inspect(step.command, payload, { reply: step.reply }),
    () => ({ start: entry.text.trimEnd().length - 1, end: entry.text.trimEnd().length }),
  );
  return { kind: 'payload', steps: [step], plan: undefined };
}

/** What a header alone tells: a table to load has specs, and what the kernel wrote names a device. */
function guess(payload: Uint8Array): { command: CommandName; reply: boolean } {
  if (payload.length < HEADER_SIZE - 7) return { command: 'DEV_STATUS', reply: false };
  const header = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const reply =
    header.getBigUint64(DEV_OFFSET, true) !== 0n ||
    (header.getUint32(FLAGS_OFFSET, true) & (FLAG_ACTIVE_PRESENT | FLAG_INACTIVE_PRESENT)) !== 0;
  const specs = header.getUint32(TARGET_COUNT_OFFSET, true) > 0 && header.getUint32(DATA_START_OFFSET, true) > 0;
  if (!specs || payload.length <= HEADER_SIZE) return { command: 'DEV_STATUS', reply };
  return { command: reply ? 'TABLE_STATUS' : 'TABLE_LOAD', reply };
}

/** What the planner refuses becomes a problem at its place. */
function attempt<T>(call: () => T, placeFor: (error: DmError) => Problem['place']): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof DmError)) throw error;
    const message =
      error.path && error.message.startsWith(`${error.path}: `)
        ? error.message.slice(error.path.length + 2)
        : error.message;
    throw new Problem(error.code, message, placeFor(error), error.path);
  }
}
