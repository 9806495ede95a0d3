/** What a rule allows: every key of it, over payloads that are written here byte by byte. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/policy/document.ts';
import { carrying, F_DEFERRED, F_READONLY, F_SUSPEND } from '../executor/payloads.ts';
import { bare, broken, create, DIGEST, judged, load, policyOf, query, step } from './sample.ts';

const ALL: Policy['rules'][string]['commands'] = [
  ...['VERSION', 'LIST_DEVICES', 'LIST_VERSIONS', 'GET_TARGET_VERSION', 'DEV_CREATE', 'DEV_REMOVE', 'DEV_RENAME'],
  ...['DEV_SUSPEND', 'DEV_RESUME', 'DEV_STATUS', 'DEV_SET_GEOMETRY', 'TARGET_MSG'],
  ...['TABLE_LOAD', 'TABLE_CLEAR', 'TABLE_DEPS', 'TABLE_STATUS'],
];
const F_UUID = 0x4000;

const rename = (name: string, to: string, flags = 0, uuid = '') =>
  step('DEV_RENAME', carrying({ name, flags, uuid }, to));
const message = (text: string) => step('TARGET_MSG', carrying({ name: 'a' }, text, 8));
const status = (fields: { name?: string; uuid?: string }) => step('DEV_STATUS', bare(fields));
const remove = (fields: { name?: string; uuid?: string; flags?: number }) => step('DEV_REMOVE', bare(fields));

describe('commands', () => {
  test('are allowed by name', () => {
    expect(broken({ commands: ['DEV_STATUS'] }, status({ name: 'a' }))).toBeNull();
    expect(broken({ commands: ['DEV_STATUS'] }, remove({ name: 'a' }))).toBe('commands');
  });

  test('suspending and resuming are two, though one ioctl', () => {
    const suspend = step('DEV_SUSPEND', bare({ name: 'a', flags: F_SUSPEND }));
    const resume = step('DEV_SUSPEND', bare({ name: 'a' }));
    for (const [command, own, other] of [
      ['DEV_SUSPEND', suspend, resume],
      ['DEV_RESUME', resume, suspend],
    ] as const) {
      expect(broken({ commands: [command] }, own)).toBeNull();
      expect(broken({ commands: [command] }, other)).toBe('commands');
    }
  });
});

describe('namePrefix', () => {
  const rule = { commands: ALL, namePrefix: 'img-' };

  test('is how the device’s name begins', () => {
    expect(broken(rule, status({ name: 'img-1' }))).toBeNull();
    expect(broken(rule, status({ name: 'img' }))).toBe('namePrefix');
    expect(broken(rule, create('other', 'OWN-1'))).toBe('namePrefix');
  });

  test('does not allow a step that says a uuid alone', () => {
    expect(broken(rule, status({ uuid: 'OWN-1' }))).toBe('namePrefix');
    expect(broken({ commands: ALL }, status({ uuid: 'OWN-1' }))).toBeNull();
  });

  test('holds for both names of a rename', () => {
    expect(broken(rule, rename('img-1', 'img-2'))).toBeNull();
    expect(broken(rule, rename('img-1', 'x'))).toBe('namePrefix');
    expect(broken(rule, rename('x', 'img-1'))).toBe('namePrefix');
    expect(broken(rule, rename('img-1', 'OWN-x', F_UUID))).toBeNull();
  });

  test('is nothing to a step that is for no device', () => {
    expect(broken(rule, step('VERSION', bare()))).toBeNull();
    expect(broken(rule, step('LIST_DEVICES', query({ name: 'other' })))).toBeNull();
    expect(broken(rule, step('GET_TARGET_VERSION', query({ name: 'zero' })))).toBeNull();
  });
});

describe('uuidPrefix', () => {
  const rule = { commands: ALL, uuidPrefix: 'OWN-IMG-', targets: { zero: {} } };

  test('is how the device’s uuid begins', () => {
    expect(broken(rule, status({ uuid: 'OWN-IMG-1' }))).toBeNull();
    expect(broken(rule, status({ uuid: 'OWN-1' }))).toBe('uuidPrefix');
    expect(broken(rule, create('a', 'OWN-IMG-1'))).toBeNull();
    expect(broken(rule, create('a', 'OWN-1'))).toBe('uuidPrefix');
  });

  test('does not allow a step that says a name alone', () => {
    expect(broken(rule, status({ name: 'a' }))).toBe('uuidPrefix');
  });

  test('knows the uuid of what the plan has created, by that name', () => {
    const made = create('a', 'OWN-IMG-1');
    expect(broken(rule, made, load({ name: 'a' }, ['zero', '']))).toBeNull();
    expect(broken(rule, made, load({ name: 'b' }, ['zero', '']))).toBe('uuidPrefix');
    expect(broken(rule, made, rename('a', 'b'), status({ name: 'b' }))).toBeNull();
    expect(broken(rule, made, rename('a', 'b'), status({ name: 'a' }))).toBe('uuidPrefix');
    expect(broken(rule, made, remove({ name: 'a' }), status({ name: 'a' }))).toBe('uuidPrefix');
    expect(broken(rule, made, remove({ uuid: 'OWN-IMG-1' }), status({ name: 'a' }))).toBe('uuidPrefix');
  });

  test('is not taken from a rename’s header, where the kernel does not look', () => {
    expect(broken(rule, rename('a', 'b', 0, 'OWN-IMG-1'))).toBe('uuidPrefix');
  });

  test('is not that of another device which took the name', () => {
    const made = create('a', 'OWN-IMG-1');
    const swapped = [made, rename('a', 'b'), rename('x', 'a')];
    expect(
      judged(policyOf({ rule, any: { commands: ALL } }), [...swapped, status({ name: 'a' })]).at(-1),
    ).toMatchObject({ rule: 'any', refused: { rule: 'uuidPrefix' } });
  });

  test('knows the name of what the plan has created, by that uuid', () => {
    const named = { commands: ALL, namePrefix: 'img-' };
    expect(broken(named, create('img-1', 'OWN-1'), status({ uuid: 'OWN-1' }))).toBeNull();
    expect(broken(named, create('img-1', 'OWN-1'), rename('img-1', 'img-2'), status({ uuid: 'OWN-1' }))).toBeNull();
    expect(broken(named, create('img-1', 'OWN-1'), status({ uuid: 'OWN-2' }))).toBe('namePrefix');
  });
});

describe('the document’s uuidPrefix', () => {
  const policy = policyOf({ rule: { commands: ALL } });
  const refusal = (...steps: Parameters<typeof judged>[1]) => judged(policy, steps).at(-1)!.refusal;

  test('holds for what is created', () => {
    expect(refusal(create('a', 'OWN-1'))).toBeNull();
    expect(refusal(create('a', ''))).toBe('uuidPrefix');
    expect(refusal(create('a', 'CRYPT-1'))).toBe('uuidPrefix');
  });

  test('holds for a uuid that is given, and for one that is said', () => {
    expect(refusal(rename('a', 'OWN-1', F_UUID))).toBeNull();
    expect(refusal(rename('a', 'LVM-1', F_UUID))).toBe('uuidPrefix');
    expect(refusal(status({ uuid: 'LVM-1' }))).toBe('uuidPrefix');
    expect(refusal(status({ name: 'a' }))).toBeNull();
    expect(refusal(step('LIST_DEVICES', query({ uuid: 'LVM-' })))).toBeNull();
  });
});

describe('readOnly', () => {
  const rule = { commands: ALL, readOnly: true, targets: { zero: {} } };

  test('asks tables for the flag', () => {
    expect(broken(rule, load({ name: 'a', flags: F_READONLY }, ['zero', '']))).toBeNull();
    expect(broken(rule, load({ name: 'a' }, ['zero', '']))).toBe('readOnly');
    expect(broken(rule, status({ name: 'a' }))).toBeNull();
    expect(broken({ ...rule, readOnly: false }, load({ name: 'a' }, ['zero', '']))).toBeNull();
  });
});

describe('deferred', () => {
  const later = remove({ name: 'a', flags: F_DEFERRED });

  test('is for a removal that waits', () => {
    expect(broken({ commands: ALL }, later)).toBe('deferred');
    expect(broken({ commands: ALL, deferred: false }, later)).toBe('deferred');
    expect(broken({ commands: ALL, deferred: true }, later)).toBeNull();
    expect(broken({ commands: ALL }, remove({ name: 'a' }))).toBeNull();
  });
});

describe('messages', () => {
  const rule = { commands: ALL, messages: ['delete', 'trim'] };

  test.each(['trim', 'delete 0', 'delete '])('begin with one of the words: "%s"', (text) => {
    expect(broken(rule, message(text))).toBeNull();
    expect(broken({ commands: ALL }, message(text))).toBe('messages');
  });

  test.each(['', ' trim', 'tri', 'trims', 'TRIM', 't\\rim', 'trim\xa0', '@cancel', 'create_thin 0'])(
    'other words are refused: "%s"',
    (text) => {
      expect(broken(rule, message(text))).toBe('messages');
    },
  );
});

describe('targets', () => {
  const rule = { commands: ALL, targets: { zero: {}, linear: {} } };

  test('are all of a type that is there', () => {
    expect(broken(rule, load({ name: 'a' }, ['zero', ''], ['linear', '7:0 0']))).toBeNull();
    expect(broken(rule, load({ name: 'a' }, ['zero', ''], ['error', '']))).toBe('targets.error');
    expect(broken({ commands: ALL }, load({ name: 'a' }, ['zero', '']))).toBe('targets.zero');
    expect(broken(rule, load({ name: 'a' }, ['constructor', '']))).toBe('targets.constructor');
    expect(broken(rule, load({ name: 'a' }, ['linear2', '']))).toBe('targets.linear2');
  });

  test('of sixteen letters, which leave no room for a zero, are still read', () => {
    expect(broken(rule, load({ name: 'a' }, ['abcdefghijklmnop', '']))).toBe('targets.abcdefghijklmnop');
  });
});

describe('verity', () => {
  const verity = (words: string) => load({ name: 'a' }, ['verity', words]);
  const pinned = { commands: ALL, targets: { verity: { rootDigests: [DIGEST], options: ['ignore_zero_blocks'] } } };
  const params = (more: string, digest = DIGEST, device = '7:0') =>
    `1 ${device} 7:1 4096 4096 8 1 sha256 ${digest} -${more}`;

  test('has one of the digests, in any letter case', () => {
    expect(broken(pinned, verity(params('')))).toBeNull();
    expect(broken(pinned, verity(params('', DIGEST.toUpperCase())))).toBeNull();
    expect(broken(pinned, verity(params('', DIGEST.replace('a', 'c'))))).toBe('targets.verity.rootDigests');
    expect(broken(pinned, verity(''))).toBe('targets.verity.rootDigests');
    const none = { commands: ALL, targets: { verity: { rootDigests: [] } } };
    expect(broken(none, verity(params('')))).toBe('targets.verity.rootDigests');
    expect(broken({ commands: ALL, targets: { verity: {} } }, verity(params('', '00')))).toBeNull();
  });

  test.each([' 0', ' 1 ignore_zero_blocks', ' 2 ignore_zero_blocks ignore_zero_blocks'])(
    'has only options that are allowed:%s',
    (more) => {
      expect(broken(pinned, verity(params(more)))).toBeNull();
    },
  );

  test.each([
    ' 1 ignore_corruption',
    ' 1 restart_on_corruption',
    ' 1 panic_on_corruption',
    ' 1 check_at_most_once',
    ' 1 IGNORE_ZERO_BLOCKS',
    ' 2 ignore_zero_blocks check_at_most_once',
    ' 0 check_at_most_once',
    ' 2 root_hash_sig_key_desc x',
  ])('has no other option:%s', (more) => {
    expect(broken(pinned, verity(params(more)))).toBe('targets.verity.options');
  });

  test('without `options` has none', () => {
    expect(broken({ commands: ALL, targets: { verity: {} } }, verity(params(' 1 ignore_zero_blocks')))).toBe(
      'targets.verity.options',
    );
  });

  test('an option’s value is not an option, and cannot hide one', () => {
    const fec = { commands: ALL, targets: { verity: { options: ['use_fec_from_device', 'fec_roots'] } } };
    expect(broken(fec, verity(params(' 4 use_fec_from_device 7:2 fec_roots 2')))).toBeNull();
    expect(broken(fec, verity(params(' 2 use_fec_from_device check_at_most_once')))).toBeNull();
    expect(broken(fec, verity(params(' 3 use_fec_from_device 7:2 check_at_most_once')))).toBe('targets.verity.options');
    expect(broken(fec, verity(params(' 2 fec_start 0')))).toBe('targets.verity.options');
  });

  test('words are counted as the kernel parts them', () => {
    const shifted = `1 /dev/a\\ b 7:1 4096 4096 8 1 ${DIGEST} ${'00'.repeat(32)} -`;
    expect(broken(pinned, verity(shifted))).toBe('targets.verity.rootDigests');
    expect(broken(pinned, verity(params('', DIGEST, '/dev/a\\ b')))).toBeNull();
    expect(broken(pinned, verity(params('', DIGEST, '/dev/a\\\xa0b\\\\')))).toBeNull();
    expect(broken(pinned, verity(params(' 1 ignore_zero_blocks', DIGEST, '/dev/a\\\\\\ b')))).toBeNull();
  });

  test('is alone in its table', () => {
    const verities = [params(''), params('')].map((words): [string, string] => ['verity', words]);
    expect(broken(pinned, load({ name: 'a' }, ...verities))).toBe('targets.verity');
    const { verity } = pinned.targets;
    const both = { commands: ALL, targets: { verity, zero: {} } };
    expect(broken(both, load({ name: 'a' }, ['verity', params('')], ['zero', '']))).toBe('targets.verity');
    expect(broken(both, load({ name: 'a' }, ['zero', ''], ['verity', params('')]))).toBe('targets.verity');
  });
});

describe('limits of a table', () => {
  const zeros = (...lengths: number[]) =>
    load(
      { name: 'a' },
      ...lengths.map((length) => ['zero', '', length] as const).map(([t, p, l]): [string, string, number] => [t, p, l]),
    );
  const refusal = (limits: Policy['limits'], table: ReturnType<typeof zeros>) =>
    judged(policyOf({ rule: { commands: ALL, targets: { zero: {} } } }, { limits: limits! }), [table])[0]!.refusal;

  test('hold for its targets and its sectors together', () => {
    expect(refusal({ targets: 2, sectors: 16 }, zeros(8, 8))).toBeNull();
    expect(refusal({ targets: 2 }, zeros(8, 8, 8))).toBe('limits.targets');
    expect(refusal({ sectors: 16 }, zeros(8, 9))).toBe('limits.sectors');
    expect(refusal({ sectors: 2 ** 32 }, zeros(2 ** 32, 1))).toBe('limits.sectors');
    expect(refusal({ sectors: 2 ** 53 - 1 }, zeros(2 ** 53 - 1, 1))).toBe('limits.sectors');
    expect(refusal({ sectors: 0 }, zeros(1))).toBe('limits.sectors');
  });
});

describe('backing', () => {
  const backing = {
    loops: [{ loop: true as const, readOnly: true }],
    data: [{ device: '259:3' }, { device: '8:1', diskseq: 12 }],
    own: [{ own: true as const }],
    nowhere: [{ path: '/dev/nowhere' }],
  };
  const on = (targets: Policy['rules'][string]['targets'], flags: number, ...types: string[]) =>
    judged(policyOf({ rule: { commands: ALL, targets: targets! } }, { backing }), [
      load({ name: 'a', flags }, ...types.map((type): [string, string] => [type, ''])),
    ])[0]!;

  test('is what every type of the table has in its sets', () => {
    const targets = { linear: { backing: ['data', 'own', 'data'] }, striped: { backing: ['loops', 'data'] }, zero: {} };
    expect(on(targets, F_READONLY, 'linear').backing).toEqual(['259:3', '8:1 12', 'own']);
    expect(on(targets, F_READONLY, 'striped').backing).toEqual(['7:*', '259:3', '8:1 12']);
    expect(on(targets, F_READONLY, 'linear', 'striped').backing).toEqual(['259:3', '8:1 12']);
    expect(on(targets, F_READONLY, 'zero').backing).toBeNull();
    expect(on(targets, F_READONLY, 'zero', 'linear').backing).toEqual(['259:3', '8:1 12', 'own']);
  });

  test('leaves out for a table for writing what is there for reading', () => {
    expect(on({ linear: { backing: ['loops'] } }, F_READONLY, 'linear').backing).toEqual(['7:*']);
    expect(on({ linear: { backing: ['loops'] } }, 0, 'linear').backing).toEqual([]);
  });

  test('of a path that leads nowhere is nothing', () => {
    expect(on({ linear: { backing: ['nowhere'] } }, 0, 'linear').backing).toEqual([]);
    expect(on({ linear: { backing: [] } }, 0, 'linear').backing).toEqual([]);
  });

  test('is nothing to other steps', () => {
    const policy = policyOf({ rule: { commands: ALL, targets: { zero: { backing: [] } } } });
    expect(judged(policy, [status({ name: 'a' })])[0]).toMatchObject({ rule: 'rule', backing: null });
  });
});

describe('a client', () => {
  const rules = {
    first: { commands: ['VERSION', 'DEV_STATUS'], namePrefix: 'a' },
    second: { commands: ['DEV_STATUS'] },
    third: { commands: ['VERSION'] },
  };
  const clients = [
    { uid: 5, rules: ['first', 'second'] },
    { stdio: true as const, rules: ['third'] },
    { uid: 5, rules: ['third'] },
    { uid: 0, rules: [] },
  ];
  const policy = policyOf(rules, { clients });
  const answer = (who: number | 'stdio', ...steps: Parameters<typeof judged>[1]) => judged(policy, steps, who)[0]!;

  test('is allowed by the first of its rules that holds', () => {
    expect(answer(5, status({ name: 'a' }))).toMatchObject({ rule: 'first', refusal: null, refused: {} });
    expect(answer(5, status({ name: 'b' }))).toMatchObject({ rule: 'second', refused: { first: 'namePrefix' } });
  });

  test('may stand in the list twice', () => {
    const steps = [step('VERSION', bare())];
    expect(judged(policyOf(rules, { clients: clients.slice(1) }), steps, 5)[0]!.rule).toBe('third');
  });

  test('is refused with the rule that came nearest', () => {
    expect(answer('stdio', status({ name: 'a' }))).toEqual({
      rule: null,
      backing: null,
      refusal: 'third.commands',
      refused: { third: 'commands' },
    });
    const narrow = policyOf({ ...rules, second: { commands: ['DEV_STATUS'], uuidPrefix: 'OWN-X' } });
    expect(judged(narrow, [status({ name: 'b' })])[0]!.refusal).toBe('second.uuidPrefix');
  });

  test('that is not there, or has no rules, is refused everything', () => {
    for (const who of [7, 0] as const)
      expect(answer(who, step('VERSION', bare()))).toMatchObject({ rule: null, refusal: 'clients', refused: {} });
  });

  test('with a uid is not the one at standard input', () => {
    expect(judged(policyOf(rules), [step('VERSION', bare())], 'stdio')[0]!.refusal).toBe('clients');
  });
});
