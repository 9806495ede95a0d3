/**
 * What the fields of the structures of include/uapi/linux/dm-ioctl.h are for, and the colour of each. A field's value
 * is explained by the planner; this is what it means whatever its value.
 */

export interface Meaning {
  /** The name of a colour, which each drawing has its own for. */
  color: string;
  text: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  version: {
    color: 'version',
    text: 'The interface that the caller was written for: major, minor, patch. The kernel refuses another major number, and a minor number above its own; it answers with its own version.',
  },
  data_size: {
    color: 'size',
    text: 'How many bytes the buffer has, this header included. The kernel copies so many in, and writes at most so many back.',
  },
  data_start: {
    color: 'size',
    text: 'Where the data behind the header begins, in bytes from the start of the buffer.',
  },
  target_count: {
    color: 'count',
    text: 'How many targets follow: in a table that is loaded, and in a status that is answered.',
  },
  open_count: { color: 'count', text: 'Answered by the kernel: how often the device is open. 0 when sent.' },
  flags: {
    color: 'flags',
    text: 'DM_*_FLAG bits: what is asked for when sent, the state of the device when answered.',
  },
  event_nr: {
    color: 'count',
    text: 'The number of the last event of the device; DEV_WAIT waits for a later one. To DEV_SUSPEND it is the cookie of the uevent.',
  },
  dev: {
    color: 'dev',
    text: 'The number of the device, as the kernel encodes it; another way to say which device is meant. 0 when the name or the uuid says it.',
  },
  name: { color: 'name', text: 'The name of the device, ended by a zero byte: at most 127 bytes in 128.' },
  uuid: {
    color: 'uuid',
    text: 'The uuid of the device, ended by a zero byte: at most 128 bytes in 129. To DEV_CREATE the one it gets.',
  },
  data: { color: 'padding', text: 'Seven bytes that fill the header up to 312.' },
  sector_start: {
    color: 'sector',
    text: 'The first sector of the new device that this target maps. The first target starts at 0, every other where the one before ends.',
  },
  length: { color: 'length', text: 'How many sectors of 512 bytes this target maps.' },
  status: { color: 'count', text: 'For the kernel’s own answer; 0 when sent.' },
  next: {
    color: 'size',
    text: 'Where the next spec begins: when sent, in bytes from the start of this one; when answered, in bytes from data_start.',
  },
  target_type: {
    color: 'type',
    text: 'The name of the target, ended by a zero byte: at most 15 bytes in 16. The kernel loads the module of that name.',
  },
  params: {
    color: 'params',
    text: 'The words that the target’s constructor reads, parted by blanks and ended by a zero byte.',
  },
  padding: { color: 'padding', text: 'Bytes without a meaning: zeros, so that what follows is aligned.' },
  sector: { color: 'sector', text: 'The message goes to the target that maps this sector.' },
  message: { color: 'params', text: 'The words of the message, ended by a zero byte.' },
};

const OTHER: Meaning = { color: 'other', text: '' };

/** `targets[3].sector_start` is a `sector_start`. */
export function meaningOf(field: string): Meaning {
  const name = /[^.[\]]+(?=(?:\[\d+\])*$)/.exec(field)?.[0] ?? field;
  return MEANINGS[name] ?? OTHER;
}

/** What the commands do that plans are made of, as far as a person wants to know it here. */
export const COMMAND_MEANINGS: Readonly<Record<string, string>> = {
  VERSION: 'asks for the version of the interface',
  REMOVE_ALL: 'removes every device that is not in use',
  LIST_DEVICES: 'lists all devices',
  DEV_CREATE: 'makes the device, without a table',
  DEV_REMOVE: 'removes the device',
  DEV_RENAME: 'gives the device another name, or a uuid',
  DEV_SUSPEND: 'suspends or resumes the device; a resume puts the loaded table to use',
  DEV_STATUS: 'asks for the state of the device',
  DEV_WAIT: 'waits for an event of the device',
  TABLE_LOAD: 'loads a table into the inactive slot',
  TABLE_CLEAR: 'forgets the inactive table',
  TABLE_DEPS: 'asks which devices the table uses',
  TABLE_STATUS: 'asks for the status, or the table, of every target',
  LIST_VERSIONS: 'lists the targets that the kernel has',
  TARGET_MSG: 'sends a message to a target',
  DEV_SET_GEOMETRY: 'tells what old partitioning tools want to know of a disk',
  DEV_ARM_POLL: 'arms the control node for poll(2)',
  GET_TARGET_VERSION: 'asks for the version of one target',
};
