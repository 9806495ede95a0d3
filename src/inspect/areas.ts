/** Which areas of which devices a target is made of, by type. */
import { plainText } from './plain-text.ts';

/** How the sectors of the area come from the target's. */
export type Relation =
  /** Each sector of the target has its own, in the same order; several such areas are copies. */
  | 'sectors'
  /** Chunks in turn with the areas beside it. */
  | 'chunks'
  /** The target decides where; of the area as drawn only the device is told by the table. */
  | 'anywhere';

export interface Area {
  device: string;
  role: string;
  relation: Relation;
  /** Sectors. */
  offset: number;
  /** Sectors; nothing where the table does not say. */
  length: number | undefined;
}

export interface Mapping {
  areas: Area[];
  /** Sectors that go to each area in turn. */
  chunk?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the fields of any target, each read by the row of its own type
type Fields = any;

const data = (device: string | Uint8Array, offset: number | bigint, length: number, role = 'data'): Area => ({
  device: plainText(device),
  role,
  relation: 'sectors',
  offset: Number(offset),
  length,
});

const somewhere = (device: string | Uint8Array | undefined, role: string): Area[] =>
  device === undefined || device === '-'
    ? []
    : [{ device: plainText(device), role, relation: 'anywhere', offset: 0, length: undefined }];

const one =
  (role: string) =>
  (f: Fields, length: number): Mapping => ({ areas: [data(f.device, f.offset ?? 0, length, role)] });

const SECTOR = 512;

const striped = (f: Fields, length: number): Mapping => ({
  chunk: Number(f.chunkSize),
  areas: f.stripes.map(({ device, offset }: Fields, index: number) => ({
    ...data(device, offset, length / f.stripes.length, `stripe ${index}`),
    relation: 'chunks',
  })),
});

const snapshot = (f: Fields, length: number): Mapping => ({
  areas: [data(f.originDevice, 0, length, 'origin'), ...somewhere(f.cowDevice, 'changes')],
});

const BY_TYPE: Readonly<Record<string, (fields: Fields, length: number) => Mapping>> = {
  linear: one('data'),
  crypt: one('encrypted'),
  inlinecrypt: one('encrypted'),
  delay: one('delayed'),
  dust: one('data'),
  flakey: one('data'),
  ebs: one('data'),
  striped,
  unstriped: (f) => ({ areas: somewhere(f.device, `stripe ${f.index} of ${f.stripes}`) }),
  switch: (f, length) => ({
    areas: f.paths.map(({ device, offset }: Fields, index: number) => data(device, offset, length, `path ${index}`)),
  }),
  'log-writes': (f, length) => ({ areas: [data(f.device, 0, length), ...somewhere(f.logDevice, 'log')] }),
  verity: (f, length) => ({
    areas: [
      data(f.dataDevice, 0, length),
      {
        ...data(f.hashDevice, (Number(f.hashStartBlock) * f.hashBlockSize) / SECTOR, 0, 'hash tree'),
        relation: 'anywhere',
        length: undefined,
      },
      ...somewhere(f.fecDevice, 'error correction'),
    ],
  }),
  integrity: (f) => ({ areas: [...somewhere(f.device, 'data and tags'), ...somewhere(f.metadataDevice, 'tags')] }),
  snapshot,
  'snapshot-merge': snapshot,
  'snapshot-origin': (f, length) => ({ areas: [data(f.device, 0, length, 'origin')] }),
  'thin-pool': (f, length) => ({ areas: [data(f.dataDevice, 0, length), ...somewhere(f.metadataDevice, 'metadata')] }),
  thin: (f) => ({ areas: [...somewhere(f.poolDevice, 'pool'), ...somewhere(f.externalOrigin, 'origin')] }),
  cache: (f, length) => ({
    areas: [
      data(f.originDevice, 0, length, 'origin'),
      ...somewhere(f.cacheDevice, 'cache'),
      ...somewhere(f.metadataDevice, 'metadata'),
    ],
  }),
  writecache: (f, length) => ({
    areas: [data(f.originDevice, f.startSector ?? 0, length, 'origin'), ...somewhere(f.cacheDevice, 'cache')],
  }),
  pcache: (f, length) => ({
    areas: [data(f.backingDevice, 0, length, 'origin'), ...somewhere(f.cacheDevice, 'cache')],
  }),
  clone: (f, length) => ({
    areas: [
      data(f.destinationDevice, 0, length, 'destination'),
      data(f.sourceDevice, 0, length, 'source'),
      ...somewhere(f.metadataDevice, 'metadata'),
    ],
  }),
  era: (f, length) => ({
    areas: [data(f.originDevice, 0, length, 'origin'), ...somewhere(f.metadataDevice, 'metadata')],
  }),
  mirror: (f, length) => ({
    areas: [
      ...f.mirrors.map(({ device, offset }: Fields, index: number) => data(device, offset, length, `copy ${index}`)),
      ...somewhere(f.logDevice, 'log'),
    ],
  }),
  multipath: (f, length) => ({
    areas: f.groups.flatMap(({ paths }: Fields, group: number) =>
      paths.map(({ device }: Fields) => data(device, 0, length, `path of group ${group + 1}`)),
    ),
  }),
  raid: (f, length) => ({
    areas: f.devices.flatMap(({ metadata, data: device }: Fields, index: number) => [
      ...(f.raidType === 'raid1' && device !== undefined && device !== '-'
        ? [data(device, 0, length, `copy ${index}`)]
        : somewhere(device, `member ${index}`)),
      ...somewhere(metadata, 'metadata'),
    ]),
  }),
  vdo: (f) => ({ areas: somewhere(f.storageDevice, 'storage') }),
  zoned: (f) => ({ areas: f.devices.flatMap((device: string) => somewhere(device, 'zones')) }),
};

/** No areas for a type that maps to no device, and for one whose words are not known. */
export function mappingOf(type: string, fields: Record<string, unknown> | undefined, length: number): Mapping {
  return (fields && BY_TYPE[type]?.(fields, length)) || { areas: [] };
}
