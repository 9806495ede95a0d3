/** Requests of the commands beside tables that the planner refuses, and of targets with limits of their own. */
import type { Packable } from './pack.ts';

type Row = [what: string, request: Packable, name: string, path: string];

const act = (action: string, fields: object): Packable => ({ v: 1, action, ...fields });
const message = (value: Packable, more: object = {}): Packable =>
  act('message', { name: 'x', message: value, ...more });
const geometry = (fields: object): Packable =>
  act('set_geometry', { name: 'x', geometry: { cylinders: 2, heads: 3, sectors: 4, start: 0, ...fields } });
const verity = (versions: Packable): Packable => act('info', { name: 'x', versions });
const target = (fields: object): Packable => act('create', { name: 'x', targets: [{ length: 4096, ...fields }] });
const CRYPT = { type: 'crypt', cipher: 'aes-xts-plain64', ivOffset: 0, device: '7:0', offset: 0 };
const CACHE = {
  type: 'cache',
  metadataDevice: '7:0',
  cacheDevice: '7:1',
  originDevice: '7:2',
  blockSize: 128,
  policy: 'smq',
};
const MIRROR = { type: 'mirror', log: 'core', regionSize: 2 };
const leg = { device: '7:0', offset: 0 };

export const BAD_ACTIONS: Row[] = [
  ['a rename without a new name', act('rename', { name: 'x' }), 'missing_field', 'newName'],
  ['a rename of nothing', act('rename', { newName: 'y' }), 'missing_field', 'name'],
  ['a rename by uuid', act('rename', { uuid: 'U', newName: 'y' }), 'not_for_action', 'uuid'],
  ['an empty new name', act('rename', { name: 'x', newName: '' }), 'empty_name', 'newName'],
  ['a new name of 128 bytes', act('rename', { name: 'x', newName: 'n'.repeat(128) }), 'name_too_long', 'newName'],
  ['a new name with a slash', act('rename', { name: 'x', newName: 'a/b' }), 'name_character', 'newName'],
  ['the new name control', act('rename', { name: 'x', newName: 'control' }), 'reserved_name', 'newName'],
  ['a new name that is a number', act('rename', { name: 'x', newName: 1 }), 'wrong_type', 'newName'],
  ['a new uuid for a rename', act('rename', { name: 'x', newName: 'y', newUuid: 'U' }), 'not_for_action', 'newUuid'],
  ['a new uuid of 129 bytes', act('set_uuid', { name: 'x', newUuid: 'u'.repeat(129) }), 'name_too_long', 'newUuid'],
  ['no new uuid', act('set_uuid', { name: 'x' }), 'missing_field', 'newUuid'],
  ['an empty new uuid', act('set_uuid', { name: 'x', newUuid: '' }), 'empty_name', 'newUuid'],
  ['a new uuid that is binary', act('set_uuid', { name: 'x', newUuid: new Uint8Array(1) }), 'wrong_type', 'newUuid'],
  ['a minor number of 21 bits', act('create', { name: 'x', noTable: true, minor: 1 << 20 }), 'out_of_range', 'minor'],
  ['a minor number below 0', act('create', { name: 'x', noTable: true, minor: -1 }), 'negative_number', 'minor'],
  ['a minor number for a load', act('load', { name: 'x', table: '0 8 zero', minor: 1 }), 'not_for_action', 'minor'],
  ['no message', act('message', { name: 'x' }), 'missing_field', 'message'],
  ['an empty message', message(''), 'empty_value', 'message'],
  ['a message of blanks', message('   '), 'empty_value', 'message'],
  ['a message with a newline', message('a\nb'), 'params_character', 'message'],
  ['a message that ends in a backslash', message('a\\'), 'trailing_backslash', 'message'],
  ['a message with the byte 0xA0', message('à'), 'value_character', 'message'],
  ['a message that is a list', message([]), 'wrong_type', 'message'],
  ['a sector that is text without digits', message('a', { sector: 'x' }), 'bad_number', 'sector'],
  ['a sector below zero', message('a', { sector: -1 }), 'negative_number', 'sector'],
  ['a sector for a rename', act('rename', { name: 'x', newName: 'y', sector: 0 }), 'not_for_action', 'sector'],
  ['a message without its target', message({ verb: 'flush' }), 'missing_field', 'target'],
  ['a message without its verb', message({ target: 'writecache' }), 'missing_field', 'verb'],
  [
    'a message that the target does not take',
    message({ target: 'writecache', verb: 'resync' }),
    'unknown_message',
    'verb',
  ],
  ['a message without its value', message({ target: 'thin-pool', verb: 'delete' }), 'missing_field', 'deviceId'],
  ['a message with a value too many', message({ target: 'raid', verb: 'check', device: 1 }), 'unknown_field', 'device'],
  [
    'a thin device past 2^24',
    message({ target: 'thin-pool', verb: 'delete', deviceId: 16777216 }),
    'out_of_range',
    'deviceId',
  ],
  ['no geometry', act('set_geometry', { name: 'x' }), 'missing_field', 'geometry'],
  ['a geometry that is text', act('set_geometry', { name: 'x', geometry: '1 1 8 0' }), 'wrong_type', 'geometry'],
  ['a geometry without heads', geometry({ heads: undefined }), 'missing_field', 'heads'],
  ['a geometry with more', geometry({ tracks: 1 }), 'unknown_field', 'tracks'],
  ['65536 cylinders', geometry({ cylinders: 65536 }), 'out_of_range', 'cylinders'],
  ['256 heads', geometry({ heads: 256 }), 'out_of_range', 'heads'],
  ['256 sectors', geometry({ sectors: 256 }), 'out_of_range', 'sectors'],
  ['a start behind the geometry', geometry({ start: 25 }), 'geometry_start', 'start'],
  ['an event number for status', act('status', { name: 'x', eventNr: 1 }), 'not_for_action', 'eventNr'],
  ['an event number of 33 bits', act('wait', { name: 'x', eventNr: 2 ** 32 }), 'out_of_range', 'eventNr'],
  ['no type', act('target_version', {}), 'missing_field', 'type'],
  ['a type that is no name', act('target_version', { type: 'a/b' }), 'type_character', 'type'],
  ['a type that is too long', act('target_version', { type: 't'.repeat(16) }), 'type_too_long', 'type'],
  ['a type that is a number', act('target_version', { type: 1 }), 'wrong_type', 'type'],
  ['a type for info', act('info', { name: 'x', type: 'zero' }), 'not_for_action', 'type'],
  ['a name for a type', act('target_version', { name: 'verity' }), 'not_for_action', 'name'],
  ['versions that are a list', verity([]), 'wrong_type', 'versions'],
  ['a version that is a text', verity({ verity: '1.9.0' }), 'wrong_type', 'versions'],
  ['a version of two numbers', verity({ verity: [1, 9] }), 'wrong_type', 'versions'],
  ['a version past 255', verity({ verity: [1, 256, 0] }), 'out_of_range', 'versions'],
  ['a version below zero', verity({ verity: [1, -1, 0] }), 'negative_number', 'versions'],
  ['a command that is newer', act('arm_poll', { versions: { interface: [4, 36, 0] } }), 'command_too_new', 'action'],
  [
    'an option that is newer',
    act('create', {
      name: 'x',
      versions: { crypt: [1, 25, 0] },
      targets: [{ ...CRYPT, length: 8, highPriority: true }],
    }),
    'option_too_new',
    'targets[0].highPriority',
  ],
  ['blocks that are no multiple', target({ ...CACHE, blockSize: 100 }), 'not_multiple', 'targets[0].blockSize'],
  ['a key that names half a key', target({ ...CRYPT, key: ':32:logon' }), 'bad_key', 'targets[0].key'],
  ['a key that is not hex', target({ ...CRYPT, key: 'secret' }), 'bad_hex', 'targets[0].key'],
  [
    "a log's device without a log on it",
    target({ ...MIRROR, logDevice: '7:9', mirrors: [leg, leg] }),
    'field_without',
    'targets[0].logDevice',
  ],
  ['ten mirrors', target({ ...MIRROR, mirrors: Array(10).fill(leg) }), 'list_too_long', 'targets[0].mirrors'],
  [
    'a list of another size than announced',
    target({
      type: 'multipath',
      initialGroup: 1,
      groups: [{ selector: 'queue-length', pathArguments: 1, paths: [{ device: '7:0', arguments: [] }] }],
    }),
    'list_size',
    'targets[0].groups[0].paths[0].arguments',
  ],
  [
    'a pair without its value',
    act('create', { name: 'x', table: '0 8 cache 7:0 7:1 7:2 128 0 smq 1 migration_threshold' }),
    'pair_without_value',
    'table[0].policyOptions',
  ],
  [
    'a pool that is read-only',
    act('create', { name: 'x', readOnly: true, table: '0 8 thin-pool 7:0 7:1 128 0' }),
    'read_only_refused',
    'readOnly',
  ],
];
