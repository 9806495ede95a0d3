/** Requests that the planner refuses: each with the stable name of its error, and the path to what is wrong. */
import { REFUSED_LAYOUTS } from '../layout/refused.ts';
import { BAD_ACTIONS } from './bad-actions.ts';
import type { Call } from './harness.ts';
import { as, float, type Packable, packMap, Raw } from './pack.ts';

export interface BadRequest {
  what: string;
  call: Call;
  request: Packable;
  name: string;
  path: string;
}

type Row = [what: string, request: Packable, name: string, path: string];

const rows = (call: Call, list: Row[]): BadRequest[] =>
  list.map(([what, request, name, path]) => ({ what, call, request, name, path }));

const create = { v: 1, action: 'create', name: 'x' };
const typed = (...targets: Packable[]): Packable => ({ ...create, targets });
const text = (table: Packable, more: object = {}): Packable => ({ ...create, table, ...more });
const raw = (type: string, params: Packable): Packable => typed({ type, length: 8, params });
const named = (name: Packable): Packable => ({ ...create, name, noTable: true });
const zero = { type: 'zero', length: 8 };
const length = (value: Packable): Packable => typed({ type: 'zero', length: value });

/** A map that is given as its pairs, so that a key can stand in it twice. */
const pairs = (...list: [Packable, Packable][]): Raw => new Raw(packMap(list));

const linear = { type: 'linear', length: 8, device: '/dev/sda', offset: 0 };
const stripe = { device: '/dev/sda', offset: 0 };
const striped = { type: 'striped', length: 16, chunkSize: 8, stripes: [stripe, stripe] };

const SHA256 = 'ab'.repeat(32);
const mirrored = {
  type: 'raid',
  length: 8,
  raidType: 'raid1',
  chunkSize: 0,
  devices: [{ data: '/a' }, { data: '/b' }],
};

export const VERITY = {
  type: 'verity',
  length: 64,
  hashType: 1,
  dataDevice: '/dev/sda',
  hashDevice: '/dev/sdb',
  dataBlockSize: 4096,
  hashBlockSize: 4096,
  dataBlocks: 8,
  hashStartBlock: 1,
  algorithm: 'sha256',
  rootDigest: SHA256,
};
const FEC = { fecDevice: '/dev/sdc', fecStartBlock: 0, fecBlocks: 16, fecRoots: 2 };
const verity = (fields: object): Packable => ({ ...create, readOnly: true, targets: [{ ...VERITY, ...fields }] });
const verityWords = (options: string): Packable =>
  text(`0 64 verity 1 /dev/sda /dev/sdb 4096 4096 8 1 sha256 ${SHA256} - ${options}`, { readOnly: true });
const without = (fields: object, name: string): object => ({ ...fields, [name]: undefined });

const nested = (levels: number): Packable => (levels === 0 ? 1 : [nested(levels - 1)]);
const repeated = (word: string, times: number): string => Array<string>(times).fill(word).join(' ');

const ENCODING: Row[] = [
  ['nothing at all', new Raw(''), 'no_request', ''],
  ['the byte that MessagePack never uses', new Raw('c1'), 'malformed_request', ''],
  ['bytes behind the request', new Raw('80 00'), 'malformed_request', ''],
  ['a map that ends early', new Raw('82 a1 76 01'), 'malformed_request', ''],
  ['a text that ends early', new Raw('81 a1 76 a5 31'), 'malformed_request', ''],
  ['a text of 4 GiB', new Raw('81 a1 76 db ff ff ff ff'), 'malformed_request', ''],
  ['binary of 4 GiB', new Raw('81 a1 76 c6 ff ff ff ff'), 'malformed_request', ''],
  ['an array of 2^32 - 1 elements', new Raw('81 a1 76 dd ff ff ff ff'), 'malformed_request', ''],
  ['a map of 2^32 - 1 pairs', new Raw('df ff ff ff ff'), 'malformed_request', ''],
  ['a number cut in half', new Raw('81 a1 76 cf 00 00'), 'malformed_request', ''],
  ['a key that is a number', new Raw('81 01 01'), 'malformed_request', ''],
  ['a key that is binary', new Raw('81 c4 01 76 01'), 'malformed_request', ''],
  ['nine levels of arrays', { v: nested(8) }, 'nested_too_deep', ''],
  ['a thousand levels of arrays', { v: nested(1000) }, 'nested_too_deep', ''],
  ['a text that is not UTF-8', new Raw('81 a1 76 a2 c3 28'), 'not_text', ''],
  ['a key that is not UTF-8', new Raw('81 a1 ff 01'), 'not_text', ''],
  ['an overlong encoding of /', new Raw('81 a1 76 a2 c0 af'), 'not_text', ''],
  ['half of a surrogate pair', new Raw('81 a1 76 a3 ed a0 80'), 'not_text', ''],
  ['a code point past U+10FFFF', new Raw('81 a1 76 a4 f4 90 80 80'), 'not_text', ''],
  ['a fixed extension', new Raw('81 a1 76 d4 00 00'), 'extension_refused', ''],
  ['a timestamp', new Raw('81 a1 76 d6 ff 00 00 00 00'), 'extension_refused', ''],
  ['an extension with a length', new Raw('81 a1 76 c7 01 05 00'), 'extension_refused', ''],
  ['a field twice', pairs(['v', 1], ['action', 'version'], ['v', 1]), 'duplicate_field', ''],
  ["a target's field twice", typed(pairs(['type', 'zero'], ['length', 8], ['length', 8])), 'duplicate_field', ''],
  ['a map of 65 fields', Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, 0])), 'too_many_fields', ''],
  [
    'room for an answer that no kernel gives',
    { v: 1, action: 'status', name: 'x', bufferSize: 2 ** 30, inactive: true },
    'out_of_range',
    'bufferSize',
  ],
];

