/**
 * What the kernel has to be sent, written a second time from the kernel's interface (include/uapi/linux/dm-ioctl.h,
 * drivers/md/dm-ioctl.c, the targets' constructors) without a line or a constant of the planner. It trusts its input: only
 * valid requests are given to it.
 */

export type Integer = number | bigint;

export type ReferenceTarget =
  | { type: 'linear'; length: Integer; device: string; offset: Integer }
  | { type: 'striped'; length: Integer; chunkSize: Integer; stripes: { device: string; offset: Integer }[] }
  | { type: 'zero'; length: Integer }
  | { type: 'error'; length: Integer; device?: string; offset?: Integer }
  | ({ type: 'verity'; length: Integer } & ReferenceVerity);

export interface ReferenceVerity {
  hashType: Integer;
  dataDevice: string;
  hashDevice: string;
  dataBlockSize: Integer;
  hashBlockSize: Integer;
  dataBlocks: Integer;
  hashStartBlock: Integer;
  algorithm: string;
  rootDigest: string;
  salt?: string | undefined;
  onCorruption?: 'ignore' | 'restart' | 'panic' | undefined;
  onError?: 'restart' | 'panic' | undefined;
  ignoreZeroBlocks?: boolean | undefined;
  checkAtMostOnce?: boolean | undefined;
  tryVerifyInTasklet?: boolean | undefined;
  fecDevice?: string | undefined;
  fecStartBlock?: Integer | undefined;
  fecBlocks?: Integer | undefined;
  fecRoots?: Integer | undefined;
  rootHashSignatureKey?: string | undefined;
}

export interface ReferenceRequest {
  action: string;
  name?: string | undefined;
  uuid?: string | undefined;
  targets?: ReferenceTarget[] | undefined;
  readOnly?: boolean | undefined;
  noTable?: boolean | undefined;
  noFlush?: boolean | undefined;
  skipLockfs?: boolean | undefined;
  inactive?: boolean | undefined;
  deferred?: boolean | undefined;
  uuids?: boolean | undefined;
  bufferSize?: number | undefined;
  type?: string | undefined;
  newName?: string | undefined;
  newUuid?: string | undefined;
  message?: string | undefined;
  sector?: Integer | undefined;
  geometry?: { cylinders: Integer; heads: Integer; sectors: Integer; start: Integer } | undefined;
  eventNr?: number | undefined;
}

export type ReferenceStep = [command: number, payload: Buffer];

/** One word, as dm_split_args reads it: a backslash quotes what would end the word. 0xA0 is a blank in Latin-1. */
function quoted(text: string): Buffer {
  const out: number[] = [];
  for (const byte of Buffer.from(text, 'utf8')) {
    if (byte === 0x5c || byte === 0x20 || byte === 0xa0) out.push(0x5c);
    out.push(byte);
  }
  return Buffer.from(out);
}

function verityOptions(target: ReferenceVerity): (string | Buffer)[] {
  const words: (string | Buffer)[] = [];
  if (target.onCorruption === 'ignore') words.push('ignore_corruption');
  if (target.onCorruption === 'restart') words.push('restart_on_corruption');
  if (target.onCorruption === 'panic') words.push('panic_on_corruption');
  if (target.onError === 'restart') words.push('restart_on_error');
  if (target.onError === 'panic') words.push('panic_on_error');
  if (target.ignoreZeroBlocks) words.push('ignore_zero_blocks');
  if (target.checkAtMostOnce) words.push('check_at_most_once');
  if (target.tryVerifyInTasklet) words.push('try_verify_in_tasklet');
  if (target.fecDevice !== undefined) words.push('use_fec_from_device', quoted(target.fecDevice));
  if (target.fecStartBlock !== undefined) words.push('fec_start', String(target.fecStartBlock));
  if (target.fecBlocks !== undefined) words.push('fec_blocks', String(target.fecBlocks));
  if (target.fecRoots !== undefined) words.push('fec_roots', String(target.fecRoots));
  if (target.rootHashSignatureKey !== undefined) words.push('root_hash_sig_key_desc', target.rootHashSignatureKey);
  return words.length === 0 ? [] : [String(words.length), ...words];
}

function wordsOf(target: ReferenceTarget): (string | Buffer)[] {
  switch (target.type) {
    case 'linear':
      return [quoted(target.device), String(target.offset)];
    case 'striped':
      return [
        String(target.stripes.length),
        String(target.chunkSize),
        ...target.stripes.flatMap(({ device, offset }) => [quoted(device), String(offset)]),
      ];
    case 'zero':
      return [];
    case 'error':
      return target.device === undefined ? [] : [quoted(target.device), String(target.offset)];
    case 'verity':
      return [
        String(target.hashType),
        quoted(target.dataDevice),
        quoted(target.hashDevice),
        String(target.dataBlockSize),
        String(target.hashBlockSize),
        String(target.dataBlocks),
        String(target.hashStartBlock),
        target.algorithm,
        target.rootDigest,
        target.salt || '-',
        ...verityOptions(target),
      ];
  }
}

/** A target's words, parted by single blanks. */
export function referenceParams(target: ReferenceTarget): Buffer {
  const words = wordsOf(target).map((word) => Buffer.from(word));
  return Buffer.concat(words.flatMap((word, i) => (i === 0 ? [word] : [Buffer.from(' '), word])));
}

