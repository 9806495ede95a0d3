import { expect, test } from 'vitest';
import { buildHeader, readHeader } from '../../../executor/header.ts';
import { bare, query } from './payloads.ts';

test('a header is built as an independent builder builds it', () => {
  expect(buildHeader('data', '')).toEqual(bare({ name: 'data' }));
  expect(buildHeader('', 'DMX-1')).toEqual(bare({ uuid: 'DMX-1' }));
});

test('a header is read back, with the number of the device', () => {
  const payload = query({ name: 'data', uuid: 'DMX-1', flags: 0x80000001 });
  new DataView(payload.buffer).setBigUint64(40, 0xfffffff5n, true);
  expect(readHeader(payload)).toEqual({
    flags: 0x80000001,
    openCount: 0,
    dev: 0xfffffff5,
    name: 'data',
    uuid: 'DMX-1',
  });
});

test('a name of any bytes goes through unchanged, so that an undo meets the device the kernel meant', () => {
  const name = 'a\xe9\xff b';
  expect(readHeader(buildHeader(name, '')).name).toBe(name);
});

test('fields without a terminator end where they end', () => {
  const payload = bare({ name: 'n'.repeat(128), uuid: 'u'.repeat(129) });
  expect(readHeader(payload)).toMatchObject({ name: 'n'.repeat(128), uuid: 'u'.repeat(129) });
});
