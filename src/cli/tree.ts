import { devText } from '../devices.ts';
import type { Dev, Device } from '../reply.ts';
import { unmangle } from './mangle.ts';

/** A device and what it has open. */
export interface TreeDevice {
  device: Device;
  deps: Dev[];
}

export interface TreeOptions {
  utf: boolean;
  /** What is below stands in front. */
  inverted: boolean;
}

/** A branch, the last one, and what stands below either. */
const SYMBOLS = {
  ascii: { branch: '|-', last: '`-', through: '| ', under: '  ' },
  utf: { branch: '├─', last: '└─', through: '│ ', under: '  ' },
} as const;

interface Node {
  label: string;
  below: Node[];
  above: Node[];
}

/** `ls --tree`: every device over what it has open (libdm/dm-tools/dmsetup.c _display_tree). Long lines stay whole. */
export function treeText(devices: TreeDevice[], { utf, inverted }: TreeOptions): string {
  const nodes = nodesOf(devices);
  const [down, up] = inverted ? (['above', 'below'] as const) : (['below', 'above'] as const);
  const roots = nodes.filter((node) => node[up].length === 0);
  return roots.map((root) => subtree(root, down, '', '', SYMBOLS[utf ? 'utf' : 'ascii'])).join('');
}

function subtree(
  node: Node,
  down: 'above' | 'below',
  lead: string,
  rest: string,
  symbols: (typeof SYMBOLS)[keyof typeof SYMBOLS],
): string {
  const children = node[down].map((child, index, all) => {
    const isLast = index + 1 === all.length;
    const branch = isLast ? symbols.last : symbols.branch;
    const through = isLast ? symbols.under : symbols.through;
    return subtree(child, down, `${rest} ${branch}`, `${rest} ${through}`, symbols);
  });
  return `${lead}${node.label}\n${children.join('')}`;
}

/** In the order in which libdm meets them: a device, then what it has open. */
function nodesOf(devices: TreeDevice[]): Node[] {
  const byNumber = new Map(devices.map((entry) => [devText(entry.device.dev), entry]));
  const nodes = new Map<string, Node>();
  const meet = (number: string): Node => {
    const known = nodes.get(number);
    if (known) return known;
    const entry = byNumber.get(number);
    const name = entry ? unmangle(entry.device.name) : '';
    const node: Node = { label: `${name} (${number})`, below: [], above: [] };
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

/** Whether the user's locale has the characters (nl_langinfo(CODESET)). */
export function localeHasUtf({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv = process.env): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
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
