import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../../assembly/tables/messages.ts';
import { fieldsOf } from '../../../assembly/tables/nodes.ts';
import { TARGETS } from '../../../assembly/tables/targets/index.ts';
import { explain, explainedTypes } from '../../../src/explain/explain.ts';
import { explanationText } from '../../../src/explain/text.ts';
import { UNITS } from '../../../src/explain/units.ts';
import { loadPlanner, type Request } from '../../../src/index.ts';

const planner = await loadPlanner();

describe('explain', () => {
  it.each(TARGETS)('of $type has every field, rule, message and option', (target) => {
    const { type, params, rules, status = [] } = target;
    const explained = explain(planner, type);
    const names = explained.fields.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(fieldsOf(params)));
    expect(new Set(names).size).toBe(names.length);
    expect(explained.rules.map(({ name }) => name)).toEqual(rules.map(({ name }) => name));
    expect(explained.status.map(({ name }) => name)).toEqual(expect.arrayContaining(fieldsOf(status)));
    expect(explained.messages).toHaveLength(MESSAGES[type]?.length ?? 0);
  });

  it.each(TARGETS)('of $type has an example that is the same in both forms', ({ type, readOnly = false, example }) => {
    const { exampleFields } = explain(planner, type);
    const plan = (request: object): Uint8Array =>
      planner.plan({ action: 'load', name: 'a', readOnly, ...request } as Request).bytes;
    expect(plan({ targets: [exampleFields] })).toEqual(plan({ table: example }));
  });

  it('is there for every target, in the order of declaration', () => {
    expect(explainedTypes()).toEqual(TARGETS.map(({ type }) => type));
  });

  it('says units of fields that there are', () => {
    for (const [type, units] of Object.entries(UNITS)) {
      const { fields, status } = explain(planner, type);
      const names = [...fields, ...status].map(({ name }) => name.split('.').at(-1));
      expect(names, type).toEqual(expect.arrayContaining(Object.keys(units)));
    }
  });

  it('of what is no target says which there are', () => {
    expect(() => explain(planner, 'liner')).toThrow(expect.objectContaining({ code: 'unknown_target' }));
  });
});

describe('its text', () => {
  it('has a line for each field, with its word and range', () => {
    expect(explanationText(explain(planner, 'snapshot'))).toBe(
      [
        "snapshot: Keeps a device's contents as they were, writing what changes to a copy-on-write device.",
        '(drivers/md/dm-snap.c snapshot_ctr)',
        '',
        'Words',
        '  start length snapshot <originDevice> <cowDevice> (P | PO | N) <chunkSize> [<#words> [option …]]',
        '',
        'Fields',
        '  originDevice  device',
        '  cowDevice     device',
        '  persistence   text    persistent (P), persistentOverflow (PO), transient (N)',
        '  chunkSize     number  sectors, 0 to 4194303',
        '',
        'Options, in any order',
        '  discardZeroesCow       discard_zeroes_cow       since 1.16.0',
        '  discardPassdownOrigin  discard_passdown_origin  since 1.16.0',
        '',
        'Rules',
        '  snapshot_chunk_size',
        '    a chunk of {chunkSize} sectors is not a power of two',
        '  snapshot_chunk_size_unknown',
        '    a chunk size of 0 is read from a persistent store; a transient one needs a size',
        '  snapshot_same_device',
        '    the origin cannot be its own copy-on-write device',
        '  snapshot_passdown',
        '    discard_passdown_origin depends on discard_zeroes_cow; give both',
        '  snapshot_discard_chunk',
        '    discard_zeroes_cow with a chunk of {chunkSize} sectors stops the kernel: give a chunk of 512 at least',
        '',
        'Example',
        '  0 2048 snapshot /dev/loop0 /dev/loop1 P 16',
        '  {"type":"snapshot","length":2048,"originDevice":"/dev/loop0","cowDevice":"/dev/loop1","persistence":"persistent","chunkSize":16}',
        '',
        'Status',
        '  Invalid | Merge failed | Overflow | Unknown | <allocatedSectors>/<totalSectors> [<metadataSectors>]',
        '  state?            text    Invalid, Merge failed, Overflow, Unknown',
        '  allocatedSectors  number  sectors',
        '  totalSectors      number  sectors',
        '  metadataSectors?  number  sectors',
        '',
      ].join('\n'),
    );
  });
});
