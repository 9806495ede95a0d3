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

  // Replies and payloads
  { code: 90, name: 'unknown_command', message: 'there is no device-mapper command {0}' },
  { code: 91, name: 'payload_too_short', message: 'the payload has {0} bytes; a device-mapper header alone has {1}' },
  { code: 92, name: 'reply_malformed', message: 'the reply does not follow the layout of {0} at byte {1}' },
] as const satisfies readonly ErrorText[];