const FIELDS: Row[] = [
  ['an array', [], 'wrong_type', ''],
  ['nil', null, 'wrong_type', ''],
  ['no field', {}, 'missing_field', 'v'],
  ['no version', { action: 'version' }, 'missing_field', 'v'],
  ['version 2', { v: 2, action: 'version' }, 'unsupported_version', 'v'],
  ['version 0', { v: 0, action: 'version' }, 'unsupported_version', 'v'],
  ['version 2^32 + 1', { v: 2 ** 32 + 1, action: 'version' }, 'unsupported_version', 'v'],
  ['version true', { v: true, action: 'version' }, 'wrong_type', 'v'],
  ['no action', { v: 1 }, 'missing_field', 'action'],
  ['an action that is a number', { v: 1, action: 3 }, 'wrong_type', 'action'],
  ['an action that does not exist', { v: 1, action: 'destroy' }, 'unknown_action', 'action'],
  ['an action in capitals', { v: 1, action: 'CREATE' }, 'unknown_action', 'action'],
  ['an empty action', { v: 1, action: '' }, 'unknown_action', 'action'],
  ['an action that begins like one', { v: 1, action: 'creat' }, 'unknown_action', 'action'],
  ['a field that does not exist', { v: 1, action: 'version', force: true }, 'unknown_field', 'force'],
  ['a field in another case', { ...create, Targets: [] }, 'unknown_field', 'Targets'],
  ['a field without a name', { v: 1, action: 'version', '': 1 }, 'unknown_field', ''],
  ['a name for version', { v: 1, action: 'version', name: 'x' }, 'not_for_action', 'name'],
  ['a uuid for remove_all', { v: 1, action: 'remove_all', uuid: 'x' }, 'not_for_action', 'uuid'],
  ['a table for remove', { v: 1, action: 'remove', name: 'x', table: '' }, 'not_for_action', 'table'],
  ['targets for suspend', { v: 1, action: 'suspend', name: 'x', targets: [] }, 'not_for_action', 'targets'],
  ['noTable for load', { v: 1, action: 'load', name: 'x', noTable: true }, 'not_for_action', 'noTable'],
  ['bufferSize for info', { v: 1, action: 'info', name: 'x', bufferSize: 512 }, 'not_for_action', 'bufferSize'],
  ['readOnly for suspend', { v: 1, action: 'suspend', name: 'x', readOnly: true }, 'not_for_action', 'readOnly'],
  [
    'readOnly: false for suspend',
    { v: 1, action: 'suspend', name: 'x', readOnly: false },
    'not_for_action',
    'readOnly',
  ],
  ['deferred for clear', { v: 1, action: 'clear', name: 'x', deferred: true }, 'not_for_action', 'deferred'],
  ['inactive for resume', { v: 1, action: 'resume', name: 'x', inactive: true }, 'not_for_action', 'inactive'],
  ['uuids for deps', { v: 1, action: 'deps', name: 'x', uuids: true }, 'not_for_action', 'uuids'],
  ['noFlush for create', { ...create, noFlush: true, targets: [zero] }, 'not_for_action', 'noFlush'],
  ['skipLockfs for table', { v: 1, action: 'table', name: 'x', skipLockfs: true }, 'not_for_action', 'skipLockfs'],
  ['a switch that is 1', { ...create, readOnly: 1, targets: [zero] }, 'wrong_type', 'readOnly'],
  ['a switch that is nil', { ...create, readOnly: null, targets: [zero] }, 'wrong_type', 'readOnly'],
  ['noTable that is text', { ...create, noTable: 'yes' }, 'wrong_type', 'noTable'],
  ['targets that are a map', { ...create, targets: zero }, 'wrong_type', 'targets'],
  ['a table that is a number', text(5), 'wrong_type', 'table'],
  ['a table that is an array', text([]), 'wrong_type', 'table'],
  ['both targets and table', { ...create, targets: [zero], table: '0 8 zero' }, 'conflicting_fields', 'table'],
  ['neither targets nor table', create, 'missing_field', 'targets'],
  ['noTable and targets', { ...create, noTable: true, targets: [zero] }, 'conflicting_fields', 'noTable'],
  ['noTable and a table', { ...create, noTable: true, table: '0 8 zero' }, 'conflicting_fields', 'noTable'],
  ['noTable and readOnly', { ...create, noTable: true, readOnly: true }, 'conflicting_fields', 'readOnly'],
  ['bufferSize below the smallest answer', { v: 1, action: 'list', bufferSize: 319 }, 'out_of_range', 'bufferSize'],
  ['bufferSize past 32 MiB', { v: 1, action: 'list', bufferSize: 2 ** 25 + 1 }, 'out_of_range', 'bufferSize'],
  ['bufferSize with a unit', { v: 1, action: 'list', bufferSize: '16KiB' }, 'bad_number', 'bufferSize'],
];

