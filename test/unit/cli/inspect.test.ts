import { describe, expect, it } from 'vitest';
import { loadPlanner } from '../../../src/index.ts';
import { reply } from '../library/stub-executor.ts';
import { dmplan, scratch } from './capture.ts';

const planner = await loadPlanner();
const { file } = scratch();
const plan = planner.plan({ action: 'create', name: 'data', table: '0 8 linear /dev/a 0\n' });
const load = plan.steps[1]!.payload;
const table = file('data.table', '0 8 linear /dev/a 0\n');

/** Sixteen bytes in each line, behind their offset. */
function dump(form: (row: string) => string, gap: string): string {
  const rows = Buffer.from(load)
    .toString('hex')
    .match(/.{1,32}/g)!;
  return rows.map((row, index) => `${(index * 16).toString(16).padStart(8, '0')}${gap}${form(row)}\n`).join('');
}

const sections = (out: string): string => out.replace(/^\d\. /gm, '').replace(/\n?sha256:.*\n$/, '');

describe('dmplan inspect', () => {
  it.each(['json', 'hex', 'msgpack'])(
    'explains what dmplan plan --format %s prints, as plan itself does',
    async (format) => {
      const source = file(`plan.${format}`, (await dmplan(['plan', table, '--format', format])).bytes);
      const { code, out, err } = await dmplan(['inspect', source]);
      expect([code, err]).toEqual([0, '']);
      const annotated = sections((await dmplan(['plan', table])).out);
      expect(out.replace(/\n/g, '')).toBe(annotated.replace(/\n/g, ''));
    },
  );

  it.each(['json', 'hex', 'msgpack'])('gives the fields as JSON, whatever the plan’s format: %s', async (format) => {
    const source = file(`plan.${format}`, (await dmplan(['plan', table, '--format', format])).bytes);
    const { out } = await dmplan(['inspect', source, '--json']);
    expect(JSON.parse(out)).toEqual(
      plan.steps.map(({ command, payload }) => ({ command, fields: planner.inspect(command, payload) })),
    );
  });

  it.each<[string, string | Uint8Array]>([
    ['bytes', load],
    ['hex', Buffer.from(load).toString('hex')],
    [
      'hex in capitals, with blanks and line ends',
      `${Buffer.from(load)
        .toString('hex')
        .toUpperCase()
        .match(/.{1,32}/g)!
        .join(' \n')}\n`,
    ],
    ['a dump of xxd', dump((row) => row.match(/.{1,4}/g)!.join(' '), ': ')],
    ['a dump of hexdump -C', dump((row) => row.match(/.{1,2}/g)!.join(' '), '  ')],
    [
      'a C array',
      `unsigned char load[] = {\n${[...load].map((byte) => `0x${byte.toString(16).padStart(2, '0')},`).join(' ')}\n};\n`,
    ],
  ])('explains one payload as %s, when it is told the command', async (_, payload) => {
    const { code, out } = await dmplan(['inspect', file('payload', payload), '--command', 'TABLE_LOAD', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([{ command: 'TABLE_LOAD', fields: planner.inspect('TABLE_LOAD', load) }]);
  });

  it('explains a reply with --reply', async () => {
    const { payload } = planner.plan({ action: 'info', name: 'data' }).steps[0]!;
    const bytes = reply(payload, { dev: (254n << 8n) | 3n, openCount: 2, flags: 0x20 });
    const args = ['inspect', file('reply', bytes), '-c', 'DEV_STATUS', '--json'];
    const fields = planner.inspect('DEV_STATUS', bytes, { reply: true });
    expect(JSON.parse((await dmplan([...args, '--reply'])).out)).toEqual([{ command: 'DEV_STATUS', fields }]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'unknown_payload'],
    ['text', 'hello\n', 'unknown_payload'],
    ['binary junk', Uint8Array.from({ length: 500 }, (_, i) => (i * 71) % 256), 'unknown_payload'],
    ['a payload without its command', load, 'unknown_payload'],
    ['broken JSON', '{"steps":', 'bad_plan'],
    ['JSON that is no plan', '{"action":"version"}', 'bad_plan'],
    ['JSON with null for a step', '{"steps":[null]}', 'bad_plan'],
    ['JSON with an unknown command', '{"steps":[{"command":"EXPLODE","payload":"00"}]}', 'bad_plan'],
    ['JSON with a command that every object has', '{"steps":[{"command":"constructor","payload":"00"}]}', 'bad_plan'],
    ['JSON with a payload that is not hex', '{"steps":[{"command":"VERSION","payload":"0400zz"}]}', 'bad_plan'],
    ['JSON with half a byte', '{"steps":[{"command":"VERSION","payload":"040"}]}', 'bad_plan'],
    ['JSON with a payload that is no text', '{"steps":[{"command":"VERSION","payload":4}]}', 'bad_plan'],
    ['JSON with a short payload', '{"steps":[{"command":"VERSION","payload":"04"}]}', 'payload_too_short'],
    ['hex lines with an unknown command', 'EXPLODE 00\n', 'bad_plan'],
    ['hex lines that are cut', `TABLE_LOAD ${Buffer.from(load).toString('hex').slice(0, -1)}`, 'bad_plan'],
  ])('refuses %s', async (_, content, errorCode) => {
    const { code, out, err } = await dmplan(['inspect', file('junk', content)]);
    expect(err).toMatch(new RegExp(`^error ${errorCode}: `));
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('refuses a payload that is shorter than a header', async () => {
    for (const content of ['', '0400', 'not hex']) {
      const { code, err } = await dmplan(['inspect', file('short', content), '-c', 'VERSION']);
      expect([code, err.split(':')[0]]).toEqual([1, 'error payload_too_short']);
    }
  });

  it('says where a digit of a payload is none', async () => {
    const hex = Buffer.from(load)
      .toString('hex')
      .match(/.{1,8}/g)!;
    const content = `${hex.slice(0, 4).join(' ')}\n${hex.slice(4, 6).join(' ')} 0000000g\n`;
    const { code, err } = await dmplan(['inspect', file('wrong.hex', content), '-c', 'TABLE_LOAD']);
    expect(err).toMatch(/^error bad_hex: line 2, column 19: "0000000g" is not hex/);
    expect(code).toBe(1);
  });

  it('names the commands that there are', async () => {
    const { code, err } = await dmplan(['inspect', table, '-c', 'EXPLODE']);
    expect(code).toBe(1);
    expect(err).toContain('TABLE_LOAD');
  });
});
