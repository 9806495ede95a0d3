/** docs/schema.json: what requests and answers look like, as JSON Schema, from the declarations that the planner is made of. */
import { DM_DEV_WAIT, MAX_MINOR } from '../../abi.ts';
import { ACTIONS, type Action, type Identity, type Payload } from '../actions.ts';
import { COMMANDS } from '../commands.ts';
import { ERRORS } from '../errors.ts';
import { MESSAGES } from '../messages.ts';
import type { Target } from '../notation.ts';
import { TARGETS } from '../targets/index.ts';
import { array, type Fields, fieldsOf, numberFrom, object, ref, type Schema, text } from './fields.ts';
import { LAYOUT_PAGES, type LayoutField, type LayoutPage } from './layouts.ts';

type Definitions = Record<string, Schema>;

const flag: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer' };
const triple: Schema = { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 3, maxItems: 3 };
const ONE = { const: 1 };
const SECTORS_MAX = (1n << 54n) - 1n;

const required = (properties: Record<string, Schema>): Schema =>
  object({ properties, required: Object.keys(properties) });

function identifier(longest: number): Schema {
  return { type: 'string', pattern: '^([A-Za-z0-9#+.:=@_-]|\\\\x[0-9A-Fa-f]{2})+$', maxLength: longest };
}

/** What is written in one way throughout. */
const NOTATION: Definitions = {
  binary: { $comment: 'MessagePack bin; here as hex', type: 'string', pattern: '^([0-9a-f]{2})*$' },
  textOrBinary: { $comment: 'text, or MessagePack bin', type: 'string' },
  decimal: { $comment: 'a number as text', type: 'string', pattern: '^-?(0|[1-9][0-9]{0,19})$' },
  sectors: {
    $comment: 'sectors of 512 bytes, as text perhaps with a unit',
    type: 'string',
    pattern: '^(0|[1-9][0-9]{0,19})(s|B|KiB|MiB|GiB|TiB|PiB|EiB)?$',
  },
  sectorCount: { anyOf: [{ type: 'integer', minimum: 0, maximum: SECTORS_MAX }, ref('sectors')] },
  hex: { type: 'string', pattern: '^([0-9A-Fa-f]{2})*$' },
  device: { $comment: 'a path, or major:minor', type: 'string', pattern: '^(/.*|[0-9]+:[0-9]+)$' },
  name: identifier(127),
  uuid: identifier(128),
  type: { type: 'string', pattern: '^[a-z0-9_-]{1,15}$' },
  command: { anyOf: [{ enum: COMMANDS.map(({ number }) => number) }, { enum: COMMANDS.map(({ name }) => name) }] },
  versions: { type: 'object', additionalProperties: triple },
  geometry: required({
    cylinders: numberFrom(0, 65535),
    heads: numberFrom(0, 255),
    sectors: numberFrom(0, 255),
    start: numberFrom(0, 65535 * 255 * 255),
  }),
};

const NAME = { name: ref('name') };
const EITHER = { ...NAME, uuid: ref('uuid') };
const ROOM = { bufferSize: numberFrom(320, 33554432) };
const TABLE = { targets: { ...array(ref('target')), minItems: 1 }, table: ref('textOrBinary') };

const IDENTITIES: Readonly<Record<Identity, Fields>> = {
  none: { properties: {}, required: [] },
  new: { properties: { ...EITHER, minor: numberFrom(0, MAX_MINOR) }, required: ['name'] },
  one: { properties: EITHER, required: [], exactly: [['name', 'uuid']] },
  name: { properties: NAME, required: ['name'] },
  prefixes: { properties: EITHER, required: [] },
  type: { properties: { type: ref('type') }, required: ['type'] },
};

const PAYLOADS: Readonly<Record<Payload, Fields>> = {
  none: { properties: {}, required: [] },
  table: { properties: TABLE, required: [], exactly: [['targets', 'table']] },
  room: { properties: ROOM, required: [] },
  newName: { properties: { newName: ref('name') }, required: ['newName'] },
  newUuid: { properties: { newUuid: ref('uuid') }, required: ['newUuid'] },
  geometry: { properties: { geometry: ref('geometry') }, required: ['geometry'] },
  message: { properties: { message: ref('message'), sector: ref('sectorCount'), ...ROOM }, required: ['message'] },
};

/** A new device may go without a table. */
const NEW_TABLE: Fields = {
  properties: { ...TABLE, noTable: flag },
  required: [],
  some: [['targets', 'table', 'noTable']],
};