const NAMES: Row[] = [
  ['create without a name', { v: 1, action: 'create', targets: [zero] }, 'missing_field', 'name'],
  ['create by uuid alone', { v: 1, action: 'create', uuid: 'u', targets: [zero] }, 'missing_field', 'name'],
  ['remove of nothing', { v: 1, action: 'remove' }, 'missing_field', 'name'],
  ['both name and uuid', { v: 1, action: 'remove', name: 'x', uuid: 'u' }, 'conflicting_fields', 'uuid'],
  ['a name that is binary', named(new Uint8Array([0x78])), 'wrong_type', 'name'],
  ['a uuid that is a number', { ...create, uuid: 1, noTable: true }, 'wrong_type', 'uuid'],
  ['an empty name', named(''), 'empty_name', 'name'],
  ['an empty uuid', { v: 1, action: 'info', uuid: '' }, 'empty_name', 'uuid'],
  ['a name of 128 bytes', named('n'.repeat(128)), 'name_too_long', 'name'],
  ['a uuid of 129 bytes', { v: 1, action: 'info', uuid: 'u'.repeat(129) }, 'name_too_long', 'uuid'],
  ['a name with a slash', named('a/b'), 'name_character', 'name'],
  ['a name with a blank', named('a b'), 'name_character', 'name'],
  ['a name with a newline', named('a\n'), 'name_character', 'name'],
  ['a name with a zero byte', named('a\0b'), 'name_character', 'name'],
  ['a name with a backslash', named('a\\b'), 'name_character', 'name'],
  ['a name with half of a mangled byte', named('a\\x2'), 'name_character', 'name'],
  ['a name with a mangled byte that is not hex', named('a\\x2g'), 'name_character', 'name'],
  ['a name beyond ASCII', named('é'), 'name_character', 'name'],
  ['a uuid with a slash', { v: 1, action: 'info', uuid: 'a/b' }, 'name_character', 'uuid'],
  ['the name control', named('control'), 'reserved_name', 'name'],
  ['the name .', named('.'), 'reserved_name', 'name'],
  ['the name ..', { v: 1, action: 'remove', name: '..' }, 'reserved_name', 'name'],
];

const NUMBERS: Row[] = [
  ['a length that is true', length(true), 'wrong_type', 'targets[0].length'],
  ['a length that is nil', length(null), 'wrong_type', 'targets[0].length'],
  ['a length that is binary', length(new Uint8Array([0x38])), 'wrong_type', 'targets[0].length'],
  ['an empty length', length(''), 'bad_number', 'targets[0].length'],
  ['a length with a sign', length('+8'), 'bad_number', 'targets[0].length'],
  ['a length with a leading zero', length('08'), 'bad_number', 'targets[0].length'],
  ['a length with a blank in front', length(' 8'), 'bad_number', 'targets[0].length'],
  ['a unit alone', length('KiB'), 'bad_number', 'targets[0].length'],
  ['hexadecimal', length('0x8'), 'unknown_unit', 'targets[0].length'],
  ['a blank behind the digits', length('8 '), 'unknown_unit', 'targets[0].length'],
  ['an SI unit', length('1MB'), 'unknown_unit', 'targets[0].length'],
  ['a unit in another case', length('1mib'), 'unknown_unit', 'targets[0].length'],
  ['sectors in capitals', length('8S'), 'unknown_unit', 'targets[0].length'],
  ['a fraction with a unit', length('1.5MiB'), 'unknown_unit', 'targets[0].length'],
  ['a unit for a number of blocks', verity({ dataBlocks: '8s' }), 'bad_number', 'targets[0].dataBlocks'],
  ['bytes that are not whole sectors', length('1000B'), 'not_whole_sectors', 'targets[0].length'],
  ['2^64 as digits', length('18446744073709551616'), 'number_too_large', 'targets[0].length'],
  ['thirty digits', length('9'.repeat(30)), 'number_too_large', 'targets[0].length'],
  ['thirty digits and a unit', length(`${'9'.repeat(30)}KiB`), 'number_too_large', 'targets[0].length'],
  ['a unit that takes it past 2^64', length('18446744073709551615EiB'), 'number_too_large', 'targets[0].length'],
  ['-1', length(-1), 'negative_number', 'targets[0].length'],
  ['-1 in 8 bits', length(as('int8', -1)), 'negative_number', 'targets[0].length'],
  ['-2^15', length(as('int16', -32768)), 'negative_number', 'targets[0].length'],
  ['-2^31', length(as('int32', -(2n ** 31n))), 'negative_number', 'targets[0].length'],
  ['-2^63', length(as('int64', -(2n ** 63n))), 'negative_number', 'targets[0].length'],
  ['-8 as a float', length(float(-8)), 'negative_number', 'targets[0].length'],
  ['1.5', length(float(1.5)), 'fraction', 'targets[0].length'],
  ['the smallest float', length(float(Number.MIN_VALUE)), 'fraction', 'targets[0].length'],
  ['2^53 + 2 as a float', length(float(2 ** 53 + 2)), 'fraction', 'targets[0].length'],
  ['2^64 as a float', length(float(2 ** 64)), 'fraction', 'targets[0].length'],
  ['NaN', length(float(Number.NaN)), 'fraction', 'targets[0].length'],
  ['infinity', length(float(Number.POSITIVE_INFINITY)), 'fraction', 'targets[0].length'],
  ['a 32-bit float', length(as('float32', 8)), 'fraction', 'targets[0].length'],
];

