import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName } from '../../../src/index.ts';
import { causeOf } from '../../../src/kernel-errors.ts';

const cause = (command: CommandName, name: string) =>
  causeOf(command, { number: constants.errno[name as keyof typeof constants.errno] ?? 9999, name });

describe('what the kernel means by an errno', () => {
  it.each<[CommandName, string, string, boolean]>([
    ['DEV_CREATE', 'EBUSY', 'device_exists', false],
    ['DEV_REMOVE', 'EBUSY', 'device_busy', true],
    ['TABLE_LOAD', 'EBUSY', 'backing_device_busy', true],
    ['TABLE_LOAD', 'ENOENT', 'backing_device_missing', true],
    ['TABLE_LOAD', 'ENODEV', 'backing_device_missing', true],
    ['TABLE_LOAD', 'ENXIO', 'backing_device_missing', true],
    ['TABLE_LOAD', 'ENOTBLK', 'backing_device_missing', true],
    ['TABLE_LOAD', 'EACCES', 'backing_device_read_only', false],
    ['TABLE_LOAD', 'EROFS', 'backing_device_read_only', false],
    ['TABLE_LOAD', 'EPERM', 'backing_device_denied', false],
    ['TABLE_LOAD', 'EINVAL', 'table_refused', false],
    ['DEV_SUSPEND', 'EINVAL', 'resume_refused', false],
    ['DEV_RENAME', 'EBUSY', 'device_exists', false],
    ['DEV_RENAME', 'EINVAL', 'rename_refused', false],
    ['TARGET_MSG', 'EINVAL', 'message_refused', false],
    ['DEV_SET_GEOMETRY', 'EINVAL', 'no_table', false],
    ['GET_TARGET_VERSION', 'EINVAL', 'unknown_target', false],
    ['DEV_REMOVE', 'ENXIO', 'no_such_device', false],
    ['DEV_SUSPEND', 'ENXIO', 'no_such_device', false],
    ['DEV_STATUS', 'ENXIO', 'no_such_device', false],
    ['TABLE_CLEAR', 'ENXIO', 'no_such_device', false],
    ['TABLE_DEPS', 'ENXIO', 'no_such_device', false],
    ['TABLE_STATUS', 'ENXIO', 'no_such_device', false],
    ['VERSION', 'EACCES', 'permission_denied', false],
    ['DEV_CREATE', 'EPERM', 'permission_denied', false],
    ['TABLE_LOAD', 'ENOMEM', 'out_of_memory', true],
    ['DEV_CREATE', 'ENOMEM', 'out_of_memory', true],
    ['DEV_SUSPEND', 'EINTR', 'interrupted', true],
  ])('%s with %s is %s (can be mended by time alone: %s)', (command, errno, code, retryable) => {
    expect(cause(command, errno)).toEqual({ code, retryable, message: expect.stringMatching(/\w/) });
  });

  it('is kernel_refused for every other, and time does not mend it', () => {
    for (const command of Object.keys(COMMANDS) as CommandName[]) {
      for (const errno of ['EOVERFLOW', 'EIO', 'ENOSPC', 'EUNKNOWN']) {
        expect(cause(command, errno)).toMatchObject({ code: 'kernel_refused', retryable: false });
      }
    }
    expect(cause('DEV_CREATE', 'EINVAL').code).toBe('kernel_refused');
    expect(cause('DEV_SUSPEND', 'EBUSY').code).toBe('kernel_refused');
  });

  it('has a stable name and a message for every command and errno there is', () => {
    for (const command of Object.keys(COMMANDS) as CommandName[]) {
      for (const errno of Object.keys(constants.errno)) {
        expect(cause(command, errno).code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      }
    }
  });
});
