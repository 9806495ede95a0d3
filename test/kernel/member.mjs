// A member of dmplan-clients in the guest: for every name on standard input makes and removes a device of that name over the
// socket, and says a line, of what was made or what failed. Its arguments: the library, the socket.
import { createInterface } from 'node:readline';

const [library, socket] = process.argv.slice(2);
const { connectExecutor, openDeviceMapper } = await import(library);
const dm = await openDeviceMapper({ executor: connectExecutor(socket), uuidPrefix: 'DMPLAN-' });

async function makeAndRemove(name) {
  const { path, uuid } = await dm.create({ name, table: '0 8 zero' });
  await dm.remove(name);
  return { path, uuid };
}

for await (const name of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await makeAndRemove(name).catch((error) => error)));
}
await dm.close();