const TABLE: Row[] = [
  ['no target', typed(), 'empty_table', 'targets'],
  ['an empty text', text(''), 'empty_table', 'table'],
  ['comments alone', text('# nothing\n\n  # here\n'), 'empty_table', 'table'],
  ['a target that is text', typed('0 8 zero'), 'wrong_type', 'targets[0]'],
  ['a second target that is nil', typed(zero, null), 'wrong_type', 'targets[1]'],
  ['a length of zero', length(0), 'zero_length', 'targets[0].length'],
  ['a length of zero in text', text('0 0 zero'), 'zero_length', 'table[0].length'],
  ['a first start that is not zero', typed({ ...zero, start: 8 }), 'first_start', 'targets[0].start'],
  ['a first start in text', text('8 8 zero'), 'first_start', 'table[0].start'],
  ['a gap', typed(zero, { ...zero, start: 16 }), 'gap', 'targets[1].start'],
  ['a gap in text', text('0 8 zero\n16 8 zero\n'), 'gap', 'table[1].start'],
  ['an overlap', typed(zero, { ...zero, start: 7 }), 'overlap', 'targets[1].start'],
  ['an overlap in text, behind a comment', text('#\n0 8 zero\n\n0 8 zero'), 'overlap', 'table[1].start'],
  ['a length of 2^54', length(2n ** 54n), 'table_too_long', 'targets[0].length'],
  ['a length of 2^64 - 1', length(2n ** 64n - 1n), 'table_too_long', 'targets[0].length'],
  ['an end past 2^54 - 1', typed({ ...zero, length: 2n ** 54n - 8n }, zero), 'table_too_long', 'targets[1].length'],
  ['verity that may be written', typed(VERITY), 'read_only_required', 'readOnly'],
  ['verity beside zero', { ...create, readOnly: true, targets: [zero, VERITY] }, 'singleton', 'targets[1].type'],
  ['verity in front of zero', { ...create, readOnly: true, targets: [VERITY, zero] }, 'singleton', 'targets[0].type'],
  ['a line with a start alone', text('0'), 'short_line', 'table[0].length'],
  ['a line without a type', text('0 8'), 'short_line', 'table[0].type'],
  ['a start with a sign', text('-0 8 zero'), 'bad_number', 'table[0].start'],
  ['a length with a unit in text', text('0 1MiB zero'), 'bad_number', 'table[0].length'],
  ['a zero byte in text', text('0 8 ze\0ro'), 'params_character', 'table[0].params'],
  ['a vertical tab in text', text('0 8\vzero'), 'params_character', 'table[0].params'],
  ['a carriage return inside a line', text('0 8 foo a\rb'), 'params_character', 'table[0].params'],
  ['a DEL in binary text', text(Buffer.from('0 8 foo \x7f')), 'params_character', 'table[0].params'],
];

