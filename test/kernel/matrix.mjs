// Opens images with the library and with veritysetup, inside a guest, and tells what is read. Argument: a file of cases.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { closeVerity, openDeviceMapper, openVerity, spawnExecutor, statusVerity } from '../../dist/src/index.js';

const NAME = 'matrix';
const dm = await openDeviceMapper({ executor: spawnExecutor() });

async function read() {
  const hash = createHash('sha256');
  await pipeline(createReadStream(`/dev/mapper/${NAME}`, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

const veritysetup = (...args) => execFileSync('/sbin/veritysetup', args, { stdio: 'pipe', encoding: 'utf8' });

for (const { data, hash, rootDigest, parameters } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const told = {};
  try {
    const image = { dataDevice: data, hashDevice: hash, rootDigest, parameters };
    await openVerity(dm, { name: NAME, ...image, loopDevices: true });
    told.ours = await read();
    const { corrupt, sectors, fields } = await statusVerity(dm, NAME);
    Object.assign(told, { corrupt, bytes: Number(sectors) * 512, salt: fields.salt ?? '' });
    told.status = veritysetup('status', NAME).includes('status:      verified');
    await closeVerity(dm, NAME);
    veritysetup('open', data, NAME, hash, rootDigest);
    told.theirs = await read();
    veritysetup('close', NAME);
  } catch (error) {
    told.error = String(error.stderr || error.message);
    await dm.remove(NAME).catch(() => {});
  }
  console.log(JSON.stringify(told));
}
await dm.close();
