import { DmError } from '../../errors.ts';

/** Exit codes (cryptsetup, src/utils_tools.c translate_errno). */
export const EXIT = { ok: 0, wrong: 1, denied: 2, memory: 3, device: 4, busy: 5 } as const;

/** veritysetup's words for a failure, and its exit code. */
export interface Said {
  message: string;
  code: number;
}

/** A failure in veritysetup's own words. */
export class Failure extends Error {
  readonly code: number;

  constructor(message: string, code: number = EXIT.wrong) {
    super(message);
    this.code = code;
  }
}

/** What is at hand when something fails. */
export interface Names {
  data?: string;
  hash?: string;
  name?: string;
}

export const NO_DEVICE_MAPPER = 'Cannot initialize device-mapper. Is dm_mod kernel module loaded?';

/** strerror's, of what a load fails with. */
const ERRNO_TEXTS: Record<string, string> = {
  EINVAL: 'Invalid argument',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
};

type Say = (error: DmError, names: Names) => Said;

const say =
  (message: string, code: number = EXIT.wrong): Say =>
  () => ({ message, code });

/** As it is checked once when the area's size is asked for, and once when it is used (lib/verity/verity_fec.c). */
const twice = (message: string): string => `${message}\n${message}`;

const BY_CODE: Record<string, Say> = {
  verity_no_superblock: (_, { hash }) => ({
    message: `Device ${hash} is not a valid VERITY device.`,
    code: EXIT.wrong,
  }),
  verity_superblock_version: (_, { hash }) => ({ message: `Unsupported VERITY version on ${hash}.`, code: EXIT.wrong }),
  verity_superblock_padding: say('VERITY header corrupted.'),
  verity_salt_size: say('VERITY header corrupted.'),
  verity_block_size: say('Unsupported VERITY block size.'),
  verity_hash_offset: say('Unsupported VERITY hash offset.'),
  verity_tree_in_data: say('Data area overlaps with hash area.'),
  verity_hash_too_far: say('Hash area overflow.'),
  verity_too_many_blocks: say('Hash area overflow.'),
  verity_fec_roots: say(twice('Invalid number of parity bytes.')),
  verity_fec_block_sizes: say(twice('Block sizes must match for FEC.')),
  verity_fec_overlap: say('Data area overlaps with FEC area.'),
  verity_fec_offset: say('Unsupported VERITY FEC offset.'),
  verity_uuid: (_, { hash }) => ({ message: `Wrong VERITY UUID format provided on device ${hash}.`, code: EXIT.wrong }),
  verity_no_data: (_, { data }) => ({
    message: `Header detected but device ${data} is too small.`,
    code: EXIT.wrong,
  }),
  verity_data_too_short: say('Input/output error while creating hash area.'),
  verity_root_digest: say('Invalid root hash string specified.'),
  no_device_mapper: say(NO_DEVICE_MAPPER),
  device_exists: (_, { name }) => ({ message: `Device ${name} already exists.`, code: EXIT.busy }),
  device_busy: (_, { name }) => ({ message: `Device ${name} is still in use.`, code: EXIT.busy }),
  no_such_device: (_, { name }) => ({ message: `Device ${name} is not active.`, code: EXIT.device }),
  table_refused: ({ errno }, { name }) => ({
    message: `device-mapper: reload ioctl on ${name} failed: ${errno ? (ERRNO_TEXTS[errno.name] ?? errno.name) : 'refused'}`,
    code: EXIT.device,
  }),
  not_verity: (_, { name }) => ({ message: `Device ${name} is not a valid VERITY device.`, code: EXIT.wrong }),
};

/** Anything that was thrown, as veritysetup would say it. */
export function saidOf(error: unknown, names: Names): Said {
  if (error instanceof Failure) return { message: error.message, code: error.code };
  if (!(error instanceof DmError)) return { message: error instanceof Error ? error.message : String(error), code: 1 };
  if (error.code === 'not_an_image' || /EISDIR/.test(error.message)) {
    return { message: `Device ${error.message.split(' ')[0]} is not compatible.`, code: EXIT.device };
  }
  if (error.code === 'unreadable_file' || error.code === 'unwritable_file') {
    const path = error.message.replace(/ cannot be opened: .*/s, '');
    return { message: `Device ${path} does not exist or access denied.`, code: EXIT.device };
  }
  return BY_CODE[error.code]?.(error, names) ?? { message: error.message, code: EXIT.wrong };
}