interface Header {
  flags?: number;
  eventNr?: number | undefined;
  name?: string | undefined;
  uuid?: string | undefined;
}

/** struct dm_ioctl (312 bytes), and what follows it. */
function payload({ flags = 0, eventNr = 0, name = '', uuid = '' }: Header, data?: Buffer, targetCount = 0): Buffer {
  const header = Buffer.alloc(312);
  header.writeUInt32LE(4, 0); // version 4.0.0
  header.writeUInt32LE(312 + (data?.length ?? 0), 12); // data_size
  header.writeUInt32LE(data ? 312 : 0, 16); // data_start
  header.writeUInt32LE(targetCount, 20); // target_count
  header.writeUInt32LE(flags, 28); // flags
  header.writeUInt32LE(eventNr, 32); // event_nr
  header.write(name, 48, 'latin1'); // name[128]
  header.write(uuid, 176, 'latin1'); // uuid[129]
  return data ? Buffer.concat([header, data]) : header;
}

/** The specs (40 bytes each), with their params, zeros up to a multiple of eight, and `next` to the spec behind. */
function table(targets: ReferenceTarget[]): Buffer {
  let start = 0n;
  return Buffer.concat(
    targets.map((target) => {
      const params = referenceParams(target);
      const spec = Buffer.alloc(Math.ceil((40 + params.length + 1) / 8) * 8);
      spec.writeBigUInt64LE(start, 0); // sector_start
      spec.writeBigUInt64LE(BigInt(target.length), 8); // length
      spec.writeUInt32LE(spec.length, 20); // next
      spec.write(target.type, 24, 'latin1'); // target_type[16]
      params.copy(spec, 40);
      start += BigInt(target.length);
      return spec;
    }),
  );
}

/** A text with its terminator, up to a multiple of eight. */
function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([bytes, Buffer.alloc(8 - (bytes.length % 8))]);
}

/** struct dm_target_msg: the sector, the text, and room up to the size of the answer. */
function message({ sector = 0, message: text = '', bufferSize = 16384 }: ReferenceRequest): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64LE(BigInt(sector));
  const bytes = Buffer.concat([at, string(text)]);
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, bufferSize - 312 - bytes.length))]);
}

function geometry({ geometry: of }: ReferenceRequest): Buffer {
  return string(of ? [of.cylinders, of.heads, of.sectors, of.start].join(' ') : '');
}

/** The ioctls that do what is asked. */
export function referenceSteps(request: ReferenceRequest): ReferenceStep[] {
  const { name, uuid } = request;
  const id = { name, uuid };
  const load = (header: Header): ReferenceStep => {
    const targets = request.targets ?? [];
    return [9, payload({ ...header, flags: request.readOnly ? 1 : 0 }, table(targets), targets.length)];
  };
  const room = Buffer.alloc((request.bufferSize ?? 16384) - 312);
  const ask = (flags: number): Buffer => payload({ ...id, flags }, room);
  const quiesce = (request.noFlush ? 0x800 : 0) | (request.skipLockfs ? 0x400 : 0);
  const inactive = request.inactive ? 0x1000 : 0;
  const noFlush = request.noFlush ? 0x800 : 0;
  switch (request.action) {
    case 'version':
      return [[0, payload({})]];
    case 'list':
      return [[2, ask(request.uuids ? 0x4000 : 0)]];
    case 'measure':
      return [[12, ask(0x80000 | inactive | noFlush)]];
    case 'wait':
      return [[8, payload({ ...id, flags: inactive | noFlush, eventNr: request.eventNr }, room)]];
    case 'rename':
      return [[5, payload(id, string(request.newName ?? ''))]];
    case 'set_uuid':
      return [[5, payload({ ...id, flags: 0x4000 }, string(request.newUuid ?? ''))]];
    case 'message':
      return [
        [14, payload({ ...id, flags: /^key set [^:]/i.test(request.message ?? '') ? 0x8000 : 0 }, message(request))],
      ];
    case 'set_geometry':
      return [[15, payload(id, geometry(request))]];
    case 'remove_all':
      return [[1, payload({ flags: request.deferred ? 0x20000 : 0 })]];
    case 'targets':
      return [[13, payload({}, room)]];
    case 'target_version':
      return [[17, payload({ name: request.type }, room)]];
    case 'arm_poll':
      return [[16, payload({})]];
    case 'create': {
      const create: ReferenceStep = [3, payload(id)];
      return request.noTable ? [create] : [create, load({ name }), [6, payload({ name })]];
    }
    case 'remove':
      return [[4, payload({ ...id, flags: request.deferred ? 0x20000 : 0 })]];
    case 'suspend':
      return [[6, payload({ ...id, flags: 2 | quiesce })]];
    case 'resume':
      return [[6, payload({ ...id, flags: quiesce })]];
    case 'info':
      return [[7, payload({ ...id, flags: inactive })]];
    case 'load':
      return [load(id)];
    case 'reload':
      return [load(id), [6, payload({ ...id, flags: 2 | quiesce })], [6, payload(id)]];
    case 'clear':
      return [[10, payload(id)]];
    case 'deps':
      return [[11, ask(inactive)]];
    case 'status':
      return [[12, ask(inactive | noFlush)]];
    case 'table':
      return [[12, ask(0x10 | inactive | noFlush)]];
    default:
      throw new Error(`no reference for ${request.action}`);
  }
}
