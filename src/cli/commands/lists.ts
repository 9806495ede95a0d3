import { type Command, Option } from 'commander';
import type { DeviceMapper } from '../../device-mapper.ts';
import { devText } from '../../devices.ts';
import type { Dev, Device } from '../../reply.ts';
import type { Context } from '../context.ts';
import { depsText, listText, matchText, NO_DEVICES } from '../dmsetup-text.ts';
import { localeHasUtf } from '../locale.ts';
import { showsState, TREE_OPTIONS, type TreeDevice, type TreeOption, treeJson, treeText } from '../tree.ts';
import { callOf } from './names.ts';
import { forEach, inactive, type QueryOptions, query } from './query.ts';
import type { Start } from './start.ts';

/** How `ls` and `deps` name a device: by its number, its own name, or the kernel's. */
const NAMINGS = ['devno', 'devname', 'blkdevname'] as const;

type Naming = (typeof NAMINGS)[number];

/** The verbs that list devices and what they are made of. */
export function addLists(program: Command, start: Start): void {
  addList(program, start);
  addDeps(program, start);
}

interface ListOptions {
  target?: string;
  tree?: boolean;
  options?: string;
}

function addList(program: Command, start: Start): void {
  program
    .command('ls')
    .description('print the names and numbers of all devices')
    .option('--target <type>', 'of devices with a target of this type alone')
    .option('--tree', 'each above what it has open')
    .option('-o, --options <words>', `${NAMINGS.join(', ')}; of a tree, parted by commas: ${TREE_OPTIONS.join(', ')}`)
    .addHelpText('after', '\nExamples:\n  dmplan ls\n  dmplan ls --tree -o utf\n  dmplan ls --target verity --json')
    .action(async (options: ListOptions, command: Command) => {
      const context = start(command);
      const treeOptions = options.tree ? wordsOf(options.options, TREE_OPTIONS, command) : [];
      const naming = options.tree ? 'devno' : namingOf(options.options, command);
      await context.withDeviceMapper(async (dm) => {
        const devices = await dm.list({ uuids: context.options.json === true, ...callOf(context) });
        if (options.tree) return printTree(context, dm, devices, new Set(treeOptions));
        if (options.target !== undefined) return printMatches(context, dm, devices, options.target);
        if (context.options.json) return context.output.json(devices);
        const names = await namesOf(
          dm,
          devices.map(({ dev }) => dev),
          devices,
          naming,
        );
        context.output.text(listText(devices, names));
      });
    });
}

function wordsOf<W extends string>(options: string | undefined, known: readonly W[], command: Command): W[] {
  const words = (options ?? '').split(',').filter((word) => word !== '');
  const other = words.find((word) => !(known as readonly string[]).includes(word));
  if (other !== undefined) command.error(`error: '${other}' is none of ${known.join(', ')}`);
  return words as W[];
}

/** The last one counts, as dmsetup has it. */
function namingOf(options: string | undefined, command: Command): Naming {
  return wordsOf(options, NAMINGS, command).at(-1) ?? 'devno';
}

/** Names by number; those that have none are shown by their number. */
async function namesOf(
  dm: DeviceMapper,
  shown: Dev[],
  mapped: Device[],
  naming: Naming,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  if (naming === 'devno') return names;
  for (const dev of shown) {
    const block = await dm.blockDevice(dev);
    if (block) names.set(devText(dev), block.name);
  }
  if (naming === 'blkdevname') return names;
  for (const { name, dev } of mapped) if (names.has(devText(dev))) names.set(devText(dev), name);
  return names;
}

async function printTree(
  context: Context,
  dm: DeviceMapper,
  devices: Device[],
  options: ReadonlySet<TreeOption>,
): Promise<void> {
  const tree: TreeDevice[] = [];
  for (const device of devices) {
    const info = showsState(options) ? await dm.info(device.name, callOf(context)) : undefined;
    tree.push({ device, deps: await dm.deps(device.name, callOf(context)), info });
  }
  if (context.options.json) return context.output.json(treeJson(tree));
  const all = tree.flatMap(({ device, deps }) => [device.dev, ...deps]);
  const names = await namesOf(dm, all, devices, options.has('blkdevname') ? 'blkdevname' : 'devno');
  const shown = new Set(options);
  if (localeHasUtf() && !options.has('ascii')) shown.add('utf');
  const text = treeText(tree, { options: shown, width: context.output.width, names });
  context.output.text(devices.length === 0 ? NO_DEVICES : text);
}

async function printMatches(context: Context, dm: DeviceMapper, devices: Device[], type: string): Promise<void> {
  const found: Device[] = [];
  for (const device of devices) {
    const rows = await dm.table(device.name, { noFlush: true, ...callOf(context) });
    if (rows.some((row) => row.type === type)) found.push(device);
  }
  if (context.options.json) return context.output.json(found);
  context.output.text(devices.length === 0 ? NO_DEVICES : found.map(({ name, dev }) => matchText(name, dev)).join(''));
}

interface DepsOptions extends QueryOptions {
  options?: string;
}

function addDeps(program: Command, start: Start): void {
  query(program, 'deps', 'the devices that each table has open')
    .addOption(new Option('-o, --options <words>', `each by its ${NAMINGS.join(', ')}`))
    .action(async (words: string[], options: DepsOptions, command: Command) => {
      const naming = namingOf(options.options, command);
      const context = start(command);
      const { several, answers } = await forEach(context, words, options.uuid, async (dm, device) => {
        const deps = await dm.deps(device, { ...inactive(options), ...callOf(context) });
        const mapped = naming === 'devname' ? await dm.list(callOf(context)) : [];
        return { deps, names: await namesOf(dm, deps, mapped, naming) };
      });
      if (context.options.json) {
        return context.output.json(answers.map(({ name, answer }) => ({ name, deps: answer.deps })));
      }
      const text = answers.map(({ name, answer }) => depsText(answer.deps, several ? name : undefined, answer.names));
      context.output.text(answers.length === 0 ? NO_DEVICES : text.join(''));
    });
}