const TARGETS: Row[] = [
  ['a target without a type', typed({ length: 8 }), 'missing_field', 'targets[0].type'],
  ['a target without a length', typed({ type: 'zero' }), 'missing_field', 'targets[0].length'],
  ['a type that is a number', typed({ type: 1, length: 8 }), 'wrong_type', 'targets[0].type'],
  ['an empty type', raw('', ''), 'empty_type', 'targets[0].type'],
  ['a type of 16 bytes', raw('t'.repeat(16), ''), 'type_too_long', 'targets[0].type'],
  ['a type in capitals', raw('Zero', ''), 'type_character', 'targets[0].type'],
  ['a type with a blank', raw('ze ro', ''), 'type_character', 'targets[0].type'],
  ['a type in text that is no name', text('0 8 ../zero'), 'type_character', 'table[0].type'],
  ['an unknown target without params', typed({ type: 'unheard-of', length: 8 }), 'missing_params', 'targets[0].params'],
  ['params that are a number', raw('unheard-of', 1), 'wrong_type', 'targets[0].params'],
  ['params that are an array', raw('linear', ['/dev/sda', 0]), 'wrong_type', 'targets[0].params'],
  ['params with a newline', raw('unheard-of', 'a\nb'), 'params_character', 'targets[0].params'],
  ['params with a zero byte', raw('unheard-of', 'a\0'), 'params_character', 'targets[0].params'],
  ['params with a quoted zero byte', raw('unheard-of', 'a\\\0'), 'params_character', 'targets[0].params'],
  ['params with a quoted newline', raw('unheard-of', 'a\\\nb'), 'params_character', 'targets[0].params'],
  ['params that end in a backslash', raw('unheard-of', 'a\\'), 'trailing_backslash', 'targets[0].params'],
  ['params with a byte 0xA0', raw('unheard-of', '/dev/à'), 'value_character', 'targets[0].params'],
  ['a field beside params', typed({ ...linear, params: '/dev/sda 0' }), 'unknown_field', 'targets[0].device'],
  ['a field of another target', typed({ ...zero, device: '/dev/sda' }), 'unknown_field', 'targets[0].device'],
  ['too few words', raw('linear', '/dev/sda'), 'missing_word', 'targets[0].offset'],
  ['no words', text('0 8 linear'), 'missing_word', 'table[0].device'],
  ['a word too many', raw('linear', '/dev/sda 0 0'), 'extra_word', 'targets[0].params'],
  ['words for zero', text('0 8 zero 0'), 'extra_word', 'table[0].params'],
  ['one word for error', text('0 8 error /dev/sda'), 'missing_word', 'table[0].offset'],
  [
    'error with a device alone',
    typed({ type: 'error', length: 8, device: '/a' }),
    'missing_field',
    'targets[0].offset',
  ],
  ['error with an offset alone', typed({ type: 'error', length: 8, offset: 0 }), 'missing_field', 'targets[0].device'],
  ['a device that is a number', typed({ ...linear, device: 7 }), 'wrong_type', 'targets[0].device'],
  ['an empty device', typed({ ...linear, device: '' }), 'empty_value', 'targets[0].device'],
  ['a relative path', typed({ ...linear, device: 'sda' }), 'bad_device', 'targets[0].device'],
  ['PARTUUID=', typed({ ...linear, device: 'PARTUUID=1' }), 'bad_device', 'targets[0].device'],
  ['major 4096', typed({ ...linear, device: '4096:0' }), 'bad_device', 'targets[0].device'],
  ['minor 2^20', typed({ ...linear, device: '0:1048576' }), 'bad_device', 'targets[0].device'],
  ['a minor with a leading zero', text('0 8 linear 7:00 0'), 'bad_device', 'table[0].device'],
  ['a major without a minor', text('0 8 linear 7: 0'), 'bad_device', 'table[0].device'],
  ['a device with a zero byte', typed({ ...linear, device: '/dev/\0' }), 'value_character', 'targets[0].device'],
  ['a device with a newline', typed({ ...linear, device: '/dev/\n' }), 'value_character', 'targets[0].device'],
  [
    'a path of 4096 bytes',
    typed({ ...linear, device: '/' + 'a'.repeat(4095) }),
    'device_too_long',
    'targets[0].device',
  ],
  ['linear without an offset', typed(without(linear, 'offset')), 'missing_field', 'targets[0].offset'],
  [
    'an offset past 2^64',
    typed({ ...linear, offset: '99999999999999999999' }),
    'number_too_large',
    'targets[0].offset',
  ],
  ['an area past 2^54', typed({ ...linear, offset: 2n ** 54n - 8n }), 'linear_past_last_sector', 'targets[0].offset'],
  ['stripes that are a map', typed({ ...striped, stripes: {} }), 'wrong_type', 'targets[0].stripes'],
  ['no stripe', typed({ ...striped, stripes: [] }), 'list_too_short', 'targets[0].stripes'],
  ['no stripe in text', text('0 8 striped 0 8'), 'list_too_short', 'table[0].stripes'],
  ['no list of stripes', typed(without(striped, 'stripes')), 'missing_field', 'targets[0].stripes'],
  ['a stripe that is text', typed({ ...striped, stripes: ['/dev/sda'] }), 'wrong_type', 'targets[0].stripes[0]'],
  [
    "a stripe's field that does not exist",
    typed({ ...striped, stripes: [stripe, { ...stripe, size: 1 }] }),
    'unknown_field',
    'targets[0].stripes[1].size',
  ],
  [
    'a stripe without an offset',
    typed(zero, { ...striped, stripes: [stripe, { device: '/dev/sdb' }] }),
    'missing_field',
    'targets[1].stripes[1].offset',
  ],
  ['fewer stripes than counted', text('0 16 striped 2 8 /a 0'), 'missing_word', 'table[0].stripes[1].device'],
  [
    '2^32 - 1 stripes that do not follow',
    text('0 16 striped 4294967295 8 /a 0'),
    'missing_word',
    'table[0].stripes[1].device',
  ],
  ['2^32 stripes', text('0 16 striped 4294967296 8 /a 0'), 'list_too_long', 'table[0].stripes'],
  ['2^64 - 1 stripes', text('0 16 striped 18446744073709551615 8 /a 0'), 'list_too_long', 'table[0].stripes'],
  ['more stripes than counted', text('0 8 striped 1 8 /a 0 /b 0'), 'extra_word', 'table[0].params'],
  ['chunks of zero sectors', typed({ ...striped, chunkSize: 0 }), 'out_of_range', 'targets[0].chunkSize'],
  ['chunks of 2^32 sectors', typed({ ...striped, chunkSize: 2 ** 32 }), 'out_of_range', 'targets[0].chunkSize'],
  [
    'an odd length over two stripes',
    typed({ ...striped, length: 17 }),
    'striped_length_not_divisible',
    'targets[0].length',
  ],
  ['a device to rebuild twice', typed({ ...mirrored, rebuild: [0, 1, 0] }), 'number_repeated', 'targets[0].rebuild[2]'],
  [
    'a device mostly written twice, in words',
    text('0 8 raid raid1 5 0 write_mostly 1 write_mostly 1 2 - /a - /b'),
    'number_repeated',
    'table[0].writeMostly[1]',
  ],
  ['half a chunk for each stripe', typed({ ...striped, length: 24 }), 'striped_length_not_chunks', 'targets[0].length'],
];

