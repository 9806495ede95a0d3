/**
 * Facts of the kernel's device-mapper interface, and nothing else: plain numbers that the planner, the executor and the
 * library all read. Source: include/uapi/linux/dm-ioctl.h and drivers/md/dm-ioctl.c (Linux 7.2, 6.12, 6.1).
 */

/** Interface version that every request states; the kernel accepts any minor up to its own. */
export const VERSION_MAJOR = 4;
export const VERSION_MINOR = 0;
export const VERSION_PATCH = 0;

/** A sector is 512 bytes, whatever the device's block size. */
export const SECTOR_SIZE = 512;
export const SECTOR_SHIFT = 9;
/** A table ends at most at sector 2^54 - 1 (LLONG_MAX >> SECTOR_SHIFT; dm-table.c dm_table_add_target). */
export const MAX_SECTOR_BITS = 54;

// struct dm_ioctl
export const HEADER_SIZE = 312;
export const VERSION_OFFSET = 0;
export const DATA_SIZE_OFFSET = 12;
export const DATA_START_OFFSET = 16;
export const TARGET_COUNT_OFFSET = 20;
export const OPEN_COUNT_OFFSET = 24;
export const FLAGS_OFFSET = 28;
export const EVENT_NR_OFFSET = 32;
export const PADDING_OFFSET = 36;
export const DEV_OFFSET = 40;
export const NAME_OFFSET = 48;
export const NAME_SIZE = 128;
export const UUID_OFFSET = 176;
export const UUID_SIZE = 129;
export const DATA_OFFSET = 305;
/** What the kernel copies of a command that carries no payload: the header up to data[]. */
export const MIN_DATA_SIZE = 305;
/** DM_MAX_TARGETS * DM_MAX_TARGET_PARAMS (dm-ioctl.c copy_params). */
export const MAX_DATA_SIZE = 1073741824;
export const MAX_TARGETS = 1048576;

// struct dm_target_spec
export const SPEC_SIZE = 40;
export const SPEC_START_OFFSET = 0;
export const SPEC_LENGTH_OFFSET = 8;
export const SPEC_STATUS_OFFSET = 16;
export const SPEC_NEXT_OFFSET = 20;
export const SPEC_TYPE_OFFSET = 24;
export const SPEC_TYPE_SIZE = 16;
/** Specs, and everything behind the header, start on 8 bytes. */
export const SPEC_ALIGNMENT = 8;

// struct dm_target_deps
export const DEPS_COUNT_OFFSET = 0;
export const DEPS_DEV_OFFSET = 8;
export const DEPS_DEV_SIZE = 8;

// struct dm_name_list, and what follows its name: event_nr and flags since 4.37, uuid since 4.45 with FLAG_UUID
export const NAME_LIST_DEV_OFFSET = 0;
export const NAME_LIST_NEXT_OFFSET = 8;
export const NAME_LIST_NAME_OFFSET = 12;
export const NAME_LIST_EVENT_NR_MINOR = 37;
export const NAME_LIST_HAS_UUID = 1;
export const NAME_LIST_NO_UUID = 2;

// struct dm_target_versions
export const TARGET_VERSIONS_NEXT_OFFSET = 0;
export const TARGET_VERSIONS_VERSION_OFFSET = 4;
export const TARGET_VERSIONS_NAME_OFFSET = 16;

// struct dm_target_msg
export const MESSAGE_SECTOR_OFFSET = 0;
export const MESSAGE_TEXT_OFFSET = 8;

// dev_t as huge_encode_dev (include/linux/kdev_t.h)
export const MAX_MAJOR = 4095;
export const MAX_MINOR = 1048575;

// commands: _IOWR(IOC_TYPE, number, struct dm_ioctl)
export const IOC_TYPE = 253;
export const IOC_READ_WRITE = 3;
export const DM_VERSION = 0;
export const DM_REMOVE_ALL = 1;
export const DM_LIST_DEVICES = 2;
export const DM_DEV_CREATE = 3;
export const DM_DEV_REMOVE = 4;
export const DM_DEV_RENAME = 5;
export const DM_DEV_SUSPEND = 6;
export const DM_DEV_STATUS = 7;
export const DM_DEV_WAIT = 8;
export const DM_TABLE_LOAD = 9;
export const DM_TABLE_CLEAR = 10;
export const DM_TABLE_DEPS = 11;
export const DM_TABLE_STATUS = 12;
export const DM_LIST_VERSIONS = 13;
export const DM_TARGET_MSG = 14;
export const DM_DEV_SET_GEOMETRY = 15;
export const DM_DEV_ARM_POLL = 16;
export const DM_GET_TARGET_VERSION = 17;

// flags of struct dm_ioctl
export const FLAG_READONLY = 0x1;
export const FLAG_SUSPEND = 0x2;
export const FLAG_PERSISTENT_DEV = 0x8;
export const FLAG_STATUS_TABLE = 0x10;
export const FLAG_ACTIVE_PRESENT = 0x20;
export const FLAG_INACTIVE_PRESENT = 0x40;
export const FLAG_BUFFER_FULL = 0x100;
export const FLAG_SKIP_BDGET = 0x200;
export const FLAG_SKIP_LOCKFS = 0x400;
export const FLAG_NOFLUSH = 0x800;
export const FLAG_QUERY_INACTIVE_TABLE = 0x1000;
export const FLAG_UEVENT_GENERATED = 0x2000;
export const FLAG_UUID = 0x4000;
export const FLAG_SECURE_DATA = 0x8000;
export const FLAG_DATA_OUT = 0x10000;
export const FLAG_DEFERRED_REMOVE = 0x20000;
export const FLAG_INTERNAL_SUSPEND = 0x40000;
export const FLAG_IMA_MEASUREMENT = 0x80000;
