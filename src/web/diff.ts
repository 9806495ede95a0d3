/** How one plan differs from another: steps by their order, header fields by name, rows of tables by what stays. */
import { valueText } from '../inspect/plain-text.ts';
import type { Field } from '../reply.ts';

export interface ExplainedStep {
  command: string;
  payload: Uint8Array;
  fields: readonly Field[];
}

export type Change =
  | { kind: 'changed'; field: string; before: string; after: string }
  | { kind: 'removed'; field: string; before: string }
  | { kind: 'added'; field: string; after: string };

export interface StepDiff {
  command: string;
  /** `same`: byte for byte. */
  state: 'same' | 'changed' | 'removed' | 'added';
  changes: Change[];
}

export function diffOf(before: readonly ExplainedStep[], after: readonly ExplainedStep[]): StepDiff[] {
  return aligned(
    before.map(({ command }) => command),
    after.map(({ command }) => command),
  ).map(([a, b]) => {
    if (a === undefined) return { command: after[b!]!.command, state: 'added', changes: [] };
    if (b === undefined) return { command: before[a]!.command, state: 'removed', changes: [] };
    const changes = changesOf(before[a]!, after[b]!);
    return { command: after[b]!.command, state: changes.length > 0 ? 'changed' : 'same', changes };
  });
}

/** A row of a table: its fields, and what it is known by. */
interface Row {
  key: string;
  label: string;
  start: number;
}

function changesOf(a: ExplainedStep, b: ExplainedStep): Change[] {
  const [headA, rowsA] = parts(a);
  const [headB, rowsB] = parts(b);
  const others = new Map(headB.map((field) => [field.field, field]));
  const changes: Change[] = headA.flatMap((field): Change[] => {
    const other = others.get(field.field);
    others.delete(field.field);
    if (!other) return [{ kind: 'removed', field: field.field, before: shownValue(field) }];
    if (bytesOf(a, field) === bytesOf(b, other)) return [];
    return [{ kind: 'changed', field: field.field, before: shownValue(field), after: shownValue(other) }];
  });
  for (const field of others.values()) changes.push({ kind: 'added', field: field.field, after: shownValue(field) });
  return [...changes, ...rowChanges(rowsA, rowsB)];
}

function rowChanges(a: Row[], b: Row[]): Change[] {
  const pairs = aligned(
    a.map(({ key }) => key),
    b.map(({ key }) => key),
  );
  const changes: Change[] = [];
  for (let at = 0; at < pairs.length; at++) {
    const [i, j] = pairs[at]!;
    const following = pairs[at + 1];
    if (i !== undefined && j !== undefined) {
      // the same target further along: its start alone is another
      if (a[i]!.start !== b[j]!.start)
        changes.push({
          kind: 'changed',
          field: `targets[${j}].sector_start`,
          before: String(a[i]!.start),
          after: String(b[j]!.start),
        });
    } else if (i !== undefined && following?.[0] === undefined && following?.[1] !== undefined) {
      changes.push({
        kind: 'changed',
        field: `targets[${following[1]}]`,
        before: a[i]!.label,
        after: b[following[1]]!.label,
      });
      at++;
    } else if (i !== undefined) changes.push({ kind: 'removed', field: `targets[${i}]`, before: a[i]!.label });
    else changes.push({ kind: 'added', field: `targets[${j}]`, after: b[j!]!.label });
  }
  return changes;
}

/** The fields of the header, and the targets; `next` and padding follow from these. */
function parts({ fields }: ExplainedStep): [Field[], Row[]] {
  const head: Field[] = [];
  const rows: Record<string, string>[] = [];
  for (const field of fields) {
    const found = /^targets\[(\d+)\]\.(\w+)$/.exec(field.field);
    if (!found) {
      head.push(field);
      continue;
    }
    const index = Number(found[1]);
    rows[index] ??= {};
    rows[index][found[2]!] = valueText(field.value);
  }
  return [
    head,
    rows.map(({ sector_start = '', length = '', target_type = '', params = '' }) => ({
      key: `${length} ${target_type} ${params}`,
      label: `${sector_start} ${length} ${target_type} ${params}`.trim(),
      start: Number(sector_start),
    })),
  ];
}

function bytesOf({ payload }: ExplainedStep, { offset, length }: Field): string {
  return payload.subarray(offset, offset + length).join();
}

function shownValue({ value, note }: Field): string {
  const text = valueText(value);
  return note === '' || note.startsWith('sectors') ? text : `${text} (${note})`;
}

/** More pairs than this are not weighed against each other: the middle is taken in its order. */
const WEIGHED = 4_000_000;

/**
 * Pairs of indices of what is the same in both, in order, and between them what is in one alone: those of `a` and of `b`
 * in turn, so that a changed element stands as a pair of the two.
 */
export function aligned(a: readonly string[], b: readonly string[]): [number | undefined, number | undefined][] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const common = longestCommon(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same: [number, number][] = [
    ...Array.from({ length: head }, (_, i): [number, number] => [i, i]),
    ...common.map(([i, j]): [number, number] => [i + head, j + head]),
    ...Array.from({ length: tail }, (_, i): [number, number] => [a.length - tail + i, b.length - tail + i]),
    [a.length, b.length],
  ];
  const pairs: [number | undefined, number | undefined][] = [];
  let [i, j] = [0, 0];
  for (const [untilA, untilB] of same) {
    while (i < untilA || j < untilB) {
      if (i < untilA) pairs.push([i++, undefined]);
      if (j < untilB) pairs.push([undefined, j++]);
    }
    if (untilA < a.length || untilB < b.length) pairs.push([i++, j++]);
  }
  return pairs;
}

function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length * b.length > WEIGHED) return [];
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      best[at] = a[i] === b[j] ? best[at + width + 1]! + 1 : Math.max(best[at + width]!, best[at + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (best[(i + 1) * width + j]! >= best[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
