// hcsshim's way with several layers in one pmem device, inside a guest: a zero-sector linear device for each, verity on
// it, mounted read-only; everything undone in reverse, also when a step fails. Arguments: device, layers, where to fail.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import {
  createVerityTarget,
  createZeroSectorLinearTarget,
  openDeviceMapper,
  readVerityInfo,
  removeDevice,
  spawnExecutor,
} from '../../dist/src/index.js';

const [device, layersText, failAt] = process.argv.slice(2);
const layers = JSON.parse(layersText);
const dm = await openDeviceMapper({ executor: spawnExecutor() });
const undo = [];

async function mountLayer({ offset, fileSystem, size, text }, index) {
  const fails = (step) => failAt === `${step} ${index}`;
  const mapping = { deviceOffsetInBytes: offset, deviceSizeInBytes: fails('linear') ? size + 2 ** 30 : size };
  const linearName = `dm-linear-pmem0-${offset}-${size}`;
  const linear = await createZeroSectorLinearTarget(device, linearName, mapping, { dm, deadline: 2000 });
  undo.push(() => removeDevice(linearName, { dm }));
  const info = await readVerityInfo(linear, fileSystem);
  if (fails('verity')) info.rootDigest = 'ab'.repeat(16);
  const verityName = `dm-verity-pmem0-${fails('name') ? 'ab'.repeat(64) : info.rootDigest}`;
  const verity = await createVerityTarget(linear, verityName, info, { dm, deadline: 2000 });
  undo.push(() => removeDevice(verityName, { dm }));
  const target = `/run/layer${index}`;
  mkdirSync(target, { recursive: true });
  execFileSync('mount', ['-t', fails('mount') ? 'vfat' : 'ext4', '-o', 'ro,noload', verity, target], { stdio: 'pipe' });
  undo.push(() => execFileSync('umount', [target]));
  const read = readFileSync(`${target}/name`, 'utf8');
  if (read !== text) throw new Error(`${target} says ${read}`);
  console.log(`read ${read}`);
}

try {
  for (const [index, layer] of layers.entries()) await mountLayer(layer, index);
} catch (error) {
  console.log(`failed: ${error.code ?? ''} ${error.message.split('\n')[0]}`);
  process.exitCode = 1;
} finally {
  for (const step of undo.reverse()) await step();
  await dm.close();
}
if (!process.exitCode) console.log('removed');
