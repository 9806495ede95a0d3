/** One request for every kind of layout. */
export const LAYOUT_EXAMPLES: Readonly<Record<string, object>> = {
  concat: {
    devices: [
      { device: '/dev/sda', length: '1GiB' },
      { device: '8:16', length: 2048, offset: '1MiB' },
    ],
  },
  stripe: {
    chunkSize: 128,
    devices: [
      { device: '/dev/sda', length: '1GiB' },
      { device: '/dev/sdb', length: 2097251, offset: 8 },
    ],
  },
  verity: { algorithm: 'sha256', dataSize: '10GiB', sameDevice: true },
  thinPool: { dataSize: '1TiB' },
  snapshot: { originSize: '10GiB', chunkSize: 8 },
  integrity: { deviceSize: '1GiB', tagSize: 4, journalSectors: 2048 },
  raid: { level: 5, devices: 3, chunkSize: 128, deviceSize: '1GiB' },
  mirror: { length: '10GiB' },
  usable: { deviceSize: '10GiB', offset: 34 },
};