const VERITIES: Row[] = [
  ['hash type 2', verity({ hashType: 2 }), 'out_of_range', 'targets[0].hashType'],
  ['data blocks of 256 bytes', verity({ dataBlockSize: 256 }), 'out_of_range', 'targets[0].dataBlockSize'],
  ['data blocks of 1000 bytes', verity({ dataBlockSize: 1000 }), 'not_power_of_two', 'targets[0].dataBlockSize'],
  ['hash blocks of 333 bytes', verity({ hashBlockSize: 333 }), 'out_of_range', 'targets[0].hashBlockSize'],
  ['no data block', verity({ dataBlocks: 0 }), 'out_of_range', 'targets[0].dataBlocks'],
  ['an algorithm with a blank', verity({ algorithm: 'sha 256' }), 'value_character', 'targets[0].algorithm'],
  ['an empty algorithm', verity({ algorithm: '' }), 'empty_value', 'targets[0].algorithm'],
  ['an algorithm that is a number', verity({ algorithm: 256 }), 'wrong_type', 'targets[0].algorithm'],
  ['a digest that is binary', verity({ rootDigest: new Uint8Array(32) }), 'wrong_type', 'targets[0].rootDigest'],
  ['a digest that is not hex', verity({ rootDigest: 'xy'.repeat(32) }), 'bad_hex', 'targets[0].rootDigest'],
  ['an empty digest', verity({ rootDigest: '' }), 'empty_value', 'targets[0].rootDigest'],
  ['half a byte of digest', verity({ rootDigest: SHA256 + 'a' }), 'odd_hex', 'targets[0].rootDigest'],
  ['half a byte of salt', verity({ salt: 'abc' }), 'odd_hex', 'targets[0].salt'],
  ['a salt that is nil', verity({ salt: null }), 'wrong_type', 'targets[0].salt'],
  [
    'more data than a device holds',
    verity({ dataBlocks: 2n ** 51n }),
    'verity_data_too_large',
    'targets[0].dataBlocks',
  ],
  [
    'more data than 64 bits of sectors hold',
    verity({ dataBlocks: 2n ** 63n }),
    'verity_data_too_large',
    'targets[0].dataBlocks',
  ],
  ['a length past the data', verity({ length: 72 }), 'verity_length_past_data', 'targets[0].length'],
  ['a length of half a block', verity({ length: 60 }), 'verity_length_not_blocks', 'targets[0].length'],
  [
    'a hash start past any device',
    verity({ hashStartBlock: 2n ** 51n }),
    'verity_hash_start_too_large',
    'targets[0].hashStartBlock',
  ],
  [
    'a hash tree inside the data',
    verity({ hashDevice: '/dev/sda', hashStartBlock: 7 }),
    'verity_hash_overlaps_data',
    'targets[0].hashStartBlock',
  ],
  ['the digest of another algorithm', verity({ algorithm: 'sha512' }), 'verity_digest_length', 'targets[0].rootDigest'],
  [
    'a digest larger than half a block',
    verity({ algorithm: 'unheard-of', rootDigest: 'ab'.repeat(300), hashBlockSize: 512 }),
    'verity_digest_exceeds_block',
    'targets[0].hashBlockSize',
  ],
  ['error correction in part', verity({ fecRoots: 2 }), 'verity_fec_incomplete', 'targets[0].fecDevice'],
  [
    'error correction over unequal blocks',
    verity({ ...FEC, hashBlockSize: 1024 }),
    'verity_fec_block_sizes',
    'targets[0].hashBlockSize',
  ],
  [
    'error correction that covers too little',
    verity({ ...FEC, fecBlocks: 7 }),
    'verity_fec_blocks_too_few',
    'targets[0].fecBlocks',
  ],
  [
    'error correction past the last sector',
    verity({ ...FEC, fecStartBlock: 2n ** 62n }),
    'verity_fec_too_large',
    'targets[0].fecStartBlock',
  ],
  [
    'error correction inside the data',
    verity({ ...FEC, fecDevice: '/dev/sda' }),
    'verity_fec_overlaps_data',
    'targets[0].fecStartBlock',
  ],
  ['25 roots', verity({ ...FEC, fecRoots: 25 }), 'out_of_range', 'targets[0].fecRoots'],
  ['an option that is 1', verity({ ignoreZeroBlocks: 1 }), 'wrong_type', 'targets[0].ignoreZeroBlocks'],
  ['a choice that is true', verity({ onCorruption: true }), 'wrong_type', 'targets[0].onCorruption'],
  ['a choice that does not exist', verity({ onCorruption: 'reboot' }), 'unknown_choice', 'targets[0].onCorruption'],
  ["a choice by the kernel's word", verity({ onError: 'panic_on_error' }), 'unknown_choice', 'targets[0].onError'],
  ['an option that does not exist', verityWords('1 use_magic'), 'unknown_option', 'table[0].params'],
  ['an option twice', verityWords('2 ignore_zero_blocks ignore_zero_blocks'), 'option_repeated', 'table[0].params'],
  [
    'two answers to corruption',
    verityWords('2 ignore_corruption restart_on_corruption'),
    'option_repeated',
    'table[0].params',
  ],
  [
    'a thousand repeats of an option',
    verityWords(`1000 ${repeated('check_at_most_once', 1000)}`),
    'option_repeated',
    'table[0].params',
  ],
  ['fewer options than counted', verityWords('2 ignore_corruption'), 'option_count', 'table[0].params'],
  ['more options than counted', verityWords('0 ignore_corruption'), 'option_count', 'table[0].params'],
  ['a count that is no number', verityWords('ignore_corruption'), 'bad_number', 'table[0].params'],
  ['an option without its value', verityWords('1 fec_roots'), 'missing_word', 'table[0].params'],
  ['an option with a bad value', verityWords('2 fec_roots 1'), 'out_of_range', 'table[0].fecRoots'],
];

