/**
 * Every error of the planner. Codes and names never change and are never used again. `{0}`, `{1}` … stand for values of
 * the case. The errors of targets' rules stand with the rules (`targets/`), from code 1000 on.
 */
export interface ErrorText {
  code: number;
  name: string;
  message: string;
}

export const ERRORS = [
  // The request as MessagePack
  {
    code: 1,
    name: 'malformed_request',
    message: 'the request is not well-formed MessagePack; encode one map, with nothing behind it',
  },
  { code: 2, name: 'nested_too_deep', message: 'the request nests deeper than {0} levels' },
  { code: 3, name: 'not_text', message: 'the text is not UTF-8' },
  {
    code: 4,
    name: 'extension_refused',
    message: 'MessagePack extension types are not read; use nil, booleans, numbers, text, binary, arrays and maps',
  },
  { code: 5, name: 'duplicate_field', message: 'the field "{0}" is given twice' },
  {
    code: 6,
    name: 'request_too_large',
    message:
      "the request and its plan do not fit into the planner's memory; split the table or give the request to a fresh planner",
  },
  { code: 7, name: 'no_request', message: 'no request was written; call request(length) and write the bytes first' },
  { code: 8, name: 'too_many_fields', message: 'a map holds at most {0} fields' },

  // The request's fields
  { code: 10, name: 'unsupported_version', message: 'request version {0} is not known; this planner reads version 1' },
  { code: 11, name: 'missing_field', message: 'the field "{0}" is required' },
  { code: 12, name: 'unknown_field', message: 'there is no field "{0}" here; known are {1}' },
  { code: 13, name: 'wrong_type', message: 'expected {0}' },
  { code: 14, name: 'unknown_action', message: 'there is no action "{0}"; known are {1}' },
  { code: 15, name: 'conflicting_fields', message: 'give either "{0}" or "{1}", not both' },
  { code: 16, name: 'not_for_action', message: 'the field "{0}" has no meaning for the action "{1}"; leave it out' },

  // Names
  { code: 20, name: 'empty_name', message: 'a {0} is at least one byte long' },
  { code: 21, name: 'name_too_long', message: 'a {0} is at most {1} bytes long, this one is {2}' },
  {
    code: 22,
    name: 'name_character',
    message:
      'a {0} is made of letters, digits and #+.:=@_- (others as \\x and two hex digits) and this one holds "{1}"; udev and shells misread anything else',
  },
  {
    code: 23,
    name: 'reserved_name',
    message: 'the name "{0}" is not allowed: the kernel and /dev/mapper use it themselves',
  },

  // Numbers
  {
    code: 30,
    name: 'bad_number',
    message: '"{0}" is not a whole number; write decimal digits without sign, blanks or leading zeros',
  },
  { code: 31, name: 'number_too_large', message: 'the number does not fit into 64 bits' },
  { code: 32, name: 'out_of_range', message: '{0} is outside {1} to {2}' },
  { code: 33, name: 'not_power_of_two', message: '{0} is not a power of two' },
  {
    code: 34,
    name: 'unknown_unit',
    message: '"{0}" has no unit that is known; use B, s (sectors of 512 bytes), KiB, MiB, GiB, TiB, PiB or EiB',
  },
  {
    code: 35,
    name: 'not_whole_sectors',
    message: '{0} bytes are not a whole number of 512-byte sectors; nothing is rounded',
  },
  { code: 36, name: 'negative_number', message: 'the number is negative' },
  {
    code: 37,
    name: 'fraction',
    message: 'the number is not a whole number below 2^53; give an integer or a decimal string',
  },

  // The table
  { code: 40, name: 'empty_table', message: 'the table holds no target' },
  { code: 41, name: 'too_many_targets', message: 'a table holds at most {0} targets' },
  { code: 42, name: 'zero_length', message: 'a target is at least one sector long' },
  { code: 43, name: 'first_start', message: 'the first target starts at sector {0}; a table starts at sector 0' },
  {
    code: 44,
    name: 'gap',
    message: 'the target starts at sector {0}, but the one before ends at sector {1}: nothing maps the sectors between',
  },
  { code: 45, name: 'overlap', message: 'the target starts at sector {0}, but the one before ends only at sector {1}' },
  {
    code: 46,
    name: 'table_too_long',
    message: 'the target would end past sector 2^54 - 1, the last that device-mapper can address',
  },
  { code: 47, name: 'payload_too_large', message: 'the table takes more than the {0} bytes that one ioctl carries' },
  { code: 48, name: 'singleton', message: 'a {0} target is the only one of its table' },
  { code: 49, name: 'read_only_required', message: 'a {0} target is loaded read-only; set "readOnly"' },
  { code: 50, name: 'short_line', message: 'the line ends before its {0}; write: start length type params' },

  // A target
  { code: 60, name: 'empty_type', message: 'a target type is at least one byte long' },
  { code: 61, name: 'type_too_long', message: 'a target type is at most 15 bytes long, this one is {0}' },
  { code: 62, name: 'type_character', message: 'a target type is made of a-z, 0-9, - and _, and this one holds "{0}"' },
  { code: 63, name: 'missing_word', message: 'the params of {0} end before "{1}"' },
  {
    code: 64,
    name: 'extra_word',
    message: 'the params of {0} end before "{1}"; the kernel would ignore or refuse what follows',
  },
  {
    code: 65,
    name: 'params_character',
    message: 'params hold a control byte ({0}); the kernel reads them as words parted by blanks',
  },
  {
    code: 66,
    name: 'missing_params',
    message: 'the planner does not know the fields of "{0}"; give its words as "params"',
  },
  { code: 67, name: 'empty_value', message: 'an empty word cannot be expressed in a table' },
  {
    code: 68,
    name: 'value_character',
    message: 'the value holds "{0}", which would end the word or be read as another',
  },
  { code: 69, name: 'bad_hex', message: '"{0}" is not hexadecimal; write two digits for every byte' },
  { code: 70, name: 'odd_hex', message: '{0} hex digits are half a byte too many or too few' },
  { code: 71, name: 'unknown_option', message: '{0} has no option "{1}"; it has {2}' },
  { code: 72, name: 'option_repeated', message: 'the option "{0}" contradicts or repeats one before it' },
  { code: 73, name: 'option_count', message: 'the count says {0} words of options, but {1} follow' },
  { code: 74, name: 'unknown_choice', message: '"{0}" is none of {1}' },
  { code: 75, name: 'list_too_short', message: 'the list "{0}" has {1} elements; at least {2} are needed' },
  {
    code: 76,
    name: 'bad_device',
    message: '"{0}" is neither a path that starts with / nor major:minor (at most 4095:1048575, without leading zeros)',
  },
  { code: 78, name: 'trailing_backslash', message: 'the params end in a backslash that quotes nothing' },
  { code: 79, name: 'device_too_long', message: 'a device path is at most {0} bytes long, this one is {1}' },
  { code: 80, name: 'not_multiple', message: '{0} is not a multiple of {1}' },
  {
    code: 81,
    name: 'bad_key',
    message: 'the key is neither hex digits nor :bytes:type:description of a key in the keyring',
  },
  { code: 82, name: 'field_without', message: 'the field "{0}" has a meaning with "{1}" alone; leave it out' },
  { code: 83, name: 'list_too_long', message: 'the list "{0}" has {1} elements; at most {2} are allowed' },
  { code: 84, name: 'list_size', message: 'the list "{0}" has {1} elements, but {2} are announced' },
  { code: 85, name: 'pair_without_value', message: 'the key "{0}" has no value behind it' },
  {
    code: 86,
    name: 'option_too_new',
    message: 'the option "{0}" came with version {1} of the target; the one at hand is {2}',
  },
  {
    code: 97,
    name: 'unknown_message',
    message: 'a {0} target takes no message "{1}"; give it as text if a newer kernel does',
  },
  { code: 98, name: 'number_repeated', message: 'the list has {0} already; say it once' },
  {
    code: 88,
    name: 'command_too_new',
    message: 'the command {0} came with version {1} of the interface; the one at hand is {2}',
  },
  { code: 89, name: 'geometry_start', message: 'the start {0} is past the end of the geometry, {1} sectors' },
  { code: 87, name: 'read_only_refused', message: 'a {0} target cannot be loaded read-only; leave "readOnly" out' },

  // Replies and payloads
  { code: 90, name: 'unknown_command', message: 'there is no device-mapper command {0}' },
  { code: 91, name: 'payload_too_short', message: 'the payload has {0} bytes; a device-mapper header alone has {1}' },
  { code: 92, name: 'reply_malformed', message: 'the reply does not follow the layout of {0} at byte {1}' },

  // Layouts
  { code: 110, name: 'unknown_layout', message: 'there is no layout of kind "{0}"; known are {1}' },
  {
    code: 111,
    name: 'device_too_small',
    message: 'nothing is left for data on {0} sectors; take a larger device or smaller blocks',
  },
  { code: 112, name: 'offset_past_end', message: 'the offset {0} is not before the end of the device, sector {1}' },
  {
    code: 114,
    name: 'digest_too_long',
    message: 'two digests of {0} bytes do not fit into a hash block of {1} bytes; take larger blocks',
  },
  {
    code: 116,
    name: 'hash_tree_too_high',
    message: 'the levels of the hash tree do not fit into 64 bits; take larger data blocks or smaller hash blocks',
  },
  {
    code: 117,
    name: 'inline_not_computed',
    message:
      "what inline mode provides depends on the device's integrity profile; load the table with the length of one block and read its status",
  },
  { code: 118, name: 'unknown_level', message: 'there is no RAID level {0}; known are 0, 1, 4, 5, 6 and 10' },
  { code: 119, name: 'not_for_level', message: 'the field "{0}" has no meaning for RAID level {1}; leave it out' },
  // Verity images
  {
    code: 140,
    name: 'verity_no_superblock',
    message: 'there is no verity superblock here: it would begin with "verity" and two zero bytes',
  },
  { code: 141, name: 'verity_superblock_size', message: 'a superblock has {1} bytes, these are {0}' },
  { code: 142, name: 'verity_superblock_version', message: 'superblock version {0} is not known; only 1 is' },
  { code: 143, name: 'verity_hash_type', message: 'hash type {0} is not known; 1 is usual, 0 the one of Chromium OS' },
  {
    code: 144,
    name: 'verity_block_size',
    message: '{0} bytes are no block size; give a power of two from {1} to {2}',
  },
  {
    code: 145,
    name: 'verity_algorithm',
    message: 'the hash algorithm "{0}" is not known; write it as the kernel does, such as sha256 or blake2b-512',
  },
  { code: 146, name: 'verity_no_data', message: 'there is no data block; at least one is needed' },
  {
    code: 147,
    name: 'verity_too_many_blocks',
    message: '{0} data blocks of {1} bytes are more than any device holds; give the number of blocks, not of bytes',
  },
  { code: 148, name: 'verity_salt_size', message: 'a salt has at most {1} bytes, this one has {0}' },
  {
    code: 149,
    name: 'verity_superblock_padding',
    message: 'byte {0} of the superblock belongs to no field and is not zero: it is damaged, or of a newer version',
  },
  {
    code: 150,
    name: 'verity_uuid',
    message: '"{0}" is no uuid; write 32 hex digits as 8-4-4-4-12, such as 12345678-9abc-4def-8123-456789abcdef',
  },
  {
    code: 151,
    name: 'verity_hash_offset',
    message: 'the hash offset {0} is not a multiple of {1}, which its superblock or hash blocks need',
  },
  {
    code: 152,
    name: 'verity_hash_too_far',
    message: 'a hash area from byte {0} on would end past the last that a device can have',
  },
  {
    code: 153,
    name: 'verity_tree_in_data',
    message: 'the hash area at byte {0} lies inside the {1} bytes of data on the same device; start it behind them',
  },
] as const satisfies readonly ErrorText[];
