import { beforeEach, describe, expect, it } from 'vitest';
import { type DeviceMapper, DmError, loadPlanner, openDeviceMapper } from '../../../src/index.ts';
import { FakeKernel } from './fake-kernel.ts';
import { StubExecutor } from './stub-executor.ts';

const planner = await loadPlanner();
const code = (name: string) => expect.objectContaining({ name: 'DmError', code: name });
const LIVE = [{ start: 0, length: 8, type: 'linear', params: '7:0 0' }];

let kernel: FakeKernel;
let dm: DeviceMapper;
beforeEach(async () => {
  kernel = new FakeKernel(planner);
  dm = await openDeviceMapper({ executor: new StubExecutor(kernel.answer), planner, holders: async () => [] });
});

describe('rename and setUuid', () => {
  it('are one command, by name', async () => {
    kernel.add({ name: 'a', live: LIVE });
    expect(await dm.rename('a', 'b')).toBe('/dev/mapper/b');
    await dm.setUuid('b', 'U');
    expect(kernel.devices).toMatchObject([{ name: 'b', uuid: 'U' }]);
    expect(kernel.commands).toEqual(['DEV_RENAME', 'DEV_RENAME']);
  });

  it('ask first for the name of a device that is given by uuid', async () => {
    kernel.add({ name: 'a', uuid: 'U', live: LIVE });
    await dm.rename({ uuid: 'U' }, 'b');
    expect(kernel.commands).toEqual(['DEV_STATUS', 'DEV_RENAME']);
  });

  it('tell a uuid that is there already from other mistakes', async () => {
    kernel.add({ name: 'a', uuid: 'U' });
    await expect(dm.setUuid('a', 'V')).rejects.toEqual(code('rename_refused'));
  });
});

describe('a message', () => {
  beforeEach(() => {
    kernel.add({ name: 'a', live: LIVE });
  });

  it('is sent as text or typed, and answered in text', async () => {
    const heard: string[] = [];
    kernel.answerTo = (message) => {
      heard.push(message);
      return heard.length > 1 ? 'found\n' : undefined;
    };
    expect(await dm.message('a', 'queryblock 7')).toBe('');
    expect(await dm.message('a', { target: 'dust', verb: 'queryblock', block: 7n }, { sector: 4 })).toBe('found\n');
    expect(heard).toEqual(['queryblock 7', 'queryblock 7']);
  });

  it('is refused typed where the target takes no such message', async () => {
    await expect(dm.message('a', { target: 'dust', verb: 'explode' as 'enable' })).rejects.toEqual(
      code('unknown_message'),
    );
  });

  it('to nobody is no_table, unless the device itself takes it', async () => {
    kernel.add({ name: 'empty' });
    await expect(dm.message('empty', 'enable')).rejects.toEqual(code('no_table'));
    await expect(dm.message('empty', { target: 'dust', verb: 'enable' })).rejects.toEqual(code('no_table'));
    kernel.refusesMessages = true;
    await expect(dm.message('empty', 'enable')).rejects.toMatchObject({ code: 'no_table', errno: { name: 'EINVAL' } });
    await expect(dm.message('a', 'enable')).rejects.toEqual(code('message_refused'));
    await expect(dm.message('empty', '@nonsense')).rejects.toEqual(code('message_refused'));
    kernel.refusesMessages = false;
    expect(await dm.message('empty', '@stats_list')).toBe('');
    expect(await dm.message('empty', Buffer.from('@stats_list'))).toBe('');
    expect(await dm.message('empty', { target: '@', verb: '@stats_list' })).toBe('');
  });
});

describe('setGeometry, targets and targetVersion', () => {
  it('are their commands', async () => {
    kernel.add({ name: 'a', live: LIVE });
    await dm.setGeometry('a', { cylinders: 1, heads: 2, sectors: 3, start: 0 });
    expect(kernel.commands).toEqual(['DEV_SET_GEOMETRY']);
    await expect(dm.setGeometry('a', { cylinders: 1, heads: 2, sectors: 3, start: 7 })).rejects.toEqual(
      code('geometry_start'),
    );
    await expect(dm.targets()).rejects.toMatchObject({ message: 'the fake kernel knows no LIST_VERSIONS' });
  });
});

describe('waitEvent', () => {
  it('returns at once where the number is another already', async () => {
    kernel.add({ name: 'a', eventNr: 3 });
    expect(await dm.waitEvent('a', { eventNr: 2 })).toMatchObject({ eventNr: 3 });
    expect(kernel.commands).toEqual(['DEV_STATUS']);
  });

  it('asks the list until it is another, and goes by the device’s number', async () => {
    const device = kernel.add({ name: 'a', eventNr: 3 });
    let lists = 0;
    kernel.before = (command) => {
      if (command !== 'LIST_DEVICES' || ++lists < 3) return;
      device.name = 'b';
      device.eventNr = 4;
    };
    expect(await dm.waitEvent('a')).toMatchObject({ name: 'b', eventNr: 4 });
    expect(kernel.commands).toEqual(['DEV_STATUS', 'LIST_DEVICES', 'LIST_DEVICES', 'LIST_DEVICES', 'DEV_STATUS']);
    expect(kernel.commands).not.toContain('DEV_WAIT');
  });

  it('pauses longer and longer, up to 200 ms', async () => {
    kernel.add({ name: 'a' });
    await expect(dm.waitEvent('a', { deadline: 700 })).rejects.toEqual(code('deadline_exceeded'));
    // 5, 15, 35, 75, 155, 315, 515 ms, and then the deadline
    expect(kernel.commands.filter((command) => command === 'LIST_DEVICES').length).toBeLessThanOrEqual(8);
  });

  it('ends with an abort, before and in between', async () => {
    kernel.add({ name: 'a' });
    const abort = new AbortController();
    const waiting = dm.waitEvent('a', { signal: abort.signal });
    setTimeout(() => abort.abort(), 30);
    await expect(waiting).rejects.toEqual(code('cancelled'));
    await expect(dm.waitEvent('a', { signal: abort.signal })).rejects.toEqual(code('cancelled'));
  });

  it('ends when the device is gone', async () => {
    kernel.add({ name: 'a' });
    kernel.before = (command) => {
      if (command === 'LIST_DEVICES') kernel.devices = [];
    };
    await expect(dm.waitEvent('a')).rejects.toEqual(code('no_such_device'));
  });
});