const header = new Uint8Array(312);
const reply = (size: number, fields: Record<number, number>): Uint8Array => {
  const bytes = Buffer.alloc(size);
  for (const [at, value] of Object.entries({ 0: 4, 4: 50, 12: size, 16: 312, ...fields })) {
    bytes.writeUInt32LE(value, Number(at));
  }
  return bytes;
};

const REPLIES: Row[] = [
  ['no command', { payload: header }, 'missing_field', 'command'],
  ['no payload', { command: 0 }, 'missing_field', 'payload'],
  ['a command that does not exist', { command: 99, payload: header }, 'unknown_command', 'command'],
  ['a command by a name that does not exist', { command: 'DM_VERSION', payload: header }, 'unknown_command', 'command'],
  ['a command that is nil', { command: null, payload: header }, 'wrong_type', 'command'],
  ['a payload that is text', { command: 0, payload: 'x'.repeat(312) }, 'wrong_type', 'payload'],
  ['a payload of 311 bytes', { command: 0, payload: header.subarray(1) }, 'payload_too_short', 'payload'],
  ['an empty payload', { command: 0, payload: new Uint8Array() }, 'payload_too_short', 'payload'],
  ['a field that does not exist', { command: 0, payload: header, v: 1 }, 'unknown_field', 'v'],
  ['a reply that is neither true nor false', { command: 0, payload: header, reply: 1 }, 'wrong_type', 'reply'],
  ['a list', [], 'wrong_type', ''],
];

const LAYOUTS: Row[] = [
  ['2^32 - 1 targets', { command: 12, payload: reply(400, { 20: 0xffffffff }) }, 'reply_malformed', 'payload'],
  [
    'a target without a terminator',
    { command: 12, payload: reply(353, { 20: 1, 349: 0x41414141 }) },
    'reply_malformed',
    'payload',
  ],
  [
    'a second target inside the first',
    { command: 12, payload: reply(500, { 20: 2, 332: 8 }) },
    'reply_malformed',
    'payload',
  ],
  [
    'a second target past the end',
    { command: 12, payload: reply(500, { 20: 2, 332: 0xfffffff8 }) },
    'reply_malformed',
    'payload',
  ],
  [
    '2^32 - 1 devices that a table has open',
    { command: 11, payload: reply(400, { 312: 0xffffffff }) },
    'reply_malformed',
    'payload',
  ],
  [
    'a device record inside itself',
    { command: 2, payload: reply(400, { 312: 1, 320: 8 }) },
    'reply_malformed',
    'payload',
  ],
  [
    'a device record past the end',
    { command: 2, payload: reply(400, { 312: 1, 320: 0xffffff00 }) },
    'reply_malformed',
    'payload',
  ],
  ['an answer that begins elsewhere', { command: 11, payload: reply(400, { 16: 320 }) }, 'reply_malformed', 'payload'],
];

