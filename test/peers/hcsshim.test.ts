import { describe, expect, it } from 'vitest';
import {
  CreateFlags,
  createDevice,
  createVerityTarget,
  createZeroSectorLinearTarget,
  type Executor,
  loadPlanner,
  openDeviceMapper,
  type Plan,
} from '../../src/index.ts';
import { type HcsshimDevice, readVector } from './vectors.ts';

const devices = JSON.parse(readVector('hcsshim-payloads.json')) as HcsshimDevice[];
const planner = await loadPlanner();

const hex = (plan: Plan): string[] => plan.steps.map(({ payload }) => Buffer.from(payload).toString('hex'));

const expected = (device: HcsshimDevice): string[] => [
  device.dev_create_hex,
  device.table_load_hex,
  device.dev_suspend_hex,
];

/** Keeps the plans it is given and answers with their own payloads, as a kernel that changes nothing would. */
function recorder(): { executor: Executor; plans: Plan[] } {
  const plans: Plan[] = [];
  const executor = {
    hello: { policy: 'unrestricted' },
    apply: (plan: Plan) => {
      plans.push(plan);
      return Promise.resolve({ replies: plan.steps.map(({ payload }) => payload), node: '/dev/mapper/recorded' });
    },
  } as unknown as Executor;
  return { executor, plans };
}

describe.each(devices.map((device, index) => [index, device.kind, device] as const))(
  "hcsshim's device %i (%s)",
  (_index, _kind, device) => {
    const targets = device.targets.map(({ Type, SectorStart, LengthInBlocks, Params }) => ({
      type: Type,
      start: SectorStart,
      length: LengthInBlocks,
      params: Params,
    }));

    it('is planned to the same bytes in each of its payloads', () => {
      const request = { name: device.name, readOnly: device.read_only, targets };
      expect(hex(planner.plan({ action: 'create', ...request }))).toEqual(expected(device));
      expect(hex(planner.plan({ action: 'remove', name: device.name }))).toEqual([device.dev_remove_hex]);
    });

    it("is made of the same bytes by hcsshim's own functions", async () => {
      const { executor, plans } = recorder();
      const dm = await openDeviceMapper({ executor, planner });
      await make(device, dm);
      expect(plans.map(hex)).toEqual([expected(device)]);
    });
  },
);

async function make(device: HcsshimDevice, dm: Awaited<ReturnType<typeof openDeviceMapper>>): Promise<void> {
  const input = device.input as never as {
    device_path: string;
    device_offset_in_bytes: number;
    device_size_in_bytes: number;
    ext4_size_in_bytes: number;
    version: number;
    algorithm: string;
    super_block: boolean;
    root_digest: string;
    salt: string;
    block_size: number;
  };
  if (device.kind === 'zero_sector_linear') {
    const { device_path, device_offset_in_bytes, device_size_in_bytes } = input;
    const mapping = { deviceOffsetInBytes: device_offset_in_bytes, deviceSizeInBytes: device_size_in_bytes };
    await createZeroSectorLinearTarget(device_path, device.name, mapping, { dm });
  } else if (device.kind === 'verity') {
    const { device_path, version, algorithm, salt } = input;
    const info = {
      ext4SizeInBytes: input.ext4_size_in_bytes,
      version,
      algorithm,
      superBlock: input.super_block,
      rootDigest: input.root_digest,
      salt,
      blockSize: input.block_size,
    };
    await createVerityTarget(device_path, device.name, info, { dm });
  } else {
    const targets = device.targets.map(({ Type, SectorStart, LengthInBlocks, Params }) => ({
      type: Type,
      sectorStart: SectorStart,
      lengthInBlocks: LengthInBlocks,
      params: Params,
    }));
    await createDevice(device.name, device.read_only ? CreateFlags.ReadOnly : 0, targets, { dm });
  }
}