function actionSchema({ name, identity, steps }: Action): Schema {
  const payloads = steps.map(({ payload = 'none' }) => payload);
  const parts = [
    IDENTITIES[identity],
    ...payloads.map((payload) => (identity === 'new' && payload === 'table' ? NEW_TABLE : PAYLOADS[payload])),
  ];
  const switches = steps.flatMap((step) => step.switches ?? []).map((each): [string, Schema] => [each, flag]);
  return object({
    properties: Object.assign(
      { v: ONE, action: { const: name }, versions: ref('versions') },
      ...parts.map(({ properties }) => properties),
      Object.fromEntries(switches),
      steps[0]?.command === DM_DEV_WAIT && { eventNr: numberFrom(0, 4294967295) },
    ),
    required: ['v', 'action', ...parts.flatMap((part) => part.required)],
    exactly: parts.flatMap(({ exactly = [] }) => exactly),
    some: parts.flatMap(({ some = [] }) => some),
  });
}

/** What every target has beside its own fields. */
const common = (type: Schema): Record<string, Schema> => ({
  type,
  length: ref('sectorCount'),
  start: ref('sectorCount'),
});

function targetSchema({ type, about, params }: Target): Schema {
  const { properties, required, ...groups } = fieldsOf(params, 'request');
  return {
    description: about,
    ...object({
      ...groups,
      properties: { ...common({ const: type }), ...properties },
      required: ['type', 'length', ...required],
    }),
  };
}

const rawTarget: Schema = object({
  properties: { ...common(ref('type')), params: ref('textOrBinary') },
  required: ['type', 'length', 'params'],
});

function messageSchemas(): Schema[] {
  return Object.entries(MESSAGES).flatMap(([target, messages]) =>
    messages.map(({ verb, words = [] }) => {
      const { properties, required, ...groups } = fieldsOf(words, 'request');
      return object({
        ...groups,
        properties: { target: { const: target }, verb: { const: verb }, ...properties },
        required: ['target', 'verb', ...required],
      });
    }),
  );
}

function layoutSchema(kind: string, { about, fields }: LayoutPage): Schema {
  const properties = Object.fromEntries(fields.map((field): [string, Schema] => [field.name, layoutField(field)]));
  return {
    description: about,
    ...object({
      properties: { v: ONE, action: { const: 'layout' }, kind: { const: kind }, ...properties },
      required: ['v', 'action', 'kind', ...fields.filter((field) => field.required).map(({ name }) => name)],
    }),
  };
}

function layoutField({ value, min = 0n, max = SECTORS_MAX, words }: LayoutField): Schema {
  if (value === 'areas') return { ...array(ref('area')), minItems: 1 };
  if (value === 'text') return words ? { enum: words } : text;
  if (value === 'true or false') return flag;
  const notation = value.startsWith('sectors') ? 'sectors' : 'decimal';
  return { anyOf: [{ type: 'integer', minimum: min, maximum: max }, ref(notation)] };
}

const area: Schema = object({
  properties: { device: ref('device'), length: ref('sectorCount'), offset: ref('sectorCount') },
  required: ['device', 'length'],
});

const IMAGE = {
  hashType: numberFrom(0, 1),
  algorithm: text,
  dataBlockSize: numberFrom(512, 65536),
  hashBlockSize: numberFrom(512, 1073741824),
  dataBlocks: numberFrom(1, (1n << 64n) - 1n),
};

const superblockRequest: Schema = object({
  properties: {
    v: ONE,
    action: { const: 'verity_superblock' },
    ...IMAGE,
    uuid: text,
    salt: ref('hex'),
    superblockVersion: numberFrom(1, 1),
  },
  required: ['v', 'action', ...Object.keys(IMAGE), 'uuid'],
});

/** What `decode` and `inspect` are given. */
function exchange(more: Record<string, Schema>): Schema {
  return object({
    properties: { command: ref('command'), payload: ref('binary'), ...more },
    required: ['command', 'payload'],
  });
}

const dev: Schema = required({ major: whole, minor: whole });
/** Text of the kernel that is not UTF-8 comes as binary. */
const said = ref('textOrBinary');

const headerAnswer: Schema = required({
  version: triple,
  dataSize: whole,
  dataStart: whole,
  targetCount: whole,
  openCount: whole,
  flags: whole,
  eventNr: whole,
  dev,
  name: said,
  uuid: said,
});