/** A superblock as bytes, with others at that place. */
export const superblock = (at = 0, ...bytes: number[]): Uint8Array => {
  const block = Buffer.alloc(512);
  block.write('verity');
  block.set([1, 0, 0, 0, 1], 8);
  block.write('sha256', 32);
  block.writeUInt32LE(4096, 64);
  block.writeUInt32LE(4096, 68);
  block.writeUInt32LE(8, 72);
  block.set(bytes, at);
  return new Uint8Array(block);
};
export const SUPERBLOCK = {
  v: 1,
  action: 'verity_superblock',
  hashType: 1,
  uuid: '00000000-0000-0000-0000-000000000000',
  algorithm: 'sha256',
  dataBlockSize: 4096,
  hashBlockSize: 4096,
  dataBlocks: 8,
};
const { uuid: _, ...WITHOUT_UUID } = SUPERBLOCK;
export const verityLayout = (fields: object): Packable => ({
  ...WITHOUT_UUID,
  action: 'layout',
  kind: 'verity',
  ...fields,
});

const IMAGES: Row[] = [
  ['a superblock of no version', { ...SUPERBLOCK, v: 2 }, 'unsupported_version', 'v'],
  ['a superblock with an unknown field', { ...SUPERBLOCK, size: 1 }, 'unknown_field', 'size'],
  [
    'a superblock of another version',
    { ...SUPERBLOCK, superblockVersion: 2 },
    'verity_superblock_version',
    'superblockVersion',
  ],
  ['a superblock of another hash type', { ...SUPERBLOCK, hashType: 2 }, 'verity_hash_type', 'hashType'],
  ['a superblock with half a uuid', { ...SUPERBLOCK, uuid: '00000000-0000' }, 'verity_uuid', 'uuid'],
  ['a superblock without a uuid', WITHOUT_UUID, 'missing_field', 'uuid'],
  ['a superblock with a long salt', { ...SUPERBLOCK, salt: 'ab'.repeat(257) }, 'verity_salt_size', 'salt'],
  ['a superblock with a salt of words', { ...SUPERBLOCK, salt: 'no' }, 'bad_hex', 'salt'],
  ['a superblock with half a byte of salt', { ...SUPERBLOCK, salt: 'abc' }, 'odd_hex', 'salt'],
  ['a tree of an unknown algorithm', verityLayout({ algorithm: 'sha3' }), 'verity_algorithm', 'algorithm'],
  ['a tree of odd blocks', verityLayout({ dataBlockSize: 1000 }), 'verity_block_size', 'dataBlockSize'],
  ['a tree over nothing', verityLayout({ dataBlocks: 0 }), 'verity_no_data', 'dataBlocks'],
  [
    'a tree over too much',
    verityLayout({ dataBlocks: '18446744073709551615' }),
    'verity_too_many_blocks',
    'dataBlocks',
  ],
  ['a tree between sectors', verityLayout({ hashOffset: 1 }), 'verity_hash_offset', 'hashOffset'],
  [
    'a tree at the end of the world',
    verityLayout({ hashOffset: '18446744073709551104' }),
    'verity_hash_too_far',
    'hashOffset',
  ],
  ['a tree past the end', verityLayout({ hashOffset: '9223372036854771712' }), 'verity_hash_too_far', 'hashOffset'],
  ['a tree in its own data', verityLayout({ hashOffset: 4096, sameDevice: true }), 'verity_tree_in_data', 'hashOffset'],
  ['a tree that is perhaps on one device', verityLayout({ sameDevice: 1 }), 'wrong_type', 'sameDevice'],
];

const SUPERBLOCKS: Row[] = [
  ['a superblock that is text', { superblock: 'verity' }, 'wrong_type', 'superblock'],
  ['a superblock with a command', { superblock: superblock(), command: 3 }, 'unknown_field', 'command'],
  ['half a superblock', { superblock: superblock().slice(256) }, 'verity_superblock_size', 'superblock'],
  ['another signature', { superblock: superblock(0, 0x56) }, 'verity_no_superblock', 'superblock'],
  ['bytes between the fields', { superblock: superblock(85, 1) }, 'verity_superblock_padding', 'superblock'],
  ['a salt that leaves its field', { superblock: superblock(80, 255, 255) }, 'verity_salt_size', 'superblock'],
];

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...REFUSED_LAYOUTS,
  ...rows('plan', [...ENCODING, ...FIELDS, ...NAMES, ...NUMBERS, ...TABLE, ...TARGETS, ...VERITIES]),
  ...rows('plan', [...BAD_ACTIONS, ...IMAGES]),
  ...rows('decode', [...REPLIES, ...LAYOUTS, ...SUPERBLOCKS]),
  ...rows('inspect', REPLIES),
];

/** Errors that no small request brings about, and why. */
export const OUT_OF_REACH: Readonly<Record<string, string>> = {
  too_many_targets: 'takes 1,048,577 rows: see table.test.ts',
  request_too_large: 'takes a table of hundreds of megabytes: see the full form of fuzz/hostile.test.ts',
  payload_too_large: 'a payload past 1 GiB does not fit into the memory of 1 GiB: request_too_large comes first',
};
