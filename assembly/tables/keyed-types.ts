/** Types that are not declared and have keys: Android's (drivers/md/dm-default-key.c) and Qualcomm's (dm-req-crypt.c). */
export const KEYED_TYPES: readonly string[] = ['default-key', 'req-crypt'];