describe('remove', () => {
  it('with retry tries a busy device again until it is free', async () => {
    const device = kernel.add({ name: 'a', openCount: 1 });
    let removes = 0;
    kernel.before = (command) => {
      if (command === 'DEV_REMOVE' && ++removes === 2) device.openCount = 0;
    };
    await dm.remove('a', { retry: true });
    expect([removes, kernel.devices]).toEqual([2, []]);
  });

  it('with retry ends with its deadline', async () => {
    kernel.add({ name: 'a', openCount: 1 });
    await expect(dm.remove('a', { retry: true, deadline: 250 })).rejects.toEqual(code('deadline_exceeded'));
  });

  it('with retry does not repeat what is no matter of time', async () => {
    await expect(dm.remove('a', { retry: true })).rejects.toEqual(code('no_such_device'));
    expect(kernel.commands).toEqual(['DEV_REMOVE']);
  });

  it('with force puts an error target over the device first, without a flush', async () => {
    kernel.add({ name: 'a', live: [...LIVE, { start: 8, length: 4, type: 'zero', params: '' }], openCount: 1 });
    await expect(dm.remove('a', { force: true })).rejects.toEqual(code('device_busy'));
    expect(kernel.named('a').live).toEqual([{ start: 0, length: 12, type: 'error', params: '' }]);
    expect(kernel.commands.slice(0, 4)).toEqual(['TABLE_STATUS', 'TABLE_LOAD', 'DEV_SUSPEND', 'DEV_REMOVE']);
  });

  it('with force removes a device that has no table to wipe', async () => {
    kernel.add({ name: 'a' });
    await dm.remove('a', { force: true });
    expect(kernel.devices).toEqual([]);
  });
});

describe('wipeTable', () => {
  it('of a device without a table is no_table', async () => {
    kernel.add({ name: 'a' });
    await expect(dm.wipeTable('a')).rejects.toEqual(code('no_table'));
  });
});

describe('removeAll', () => {
  it('removes what is below after what is above, and tells of what is in use', async () => {
    const below = kernel.add({ name: 'below', openCount: 1 });
    kernel.add({ name: 'above', deps: [below.dev] });
    kernel.add({ name: 'used', openCount: 1 });
    const { removed, kept } = await dm.removeAll();
    expect(removed).toEqual(['above', 'below']);
    expect(kept).toEqual([{ name: 'used', error: expect.any(DmError) }]);
    expect(kept[0]!.error).toMatchObject({ code: 'device_busy', openCount: 1 });
    expect(kernel.commands).not.toContain('REMOVE_ALL');
  });

  it('with force wipes what is in use, and tries once more', async () => {
    const used = kernel.add({ name: 'used', live: LIVE, openCount: 1 });
    kernel.before = (command) => {
      if (command === 'DEV_SUSPEND') used.openCount = 0;
    };
    expect(await dm.removeAll({ force: true })).toEqual({ removed: ['used'], kept: [] });
  });

  it('goes on past a device that somebody else removes meanwhile', async () => {
    kernel.add({ name: 'a' });
    kernel.add({ name: 'b' });
    kernel.before = (command) => {
      if (command === 'DEV_REMOVE') kernel.devices = kernel.devices.filter(({ name }) => name !== 'a');
    };
    expect(await dm.removeAll()).toEqual({ removed: ['b'], kept: [] });
  });

  it('of no device is nothing', async () => {
    expect(await dm.removeAll({ force: true, deferred: true })).toEqual({ removed: [], kept: [] });
  });
});

describe('makeNode', () => {
  it('resumes a device that runs', async () => {
    kernel.add({ name: 'a', uuid: 'U', live: LIVE });
    expect(await dm.makeNode({ uuid: 'U' })).toBe('/dev/mapper/a');
    expect(kernel.commands).toEqual(['DEV_STATUS', 'DEV_SUSPEND']);
  });

  it.each([
    ['is suspended', { live: LIVE, suspended: true }],
    ['has no table', {}],
    ['has an inactive table', { live: LIVE, inactive: LIVE }],
  ])('does nothing to one that %s', async (_, state) => {
    kernel.add({ name: 'a', ...state });
    expect(await dm.makeNode('a')).toBeUndefined();
    expect(kernel.commands).toEqual(['DEV_STATUS']);
  });
});
