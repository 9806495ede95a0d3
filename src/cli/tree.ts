import { devText } from '../devices.ts';
import type { Dev, Device, DeviceInfo } from '../reply.ts';
import { unmangle } from './mangle.ts';

/** A device and what it has open. */
export interface TreeDevice {
  device: Device;
  deps: Dev[];
  /** Where its state is to be shown. */
  info?: DeviceInfo | undefined;
}

/** What `-o` may hold. */
export type TreeOption =
  | 'device'
  | 'nodevice'
  | 'blkdevname'
  | 'active'
  | 'open'
  | 'rw'
  | 'uuid'
  | 'ascii'
  | 'utf'
  | 'inverted'
  | 'compact'
  | 'notrunc';

export const TREE_OPTIONS: readonly TreeOption[] = [
  ...(['device', 'nodevice', 'blkdevname', 'active', 'open', 'rw', 'uuid'] as const),
  ...(['ascii', 'utf', 'inverted', 'compact', 'notrunc'] as const),
];

export interface TreeStyle {
  options: ReadonlySet<TreeOption>;
  /** Columns of the terminal; longer lines are cut off. */
  width: number;
  /** The kernel's names by number, where they are to be shown. */
  names?: ReadonlyMap<string, string>;
}

/** A branch, the last one, the first and the only one of a line, and what stands below a branch. */
const SYMBOLS = {
  ascii: { branch: '|-', last: '`-', first: '-+-', only: '---', through: '| ' },
  utf: { branch: '├─', last: '└─', first: '─┬─', only: '───', through: '│ ' },
} as const;

type Symbols = (typeof SYMBOLS)[keyof typeof SYMBOLS];

interface Node {
  label: string;
  below: Node[];
  above: Node[];
}

/** Options that show a device's state, in the order in which they are shown (dmsetup.c _display_tree_attributes). */
const STATES: Partial<Record<TreeOption, (info: DeviceInfo) => string>> = {
  active: ({ suspended }) => (suspended ? 'SUSPENDED' : 'ACTIVE'),
  rw: ({ readOnly }) => (readOnly ? 'RO' : 'RW'),
  open: ({ openCount }) => String(openCount),
  uuid: ({ uuid }) => unmangle(uuid),
};

/** Whether the state of each device is needed. */
export function showsState(options: ReadonlySet<TreeOption>): boolean {
  return Object.keys(STATES).some((option) => options.has(option as TreeOption));
}

/** `ls --tree`: every device over what it has open (libdm/dm-tools/dmsetup.c _display_tree). */
export function treeText(devices: TreeDevice[], style: TreeStyle): string {
  const { options, width } = style;
  const nodes = nodesOf(devices, style);
  const [down, up] = options.has('inverted') ? (['above', 'below'] as const) : (['below', 'above'] as const);
  const roots = nodes.filter((node) => node[up].length === 0);
  const symbols = SYMBOLS[options.has('utf') ? 'utf' : 'ascii'];
  const linesOf = options.has('compact') ? compactLines : lines;
  const shown = roots.flatMap((root) => linesOf(root, down, symbols));
  return shown.map((line) => `${options.has('notrunc') ? line : cut(line, width)}\n`).join('');
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}...` : line;
}

/** A node without a label has no line of its own. */
function lines(node: Node, down: 'above' | 'below', symbols: Symbols): string[] {
  const below = node[down].flatMap((child, index, all) => {
    const isLast = index + 1 === all.length;
    const rest = isLast ? '  ' : symbols.through;
    return lead(lines(child, down, symbols), ` ${isLast ? symbols.last : symbols.branch}`, ` ${rest}`);
  });
  return node.label === '' ? below : [node.label, ...below];
}

/** The first device below stands behind the one above. (dmsetup indents what follows a device that is alone too far.) */
function compactLines(node: Node, down: 'above' | 'below', symbols: Symbols): string[] {
  const under = ' '.repeat([...node.label].length);
  const [first, ...others] = node[down].map((child) => compactLines(child, down, symbols));
  if (!first) return node.label === '' ? [] : [node.label];
  const isOnly = others.length === 0;
  return [
    ...lead(
      first,
      `${node.label}${isOnly ? symbols.only : symbols.first}`,
      `${under} ${isOnly ? '  ' : symbols.through}`,
    ),
    ...others.flatMap((child, index) => {
      const isLast = index + 1 === others.length;
      const rest = isLast ? '  ' : symbols.through;
      return lead(child, `${under} ${isLast ? symbols.last : symbols.branch}`, `${under} ${rest}`);
    }),
  ];
}

/** The lines behind `head`, and all but the first behind `rest`. */
function lead([first, ...more]: string[], head: string, rest: string): string[] {
  return first === undefined ? [] : [`${head}${first}`, ...more.map((line) => `${rest}${line}`)];
}

/** In the order in which libdm meets them: a device, then what it has open. */
function nodesOf(devices: TreeDevice[], style: TreeStyle): Node[] {
  const byNumber = new Map(devices.map((entry) => [devText(entry.device.dev), entry]));
  const nodes = new Map<string, Node>();
  const meet = (number: string): Node => {
    const known = nodes.get(number);
    if (known) return known;
    const entry = byNumber.get(number);
    const node: Node = { label: labelOf(entry, number, style), below: [], above: [] };
    nodes.set(number, node);
    for (const dep of entry?.deps ?? []) {
      const below = meet(devText(dep));
      node.below.push(below);
      below.above.push(node);
    }
    return node;
  };
  for (const { device } of devices) meet(devText(device.dev));
  return [...nodes.values()];
}

function labelOf(entry: TreeDevice | undefined, number: string, { options, names }: TreeStyle): string {
  const name = names?.get(number);
  const states = Object.entries(STATES).filter(([option]) => options.has(option as TreeOption));
  return [
    entry ? unmangle(entry.device.name) : '',
    options.has('blkdevname') && name !== undefined ? ` <${name}>` : '',
    options.has('nodevice') ? '' : ` (${number})`,
    entry?.info && states.length > 0 ? ` [${states.map(([, textOf]) => textOf(entry.info!)).join(', ')}]` : '',
  ].join('');
}

/** As `--json` has it: the same with children nested. */
export interface TreeNode {
  name: string;
  dev: Dev;
  children: TreeNode[];
}

export function treeJson(devices: TreeDevice[]): TreeNode[] {
  const byNumber = new Map(devices.map((entry) => [devText(entry.device.dev), entry]));
  const below = new Set(devices.flatMap(({ deps }) => deps.map(devText)));
  const nodeOf = (dev: Dev): TreeNode => {
    const entry = byNumber.get(devText(dev));
    return { name: entry?.device.name ?? '', dev, children: (entry?.deps ?? []).map(nodeOf) };
  };
  return devices.filter(({ device }) => !below.has(devText(device.dev))).map(({ device }) => nodeOf(device.dev));
}
