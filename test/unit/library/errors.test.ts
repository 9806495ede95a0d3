import { describe, expect, it } from 'vitest';
import { DmError, isDmError } from '../../../src/index.ts';

const cause = new Error('why');
const fields = {
  code: 'device_busy',
  message: 'the device is in use',
  operation: 'remove',
  path: 'targets[0].length',
  offset: 12,
  tableLine: '0 8 zero',
  tableColumn: 2,
  step: { index: 1, command: 'DEV_REMOVE' as const },
  rule: 'size',
  errno: { number: 16, name: 'EBUSY' },
  retryable: true,
  rollback: { complete: true, undone: [] },
  holders: ['dm-3'],
  openCount: 1,
};

describe('a DmError', () => {
  it('is an Error with a name, a stack and a cause', () => {
    const error = new DmError({ ...fields, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'DmError', message: fields.message, cause });
    expect(error.stack).toContain('errors.test.ts');
    expect(String(error)).toBe('DmError: the device is in use');
  });

  it('has every field that it was given', () => {
    expect(new DmError(fields)).toMatchObject(fields);
  });

  it('is not retryable unless it says so', () => {
    expect(new DmError({ code: 'gap', message: '' }).retryable).toBe(false);
  });

  it('has no cause where none is known', () => {
    expect('cause' in new DmError({ code: 'gap', message: '' })).toBe(false);
  });

  it('turns into JSON with code and message first, all that is known, and neither stack nor cause', () => {
    expect(JSON.parse(JSON.stringify(new DmError({ ...fields, cause })))).toEqual(fields);
    expect(Object.keys(new DmError({ ...fields, cause }).toJSON()).slice(0, 2)).toEqual(['code', 'message']);
  });

  it('leaves out of its JSON what is not known', () => {
    expect(new DmError({ code: 'gap', message: 'a gap', path: undefined }).toJSON()).toEqual({
      code: 'gap',
      message: 'a gap',
      retryable: false,
    });
  });

  it('can be made anew from another with something changed', () => {
    const first = new DmError({ ...fields, cause });
    const second = new DmError({ ...first, message: 'in short', cause: first });
    expect(second.toJSON()).toEqual({ ...fields, message: 'in short' });
    expect(second.cause).toBe(first);
  });
});

describe('isDmError', () => {
  it('tells a DmError from everything else', () => {
    expect(isDmError(new DmError(fields))).toBe(true);
    for (const other of [new Error('x'), { ...fields }, null, undefined, 'device_busy'])
      expect(isDmError(other)).toBe(false);
  });

  it('tells codes apart', () => {
    expect(isDmError(new DmError(fields), 'device_busy')).toBe(true);
    expect(isDmError(new DmError(fields), 'device_exists')).toBe(false);
  });
});
