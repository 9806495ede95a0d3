import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYOUT_PAGES } from '../../../assembly/tables/schema/layouts.ts';
import { interfaceSchema, schemaText } from '../../../assembly/tables/schema/schema.ts';
import { TEXTS } from '../../../assembly/tables/texts.ts';
import { decode } from '../../../src/planner/codec.ts';
import type { Vector } from '../../../src/vectors.ts';
import { packFiles } from '../../vectors/pack.ts';
import { layout } from '../layout/ask.ts';
import { LAYOUT_EXAMPLES } from '../layout/examples.ts';
import { ERROR_NAMES } from '../planner/harness.ts';
import { misfit } from './validate.ts';

const schema = interfaceSchema();
const vectors = (await packFiles())
  ['vectors.jsonl']!.trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

/** A value as the schema sees it: binary is text of hex. */
function seen(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(seen);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, seen(field)]));
}

const answerOf = (hex: string): unknown => seen(decode(Buffer.from(hex, 'hex')));

const calls = schema.calls as Record<Vector['call'], { request: object; answer: object }> & { error: object };
const fitsRequest = ({ call, request }: Vector) => misfit(schema, { ...calls[call].request }, answerOf(request));
const fitsAnswer = ({ call, result }: Vector) => misfit(schema, { ...calls[call].answer }, answerOf(result));

describe('docs/schema.json', () => {
  it('is what the declarations say; npm run docs writes it anew', () => {
    const file = readFileSync(new URL('../../../docs/schema.json', import.meta.url), 'utf8');
    expect(file).toBe(schemaText());
    expect(JSON.parse(file)).toMatchObject({ abiVersion: 1 });
  });

  it('takes every request that the planner takes', () => {
    const wrong = vectors.filter(({ code }) => code === 0).map((each) => [each.id, fitsRequest(each)]);
    expect(wrong.filter(([, found]) => found !== undefined)).toEqual([]);
  });

  it('describes every answer', () => {
    const wrong = vectors.filter(({ code }) => code === 0).map((each) => [each.id, fitsAnswer(each)]);
    expect(wrong.filter(([, found]) => found !== undefined)).toEqual([]);
  });

  it('describes every error', () => {
    const wrong = vectors
      .filter(({ code }) => code !== 0)
      .map(({ id, result }) => [id, misfit(schema, { ...calls.error }, answerOf(result))]);
    expect(wrong.filter(([, found]) => found !== undefined)).toEqual([]);
  });

  it('refuses what is wrong in its form', () => {
    const form = ['missing_field', 'unknown_field', 'not_for_action', 'unknown_action', 'unsupported_version'];
    const taken = vectors.filter((each) => form.includes(ERROR_NAMES.get(each.code) ?? '') && !fitsRequest(each));
    expect(taken.map(({ id }) => id)).toEqual([]);
  });
});

describe('the kinds of layouts', () => {
  it('have the fields that the planner knows', () => {
    const known = Object.keys(LAYOUT_PAGES).map((kind) => [kind, TEXTS[`${kind}Fields` as keyof typeof TEXTS]]);
    const listed = Object.entries(LAYOUT_PAGES).map(([kind, { fields }]) => [
      kind,
      ['v', 'action', 'kind', ...fields.map(({ name }) => name)].join(', '),
    ]);
    expect(listed.map(sorted)).toEqual(known.map(sorted));
  });

  it.each(Object.entries(LAYOUT_PAGES))('%s answers with the keys that are listed', (kind, { answer }) => {
    const keys = Object.keys(layout({ kind, ...LAYOUT_EXAMPLES[kind] }));
    const listed = answer.map((key) => key.replace('?', ''));
    expect(listed.filter((key) => keys.includes(key))).toEqual(keys);
    expect(answer.filter((key) => !key.endsWith('?') && !keys.includes(key))).toEqual([]);
  });
});

function sorted([kind, fields]: (string | undefined)[]): [string | undefined, string[]] {
  return [kind, (fields ?? '').split(', ').sort()];
}
