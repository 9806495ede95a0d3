import type { CommandName } from './commands.ts';
import type { Errno } from './errors.ts';

/** What an errno of one command means, as drivers/md/dm-ioctl.c and dm-table.c return it. */
interface Cause {
  /** The commands it is meant for; all of them unless given. */
  commands?: CommandName[];
  errno: string[];
  code: string;
  message: string;
  /** Whether time alone can mend it. */
  retryable?: boolean;
}

/** In order: the first that fits is the one. */
const CAUSES: Cause[] = [
  {
    commands: ['DEV_CREATE'],
    errno: ['EBUSY'],
    code: 'device_exists',
    message: 'a device with this name or uuid exists; remove it or choose another name',
  },
  {
    commands: ['DEV_REMOVE'],
    errno: ['EBUSY'],
    code: 'device_busy',
    message: 'the device is in use; close, unmount or remove what holds it, or remove it deferred',
    retryable: true,
  },
  {
    commands: ['TABLE_LOAD'],
    errno: ['EBUSY'],
    code: 'backing_device_busy',
    message: 'a device that the table names is in use by something else: a mount, swap, md, or an exclusive opener',
    retryable: true,
  },
  {
    commands: ['TABLE_LOAD'],
    errno: ['ENOENT', 'ENODEV', 'ENXIO', 'ENOTBLK'],
    code: 'backing_device_missing',
    message:
      'a device that the table names does not exist or is no block device, or the kernel lacks an algorithm that it names',
    retryable: true,
  },
  {
    commands: ['TABLE_LOAD'],
    errno: ['EACCES', 'EROFS'],
    code: 'backing_device_read_only',
    message: 'a device that the table names is read-only; load the table read-only',
  },
  {
    commands: ['TABLE_LOAD'],
    errno: ['EPERM'],
    code: 'backing_device_denied',
    message: "the executor's device rules do not allow a device that the table names",
  },
  {
    commands: ['TABLE_LOAD'],
    errno: ['EINVAL'],
    code: 'table_refused',
    message:
      'the kernel refuses the table; likely an area past the end of a device, a length that is not a multiple of its block size, a target type without its module, or contents that the target does not accept. The kernel log names the reason',
  },
  {
    commands: ['DEV_SUSPEND'],
    errno: ['EINVAL'],
    code: 'resume_refused',
    message: 'nothing to resume with: no table was loaded, or the loaded one does not fit the devices below it',
  },
  {
    commands: ['DEV_RENAME'],
    errno: ['EBUSY'],
    code: 'device_exists',
    message: 'a device with the new name or uuid exists; choose another',
  },
  {
    commands: ['DEV_RENAME'],
    errno: ['EINVAL'],
    code: 'rename_refused',
    message: 'the kernel takes no such name, or the device has a uuid already, which never changes',
  },
  {
    commands: ['TARGET_MSG'],
    errno: ['EINVAL'],
    code: 'message_refused',
    message: 'the target does not take this message, or no target has this sector',
  },
  {
    commands: ['DEV_SET_GEOMETRY'],
    errno: ['EINVAL'],
    code: 'no_table',
    message: 'a geometry is set on a device with a live table',
  },
  {
    commands: ['GET_TARGET_VERSION'],
    errno: ['EINVAL'],
    code: 'unknown_target',
    message: 'the kernel has no such target, and no module that brings it',
  },
  {
    errno: ['ENXIO'],
    code: 'no_such_device',
    message: 'there is no device with this name or uuid',
  },
  {
    errno: ['EACCES', 'EPERM'],
    code: 'permission_denied',
    message: 'the executor lacks CAP_SYS_ADMIN in the initial user namespace; start it as root',
  },
  { errno: ['ENOMEM'], code: 'out_of_memory', message: 'the kernel has no memory for this', retryable: true },
  { errno: ['EINTR'], code: 'interrupted', message: 'a signal interrupted the command', retryable: true },
];

const OTHER: Omit<Cause, 'errno'> = { code: 'kernel_refused', message: 'the kernel refuses the command' };

/** What the kernel meant by refusing a command with an errno. */
export function causeOf(command: CommandName, errno: Errno): { code: string; message: string; retryable: boolean } {
  const fits = ({ commands, errno: names }: Cause): boolean =>
    names.includes(errno.name) && (!commands || commands.includes(command));
  const { code, message, retryable } = CAUSES.find(fits) ?? { ...OTHER, retryable: false };
  return { code, message, retryable: retryable ?? false };
}
