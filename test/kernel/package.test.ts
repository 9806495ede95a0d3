/** The package as it is published, in a project that was empty: a ten-line script changes a kernel. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { install, pack, ROOT, scratch } from '../package/npm.ts';
import { quote, useKernel } from './harness.ts';

const project = scratch();
await install(await pack(ROOT, scratch()), project);
const kernel = useKernel({ disks: [1], programs: [project] });

const SCRIPT = `
import { linear, openDeviceMapper, spawnExecutor } from 'dmplan';

const dm = await openDeviceMapper({ executor: spawnExecutor() });
const targets = [linear({ length: '512KiB', device: '/dev/loop0', offset: 8 })];
const { path } = await dm.create({ name: 'data', uuid: 'PACKAGE-1', targets });
console.log(path, (await dm.table('data'))[0].params);
await dm.close();
`;

const COMPLETE = `source /tmp/completion; COMP_WORDS=(dmplan table da); COMP_CWORD=2; _dmplan; echo "\${COMPREPLY[@]}"`;

test('a script of ten lines creates a device, and the installed command line knows it', async () => {
  writeFileSync(join(project, 'create.mjs'), SCRIPT);
  expect(await kernel.sh(`${process.execPath} ${project}/create.mjs`)).toBe('/dev/mapper/data 7:0 8');
  expect(await kernel.sh('dmsetup table data')).toBe('0 1024 linear 7:0 8');
  const dmplan = `${process.execPath} ${project}/node_modules/dmplan/dist/cli.js`;
  const columns = 'info -c -o name,uuid --noheadings';
  expect(await kernel.sh(`${dmplan} ${columns}`)).toBe(await kernel.sh(`dmsetup ${columns}`));
  await kernel.sh(`${dmplan} completion bash > /tmp/completion`);
  expect(await kernel.sh(`bash -c ${quote(COMPLETE)}`)).toBe('data');
  await kernel.sh(`${dmplan} remove data`);
});
