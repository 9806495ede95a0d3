import { describe, expect, it } from 'vitest';
import { FORMS, type FormDevice, requestOf } from '../../../src/forms/index.ts';
import { loadPlanner } from '../../../src/index.ts';

const planner = await loadPlanner();
const code = (name: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'DmError', code: name, message: expect.stringMatching(message) });
const { table, concise, json } = FORMS;
const dmInit = FORMS['dm-mod.create'];

/** The digest and salt of dm-init.rst's example. */
const ROOT = 'fb1a5a0f00deb908d8b53cb270858975e76cf64105d412ce764225d53b8f3cfd';
const SALT = '51934789604d1b92399c52e7cb149d1b3a1b74bbbcb103b2a0aaacbed5c08584';

const device = (fields: Partial<FormDevice> = {}): FormDevice => ({
  name: 'a',
  uuid: '',
  minor: undefined,
  readOnly: false,
  rows: [{ start: 0n, length: 8n, type: 'linear', params: '7:0 0' }],
  ...fields,
});
const row = (type: string, params = ''): FormDevice['rows'][number] => ({ start: 0n, length: 8n, type, params });

/** What a function throws. */
function thrown(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe('dmsetup’s table text', () => {
  it('is read without its comments and blank lines, and written a row to a line', () => {
    const devices = table.read('# mine\n\n0 8 linear 7:0 0\r\n  8\t8  zero  \n');
    expect(devices[0]!.rows).toEqual([
      { start: 0n, length: 8n, type: 'linear', params: '7:0 0' },
      { start: 8n, length: 8n, type: 'zero', params: '' },
    ]);
    expect(table.write(devices)).toBe('0 8 linear 7:0 0\n8 8 zero\n');
  });

  it('says which line is no row', () => {
    expect(thrown(() => table.read('0 8 zero\n0 x zero\n'))).toEqual(code('bad_form', /^line 2: "0 x zero"/));
  });

  it('holds one device', () => {
    expect(thrown(() => table.write([device(), device()]))).toEqual(code('form_cannot_hold'));
    expect(thrown(() => table.write([]))).toEqual(code('form_cannot_hold'));
  });
});

describe('the concise form', () => {
  it('is read as dmsetup reads it', () => {
    expect(concise.read('dev1,,,,0 100 linear 253:1 0,100 100 error;dev2,U,5,ro,0 1 error\n')).toEqual([
      {
        name: 'dev1',
        uuid: '',
        minor: undefined,
        readOnly: false,
        rows: [
          { start: 0n, length: 100n, type: 'linear', params: '253:1 0' },
          { start: 100n, length: 100n, type: 'error', params: '' },
        ],
      },
      {
        name: 'dev2',
        uuid: 'U',
        minor: 5,
        readOnly: true,
        rows: [{ start: 0n, length: 1n, type: 'error', params: '' }],
      },
    ]);
  });

  it('lets a backslash quote, and blanks stand behind commas and semicolons', () => {
    const [one, two] = concise.read('a\\,b\\;c\\\\d, , ,rw, 0 8 zero;\n e,,,,0 8 zero;');
    expect([one!.name, one!.readOnly, two!.name]).toEqual(['a,b;c\\d', false, 'e']);
  });

  it('is written as dmsetup writes it: with the flags, and a blank behind a type without params', () => {
    const devices = [
      device({ name: 'a,b', minor: 3, rows: [row('zero'), row('x', 'a\\b')] }),
      device({ readOnly: true }),
    ];
    expect(concise.write(devices)).toBe('a\\,b,,3,rw,0 8 zero ,0 8 x a\\\\b;a,,,ro,0 8 linear 7:0 0\n');
    expect(concise.read(concise.write(devices))).toEqual(devices);
  });

  it.each([
    ['a,,,0 8 zero', /five fields/],
    [',,,,0 8 zero', /without a name/],
    ['a,,,wo,0 8 zero', /ro, rw or nothing/],
    ['a,,x,,0 8 zero', /no minor number/],
    ['a,,1048576,,0 8 zero', /no minor number/],
    ['a,,,,0 8', /row 1/],
    ['a,,,,0 8 zero;;b,,,,0 8 zero', /five fields/],
    ['a,,,,0 8 zero\\', /quotes nothing/],
  ])('refuses %j', (text, message) => {
    expect(thrown(() => concise.read(text))).toEqual(code('bad_form', message));
  });

  it('holds no device without a name or a table', () => {
    expect(thrown(() => concise.write([device({ name: '' })]))).toEqual(code('form_cannot_hold', /--name/));
    expect(thrown(() => concise.write([device({ rows: [] })]))).toEqual(code('form_cannot_hold', /no table/));
  });
});

describe('the kernel’s dm-mod.create', () => {
  it('is read with or without its name and quotation marks, and blanks around fields', () => {
    const value =
      'lroot,,,rw, 0 4096 linear PARTUUID=a-b 0, 4096 8 linear PARTLABEL=c 0 ; b,U,2,ro,0 8 striped 1 8 8:1 0';
    const devices = dmInit.read(value);
    expect(devices).toMatchObject([
      { name: 'lroot', readOnly: false, rows: [{ params: 'PARTUUID=a-b 0' }, { start: 4096n }] },
      { name: 'b', uuid: 'U', minor: 2, readOnly: true },
    ]);
    for (const text of [`dm-mod.create="${value}"`, `"dm-mod.create=${value}"`, `dm-mod.create=${value}\n`]) {
      expect(dmInit.read(text)).toEqual(devices);
    }
    expect(dmInit.read(dmInit.write(devices))).toEqual(devices);
  });

  it('is written as a parameter', () => {
    expect(dmInit.write([device({ readOnly: true })])).toBe('dm-mod.create="a,,,ro,0 8 linear 7:0 0"\n');
  });

  it.each([
    ['dm-linear,,1,rw,0 32768 linear 8:1 0,32768 1024000 linear 8:2 0', [1], 2],
    [`dm-verity,,3,ro,0 1638400 verity 1 8:1 8:2 4096 4096 204800 1 sha256 ${ROOT} ${SALT}`, [3], 1],
    [
      `dm-linear,,1,rw,0 32768 linear 8:1 0,32768 1024000 linear 8:2 0;dm-verity,,3,ro,0 1638400 verity 1 8:1 8:2 4096 4096 204800 1 sha256 ${ROOT} ${SALT}`,
      [1, 3],
      3,
    ],
    [`dm-crypt,,8,rw,0 1048576 crypt aes-xts-plain64 ${'babe'.repeat(16)} 0 /dev/sda 0 1 allow_discards`, [8], 1],
    ['dm-delay,,4,ro,0 409600 delay /dev/sda1 0 500', [4], 1],
    ['dm-snap-orig,,4,ro,0 409600 snapshot-origin 8:2', [4], 1],
    ['dm-striped,,4,ro,0 1638400 striped 4 4096 /dev/sda1 0 /dev/sda2 0 /dev/sda3 0 /dev/sda4 0', [4], 1],
  ])('of dm-init.rst is read, planned and written as it was: %.40s', (text, minors, rows) => {
    const devices = dmInit.read(text);
    expect(devices.map(({ minor }) => minor)).toEqual(minors);
    expect(devices.flatMap((each) => each.rows)).toHaveLength(rows);
    expect(dmInit.write(devices)).toBe(`dm-mod.create="${text}"\n`);
    for (const each of devices) expect(planner.plan(requestOf(each)).steps).toHaveLength(3);
    expect(dmInit.write(concise.read(concise.write(devices)))).toBe(dmInit.write(devices));
  });

  it('has its backslashes read by the constructor, unlike dmsetup’s', () => {
    const odd = device({ rows: [row('linear', '/dev/a\\b 0')] });
    expect(dmInit.write([odd])).toBe('dm-mod.create="a,,,rw,0 8 linear /dev/a\\\\b 0"\n');
    expect(dmInit.read(dmInit.write([odd]))).toEqual([odd]);
    expect(thrown(() => dmInit.read('a,,,rw,0 8 linear /dev/a\\ b 0'))).toEqual(
      code('form_cannot_hold', /blank in it/),
    );
  });

  it.each([
    ['a,,,,0 8 linear 7:0 0', /wants ro or rw/],
    ['a,,rw,0 8 linear 7:0 0', /five fields/],
    ['a,,,rw,0 8 zero 1', /no zero target/],
    ['a,,,rw,0 8 linear', /no params/],
    [`a,,,rw,${'0 8 linear 7:0 0,'.repeat(256)}0 8 linear 7:0 0`, /at most 4095 bytes/],
    [`a,,,rw,${'0 1 delay 1,'.repeat(256)}0 1 delay 1`, /257 targets/],
    [`${'n'.repeat(128)},,,rw,0 8 linear 7:0 0`, /cut a name off/],
    [`a,${'u'.repeat(129)},,rw,0 8 linear 7:0 0`, /cut a uuid off/],
    [`${';'.repeat(300)}`, /five fields/],
  ])('refuses %.40j', (text, message) => {
    expect(thrown(() => dmInit.read(text))).toEqual(code('bad_form', message));
  });

  it.each([
    [device({ name: 'a;b' }), /"a;b" holds/],
    [device({ uuid: 'a,b' }), /"a,b" holds/],
    [device({ rows: [row('linear', '"x" 0')] }), /holds a comma/],
    [device({ name: '' }), /--name/],
    [device({ rows: [] }), /no table/],
    [device({ rows: [row('verity', 'x')], name: 'n'.repeat(200) }), /cut a name off/],
    [device({ rows: Array.from({ length: 257 }, () => row('delay', '1')) }), /257 targets/],
    [device({ rows: [row('thin', '7:0 1')] }), /no thin target/],
  ])('cannot hold %.60o', (odd, message) => {
    expect(thrown(() => dmInit.write([odd]))).toEqual(code('form_cannot_hold', message));
  });

  it('cannot hold more than the kernel reads', () => {
    const many = Array.from({ length: 257 }, () => device());
    expect(thrown(() => dmInit.write(many))).toEqual(code('form_cannot_hold', /256 devices/));
    const long = [device({ rows: Array.from({ length: 250 }, () => row('linear', '/dev/disk/by-id/x 0')) })];
    expect(thrown(() => dmInit.write(long))).toEqual(code('form_cannot_hold', /4095/));
    expect(thrown(() => dmInit.write([]))).toEqual(code('form_cannot_hold'));
  });
});

describe('JSON', () => {
  it('is a request that the planner compiles to what the table becomes', () => {
    const text = '0 8 linear /dev/a\\b 0\n8 8 zero\n';
    const written = JSON.parse(json.write(table.read(text).map((one) => ({ ...one, name: 'a', readOnly: true }))));
    expect(planner.plan(written).bytes).toEqual(
      planner.plan({ action: 'create', name: 'a', readOnly: true, table: text }).bytes,
    );
  });

  it('is read back, one device or several', () => {
    const devices = [device({ uuid: 'U', minor: 2, rows: [row('linear', '/dev/a\\b 0')] }), device({ name: 'b' })];
    expect(json.read(json.write(devices))).toEqual(devices);
    expect(json.read(json.write([devices[1]!]))).toEqual([devices[1]]);
    expect(json.read('{"action":"create","name":"a","table":"0 8 linear 7:0 0"}')).toEqual([device()]);
  });

  it('keeps numbers that JSON would round', () => {
    const far = device({ rows: [{ start: 2n ** 54n - 9n, length: 8n, type: 'zero', params: '' }] });
    expect(json.read(json.write([far]))).toEqual([far]);
  });

  it.each([
    ['{', 'bad_json', /not JSON/],
    ['{"action":"remove"}', 'bad_form', /create request/],
    ['[1]', 'bad_form', /create request/],
    ['{"action":"create","targets":[{"type":"linear","length":8,"device":"/dev/a"}]}', 'bad_form', /dmplan plan/],
  ])('refuses %s', (text, name, message) => {
    expect(thrown(() => json.read(text))).toEqual(code(name, message));
  });
});

describe('requestOf', () => {
  it('is a create request', () => {
    expect(requestOf(device({ uuid: 'U', readOnly: true }))).toEqual({
      action: 'create',
      name: 'a',
      uuid: 'U',
      readOnly: true,
      table: '0 8 linear 7:0 0\n',
    });
    expect(requestOf(device({ rows: [] }))).toEqual({ action: 'create', name: 'a', noTable: true });
  });

  it('asks for the minor number that is asked for', () => {
    expect(requestOf(device({ minor: 4, rows: [] }))).toEqual({ action: 'create', name: 'a', minor: 4, noTable: true });
  });
});
