/** Tables as the kernel is handed them when the planner refuses to: the words stand as they are. */
import * as abi from '../../../assembly/abi.ts';
import type { Sample } from './generate.ts';

const text = new TextEncoder();

/** The payload of TABLE_LOAD, word for word. */
export function encodeVerbatim(name: string, sample: Sample): Uint8Array {
  const rows = rowsOf(sample).map(encodeRow);
  const size = rows.reduce((sum, row) => sum + row.length, abi.HEADER_SIZE);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(abi.VERSION_OFFSET, abi.VERSION_MAJOR, true);
  view.setUint32(abi.DATA_SIZE_OFFSET, size, true);
  view.setUint32(abi.DATA_START_OFFSET, abi.HEADER_SIZE, true);
  view.setUint32(abi.TARGET_COUNT_OFFSET, rows.length, true);
  view.setUint32(abi.FLAGS_OFFSET, sample.readOnly ? abi.FLAG_READONLY : 0, true);
  bytes.set(text.encode(name), abi.NAME_OFFSET);
  let at = abi.HEADER_SIZE;
  for (const row of rows) {
    bytes.set(row, at);
    at += row.length;
  }
  return bytes;
}

interface Row {
  start: bigint;
  length: bigint;
  type: string;
  params: string;
}

/** The rows of a sample. */
export function rowsOf({ start, length, type, params, second }: Sample): Row[] {
  const first = { start, length, type, params };
  return second ? [first, { start: start + length, length: 8n, type: 'zero', params: '' }] : [first];
}

function encodeRow({ start, length, type, params }: Row): Uint8Array {
  const words = text.encode(params);
  const unaligned = abi.SPEC_SIZE + words.length + 1;
  const bytes = new Uint8Array(Math.ceil(unaligned / abi.SPEC_ALIGNMENT) * abi.SPEC_ALIGNMENT);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(abi.SPEC_START_OFFSET, start, true);
  view.setBigUint64(abi.SPEC_LENGTH_OFFSET, length, true);
  view.setUint32(abi.SPEC_NEXT_OFFSET, bytes.length, true);
  bytes.set(text.encode(type), abi.SPEC_TYPE_OFFSET);
  bytes.set(words, abi.SPEC_SIZE);
  return bytes;
}
