import { describe, expect, it } from 'vitest';
import { depsText, infoText, listText, targetsText } from '../../../src/cli/dmsetup-text.ts';
import { type DeviceInfo, sectors, type TargetLine } from '../../../src/index.ts';

const line = (start: number, length: number, type: string, params: string): TargetLine => ({
  start: sectors(start),
  length: sectors(length),
  type,
  params,
});
const INFO: DeviceInfo = {
  name: 'data',
  uuid: '',
  dev: { major: 254, minor: 0 },
  suspended: false,
  readOnly: false,
  liveTable: true,
  inactiveTable: false,
  deferredRemove: false,
  openCount: 0,
  eventNr: 0,
  targetCount: 1,
};

describe('the text of table and status', () => {
  const rows = [line(0, 1024, 'linear', '7:0 0'), line(1024, 8, 'zero', '')];

  it('is a line for each target, with a blank behind a type without params', () => {
    expect(targetsText(rows, undefined)).toBe('0 1024 linear 7:0 0\n1024 8 zero \n');
  });

  it('has the device’s name in front where several are printed', () => {
    expect(targetsText(rows, 'my\\x20disk')).toBe('my disk: 0 1024 linear 7:0 0\nmy disk: 1024 8 zero \n');
  });

  it('of a device without a table is an empty line, behind its name if that is printed', () => {
    expect(targetsText([], 'data')).toBe('data: \n');
    expect(targetsText([], undefined)).toBe('\n');
  });

  it('has sectors exactly, however many', () => {
    const start = 2n ** 54n - 9n;
    expect(targetsText([{ ...line(0, 8, 'zero', ''), start: sectors(start) }], undefined)).toBe(`${start} 8 zero \n`);
  });
});

describe('the text of deps', () => {
  it('counts the devices and lists them by number', () => {
    const deps = [
      { major: 7, minor: 1 },
      { major: 7, minor: 0 },
    ];
    expect(depsText(deps, undefined)).toBe('2 dependencies\t: (7, 1) (7, 0)\n');
    expect(depsText([], 'a\\x20b')).toBe('a b: 0 dependencies\t:\n');
  });
});

describe('the text of ls', () => {
  it('is a line for each device', () => {
    const devices = [
      { name: 'a', dev: { major: 254, minor: 0 } },
      { name: 'b\\x20c', dev: { major: 254, minor: 1 } },
    ];
    expect(listText(devices)).toBe('a\t(254:0)\nb c\t(254:1)\n');
  });

  it('says so when there is none', () => {
    expect(listText([])).toBe('No devices found\n');
  });
});

describe('the text of info', () => {
  it('is dmsetup’s', () => {
    expect(infoText(INFO)).toBe(
      [
        'Name:              data',
        'State:             ACTIVE',
        'Tables present:    LIVE',
        'Open count:        0',
        'Event number:      0',
        'Major, minor:      254, 0',
        'Number of targets: 1',
        '',
        '',
      ].join('\n'),
    );
  });

  it('has the uuid where there is one, as it was given', () => {
    expect(infoText({ ...INFO, uuid: 'my\\x20uuid' })).toContain('Number of targets: 1\nUUID: my uuid\n\n');
  });

  it.each([
    [{}, 'ACTIVE'],
    [{ suspended: true }, 'SUSPENDED'],
    [{ readOnly: true }, 'ACTIVE (READ-ONLY)'],
    [{ deferredRemove: true }, 'ACTIVE (DEFERRED REMOVE)'],
  ])('with %o has the state %s', (fields, state) => {
    expect(infoText({ ...INFO, ...fields })).toContain(`State:             ${state}\n`);
  });

  it.each([
    [true, true, 'LIVE & INACTIVE'],
    [true, false, 'LIVE'],
    [false, true, 'INACTIVE'],
    [false, false, 'None'],
  ])('with a live table (%s) and an inactive one (%s) says %s', (liveTable, inactiveTable, text) => {
    expect(infoText({ ...INFO, liveTable, inactiveTable })).toContain(`Tables present:    ${text}\n`);
  });
});
