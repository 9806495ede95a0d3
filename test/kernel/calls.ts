import type { CommandName } from '../../src/commands.ts';
import type { DeviceMapper } from '../../src/device-mapper.ts';
import { linear, type TableTarget, verity } from '../../src/targets.ts';
import type { Kernel } from './harness.ts';

export type Undone = [step: number, command: CommandName];

/** A call of the kernel: the step of the plan that it belongs to, and what is undone when it fails. */
export interface Call {
  command: CommandName;
  step: number;
  undone: Undone[];
  /** Asks whether there is such a device, and goes on when there is none. */
  hopesForNone?: true;
}

export interface Action {
  name: string;
  /** The calls that it makes, in order. */
  calls: Call[];
  /** Makes the devices that it needs, all of them named `it`. */
  prepare?: (dm: DeviceMapper) => Promise<unknown>;
  act: (dm: DeviceMapper) => Promise<unknown>;
}

/** Makes eight sectors of the first disk, from an offset on. */
export const pieceOf =
  (kernel: Kernel) =>
  (offset: number): TableTarget =>
    linear({ length: 8, device: kernel.disks[0]!, offset });

const verified = (kernel: Kernel): TableTarget =>
  verity({
    length: 64,
    hashType: 1,
    dataDevice: kernel.disks[0]!,
    hashDevice: kernel.disks[1]!,
    dataBlockSize: 4096,
    hashBlockSize: 4096,
    dataBlocks: 8,
    hashStartBlock: 1,
    algorithm: 'sha256',
    rootDigest: '5a'.repeat(32),
  });

/** A step that changes a device, of whose state the kernel is asked first. */
const changing = (command: CommandName, step = 0, undone: Undone[] = []): Call[] =>
  (['DEV_STATUS', command] as const).map((each) => ({ command: each, step, undone }));

const creating = (identifiers: number): Call[] => [
  ...Array.from(
    { length: identifiers },
    (): Call => ({ command: 'DEV_STATUS', step: 0, undone: [], hopesForNone: true }),
  ),
  { command: 'DEV_CREATE', step: 0, undone: [] },
  ...changing('TABLE_LOAD', 1, [[0, 'DEV_REMOVE']]),
  ...changing('DEV_SUSPEND', 2, [
    [1, 'TABLE_CLEAR'],
    [0, 'DEV_REMOVE'],
  ]),
];

export const liveOver =
  (kernel: Kernel) =>
  (dm: DeviceMapper): Promise<unknown> =>
    dm.create({ name: 'it', targets: [pieceOf(kernel)(0)] });

/** What is done to a device, call by call, in a kernel with two disks. */
export function actionsOver(kernel: Kernel): Action[] {
  const [live, piece] = [liveOver(kernel), pieceOf(kernel)];
  return [
    {
      name: 'create',
      calls: creating(2),
      act: (dm) => dm.create({ name: 'it', uuid: 'UUID-1', targets: [piece(0)] }),
    },
    {
      name: 'create of a read-only verity device',
      calls: creating(1),
      act: (dm) => dm.create({ name: 'it', readOnly: true, targets: [verified(kernel)] }),
    },
    {
      name: 'reload',
      calls: [
        ...changing('TABLE_LOAD'),
        ...changing('DEV_SUSPEND', 1, [[0, 'TABLE_CLEAR']]),
        ...changing('DEV_SUSPEND', 2, [
          [0, 'TABLE_CLEAR'],
          [1, 'DEV_SUSPEND'],
        ]),
      ],
      prepare: live,
      act: (dm) => dm.reload('it', { targets: [piece(8)] }),
    },
    {
      name: 'reload of a device that is suspended already',
      calls: [
        ...changing('TABLE_LOAD'),
        ...changing('DEV_SUSPEND', 1, [[0, 'TABLE_CLEAR']]),
        ...changing('DEV_SUSPEND', 2, [[0, 'TABLE_CLEAR']]),
      ],
      prepare: async (dm) => {
        await live(dm);
        await dm.suspend('it');
      },
      act: (dm) => dm.reload('it', { targets: [piece(8)] }),
    },
    { name: 'suspend', calls: changing('DEV_SUSPEND'), prepare: live, act: (dm) => dm.suspend('it') },
    {
      name: 'resume of a suspended device with an inactive table',
      calls: changing('DEV_SUSPEND'),
      prepare: async (dm) => {
        await live(dm);
        await dm.load('it', { targets: [piece(16)] });
        await dm.suspend('it');
      },
      act: (dm) => dm.resume('it'),
    },
    { name: 'remove', calls: changing('DEV_REMOVE'), prepare: live, act: (dm) => dm.remove('it') },
    { name: 'load', calls: changing('TABLE_LOAD'), prepare: live, act: (dm) => dm.load('it', { targets: [piece(8)] }) },
    {
      name: 'clear',
      calls: changing('TABLE_CLEAR'),
      prepare: async (dm) => {
        await live(dm);
        await dm.load('it', { targets: [piece(16)] });
      },
      act: (dm) => dm.clear('it'),
    },
  ];
}