function rowAnswer(): Schema {
  const typed = TARGETS.map(({ type }) => ({
    if: { type: 'object', properties: { type: { const: type } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { type: 'object', properties: { fields: ref(`table.${type}`), status: ref(`status.${type}`) } },
  }));
  const fields: Schema = { type: 'object' };
  return {
    ...object({
      properties: { start: whole, length: whole, type: said, fields, status: fields, params: said },
      required: ['start', 'length', 'type', 'params'],
    }),
    allOf: typed,
  };
}

const decoded: Schema = object({
  properties: {
    header: ref('header'),
    bufferFull: flag,
    devices: array(object({ properties: { name: said, dev, eventNr: whole, uuid: said }, required: ['name', 'dev'] })),
    deps: array(dev),
    targets: array(ref('row')),
    versions: array(required({ name: said, version: triple })),
    message: said,
  },
  required: ['header', 'bufferFull'],
});

const inspected: Schema = array(
  required({ offset: whole, length: whole, field: text, value: { type: ['integer', 'string', 'null'] }, note: text }),
);

function layoutAnswer({ answer }: LayoutPage): Schema {
  const names = answer.map((key) => key.replace('?', ''));
  const any: Schema = { type: ['integer', 'boolean', 'array'] };
  return object({
    properties: Object.fromEntries(names.map((name): [string, Schema] => [name, any])),
    required: answer.filter((key) => !key.endsWith('?')),
  });
}

const superblockFields: Schema = required({
  superblockVersion: whole,
  hashType: whole,
  uuid: text,
  algorithm: text,
  dataBlockSize: whole,
  hashBlockSize: whole,
  dataBlocks: whole,
  salt: ref('hex'),
});

function errorAnswer(): Schema {
  const errors = [...ERRORS, ...TARGETS.flatMap(({ rules }) => rules)].sort((a, b) => a.code - b.code);
  return {
    ...required({ code: whole, name: text, message: text, path: text, offset: { type: 'integer', minimum: 0 } }),
    oneOf: errors.map(({ code, name }) => ({ properties: { code: { const: code }, name: { const: name } } })),
  };
}

const each = <T>(list: readonly T[], entry: (item: T) => [string, Schema]): Definitions =>
  Object.fromEntries(list.map(entry));
const anyOf = (names: string[]): Schema => ({ anyOf: names.map(ref) });

/** The schema; 64-bit bounds are bigint. */
export function interfaceSchema(): Schema {
  const layouts = Object.entries(LAYOUT_PAGES);
  const requests = {
    ...each(ACTIONS, (action) => [`request.${action.name}`, actionSchema(action)]),
    ...each(layouts, ([kind, page]) => [`request.layout.${kind}`, layoutSchema(kind, page)]),
    'request.verity_superblock': superblockRequest,
  };
  const targets = each(TARGETS, (target) => [`target.${target.type}`, targetSchema(target)]);
  const plan = required({
    v: ONE,
    steps: array({ type: 'array', prefixItems: [{ type: 'integer' }, ref('binary')], minItems: 2, maxItems: 2 }),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: "Requests and answers of dmplan's planner.wasm",
    $comment: 'Generated by `npm run docs`. The rules that a schema cannot tell stand in abi.md and targets.md.',
    abiVersion: 1,
    calls: {
      plan: { request: ref('request'), answer: ref('planned') },
      decode: { request: ref('decode'), answer: ref('decoded') },
      inspect: { request: ref('inspect'), answer: ref('inspected') },
      error: ref('error'),
    },
    $defs: {
      ...NOTATION,
      request: anyOf(Object.keys(requests)),
      ...requests,
      target: anyOf([...Object.keys(targets), 'target.raw']),
      ...targets,
      'target.raw': rawTarget,
      message: { anyOf: [ref('textOrBinary'), ...messageSchemas()] },
      area,
      decode: { anyOf: [exchange({ showKeys: flag, reply: flag }), required({ superblock: ref('binary') })] },
      inspect: exchange({ reply: flag, showKeys: flag }),
      planned: {
        anyOf: [ref('plan'), ref('layout'), required({ v: ONE, superblock: ref('binary') })],
      },
      plan,
      layout: required({ v: ONE, layout: { anyOf: layouts.map(([, page]) => layoutAnswer(page)) } }),
      decoded: { anyOf: [decoded, superblockFields] },
      header: headerAnswer,
      row: rowAnswer(),
      ...each(TARGETS, ({ type, table, params }) => [`table.${type}`, loose(fieldsOf(table ?? params, 'answer'))]),
      ...each(TARGETS, ({ type, status = [] }) => [`status.${type}`, loose(fieldsOf(status, 'answer'))]),
      inspected,
      error: errorAnswer(),
    },
  };
}

/** Of what a kernel printed anything may be missing. */
function loose({ properties }: Fields): Schema {
  return object({ properties, required: [] });
}

/** docs/schema.json. JSON has no bigint: a bound past 2^53 is written with all of its digits. */
export function schemaText(): string {
  const quoted = JSON.stringify(
    interfaceSchema(),
    (_, value) => (typeof value === 'bigint' ? `bigint:${value}` : value),
    1,
  );
  return `${quoted.replaceAll(/"bigint:(-?\d+)"/g, '$1')}\n`;
}
