/** The hash tree of a verity target: its levels, the way up from one data block, and where the levels lie. */

import { bytesText } from '../inspect/amounts.ts';
import { type PathStep, pathOf, type Tree } from '../inspect/verity-levels.ts';
import { el, svg, whole } from './dom.ts';

const ROW = 62;
const BOX = 24;
const LABEL = 150;
/** Boxes of a level that are drawn one by one. */
const MOST_BOXES = 40;

export class VerityTree {
  readonly #box: HTMLElement;
  #trees: readonly Tree[] = [];
  #shown = 0;
  #block = 0;

  constructor(box: HTMLElement) {
    this.#box = box;
    let width = 0;
    new ResizeObserver(() => {
      if (box.clientWidth !== width) this.#draw();
      width = box.clientWidth;
    }).observe(box);
  }

  show(trees: readonly Tree[]): void {
    this.#trees = trees;
    this.#shown = Math.min(this.#shown, Math.max(0, trees.length - 1));
    this.#draw();
  }

  lookAt(target: number): void {
    const index = this.#trees.findIndex((tree) => tree.target === target);
    if (index < 0 || index === this.#shown) return;
    this.#shown = index;
    this.#draw();
  }

  #draw(): void {
    const tree = this.#trees[this.#shown];
    this.#box.replaceChildren();
    if (!tree || this.#box.clientWidth === 0) return;
    this.#block = Math.min(this.#block, tree.dataBlocks - 1);
    const drawing = el('div', { class: 'drawing' });
    const words = el('p', { class: 'words', role: 'status' });
    const redraw = (): void => {
      drawing.replaceChildren(drawTree(tree, this.#block, this.#box.clientWidth));
      words.textContent = wayUp(tree, this.#block);
    };
    const input = el('input', {
      type: 'number',
      min: 0,
      max: tree.dataBlocks - 1,
      value: this.#block,
      id: 'data-block',
    });
    input.addEventListener('input', () => {
      const wanted = Math.floor(Number(input.value));
      if (!(wanted >= 0 && wanted < tree.dataBlocks)) return;
      this.#block = wanted;
      redraw();
    });
    drawing.addEventListener('click', (event) => {
      const block = (event.target as Element).closest('[data-block]')?.getAttribute('data-block');
      if (block === null || block === undefined) return;
      input.value = block;
      this.#block = Number(block);
      redraw();
    });
    const chooser = this.#trees.length > 1 && el('label', {}, 'Target ', this.#chooser());
    this.#box.replaceChildren(
      el(
        'div',
        { class: 'controls' },
        chooser,
        el('label', { for: 'data-block' }, 'Follow data block '),
        input,
        el('span', { class: 'faint' }, `of 0 to ${whole(tree.dataBlocks - 1)}`),
      ),
      drawing,
      words,
      facts(tree),
    );
    redraw();
  }

  #chooser(): HTMLElement {
    const select = el(
      'select',
      {},
      ...this.#trees.map(({ target }, index) =>
        el('option', { value: index, selected: index === this.#shown }, `targets[${target}]`),
      ),
    );
    select.addEventListener('change', () => {
      this.#shown = Number(select.value);
      this.#draw();
    });
    return select;
  }
}

interface Row {
  label: string;
  detail: string;
  count: number;
  /** The box on the way up. */
  marked: number;
  kind: 'root' | 'hash' | 'data';
}

function drawTree(tree: Tree, block: number, width: number): SVGElement {
  const path = pathOf(tree, block).toReversed();
  const rows: Row[] = [
    { label: 'root digest', detail: 'in the table', count: 1, marked: 0, kind: 'root' },
    ...tree.levels.map(
      ({ start, blocks }, index): Row => ({
        label: `level ${tree.levels.length - 1 - index}`,
        detail: `${whole(blocks)} block${blocks === 1 ? '' : 's'} from ${whole(start)}`,
        count: blocks,
        marked: path[index]!.index,
        kind: 'hash',
      }),
    ),
    { label: 'data', detail: `${whole(tree.dataBlocks)} blocks`, count: tree.dataBlocks, marked: block, kind: 'data' },
  ];
  const room = width - LABEL - 24;
  const height = rows.length * ROW;
  const drawing = svg('svg', {
    width,
    height,
    role: 'img',
    'aria-label': `${tree.levels.length} levels of hashes over ${tree.dataBlocks} data blocks`,
  });
  const boxes = rows.map((row) => boxesOf(row, room));
  for (const [index, row] of rows.entries()) {
    const y = index * ROW + 8;
    const below = boxes[index + 1];
    if (below)
      drawing.append(...links(boxes[index]!, below, y + BOX, y + ROW, tree.digestsPerBlock, row.kind === 'root'));
    drawing.append(
      svg('text', { x: 12, y: y + 12, class: 'title' }, row.label),
      svg('text', { x: 12, y: y + 28, class: 'faint' }, row.detail),
      ...boxes[index]!.map((box) => drawBox(box, y, row)),
    );
  }
  return drawing;
}

interface Box {
  x: number;
  width: number;
  /** Of the level; nothing for what stands for many. */
  index: number | undefined;
  isMarked: boolean;
}

/** All boxes, centred; of many the first, the marked one with its neighbours, and the last. */
function boxesOf({ count, marked, kind }: Row, room: number): Box[] {
  const fits = Math.min(MOST_BOXES, Math.max(5, Math.floor(room / 26)));
  const indices: (number | undefined)[] =
    count <= fits ? Array.from({ length: count }, (_, i) => i) : selection(count, marked, fits);
  const size = Math.min(kind === 'root' ? 220 : 90, room / indices.length);
  const left = LABEL + (room - size * indices.length) / 2;
  return indices.map((index, at) => ({ x: left + at * size, width: size - 4, index, isMarked: index === marked }));
}

function selection(count: number, marked: number, fits: number): (number | undefined)[] {
  const side = Math.max(1, Math.floor((fits - 5) / 4));
  const wanted = new Set<number>();
  for (let i = 0; i < side; i++) wanted.add(i).add(count - 1 - i);
  for (let i = marked - side; i <= marked + side; i++) if (i >= 0 && i < count) wanted.add(i);
  const sorted = [...wanted].sort((a, b) => a - b);
  return sorted.flatMap((index, at) => (at > 0 && index > sorted[at - 1]! + 1 ? [undefined, index] : [index]));
}

/** Lines from a block to the blocks whose digests it holds. */
function links(
  above: Box[],
  below: Box[],
  top: number,
  bottom: number,
  perBlock: number,
  isRoot: boolean,
): SVGElement[] {
  return below.flatMap((box) => {
    if (box.index === undefined) return [];
    const parentIndex = isRoot ? 0 : Math.floor(box.index / perBlock);
    const parent = above.find(({ index }) => index === parentIndex);
    if (!parent) return [];
    const [from, to] = [parent.x + parent.width / 2, box.x + box.width / 2];
    const bend = (top + bottom) / 2;
    const isPath = box.isMarked && parent.isMarked;
    return [
      svg('path', {
        d: `M${from} ${top}C${from} ${bend} ${to} ${bend} ${to} ${bottom + 8}`,
        class: `link${isPath ? ' path' : ''}`,
      }),
    ];
  });
}

function drawBox({ x, width, index, isMarked }: Box, y: number, { kind }: Row): SVGElement {
  const middle = x + width / 2;
  if (index === undefined) return svg('text', { x: middle, y: y + 16, 'text-anchor': 'middle', class: 'faint' }, '⋯');
  const label = kind === 'root' ? 'root' : String(index);
  return svg(
    'g',
    { class: `box ${kind}${isMarked ? ' marked' : ''}`, 'data-block': kind === 'data' ? index : null },
    svg('rect', { x, y, width: Math.max(2, width), height: BOX, rx: 3 }),
    width > label.length * 8 && svg('text', { x: middle, y: y + 16, 'text-anchor': 'middle' }, label),
  );
}

function wayUp(tree: Tree, block: number): string {
  const way = pathOf(tree, block).map(
    ({ block: hash, slot }: PathStep, level) =>
      `digest ${whole(slot)} of hash block ${whole(hash)} (level ${level}, byte ${whole(hash * tree.hashBlockSize)})`,
  );
  return `Data block ${whole(block)} → ${[...way, 'the root digest'].join(' → ')}`;
}

function facts(tree: Tree): HTMLElement {
  const hashBlocks = tree.levels.reduce((sum, { blocks }) => sum + blocks, 0);
  const rows: [string, string][] = [
    ['Root digest', tree.rootDigest],
    [
      'Algorithm',
      `${tree.algorithm}, ${whole(tree.digestsPerBlock)} digests to a block of ${bytesText(tree.hashBlockSize)}`,
    ],
    ['Salt', tree.salt === '' || tree.salt === '-' ? 'none' : tree.salt],
    ['Data', `${whole(tree.dataBlocks)} blocks of ${bytesText(tree.dataBlockSize)} on ${tree.dataDevice}`],
    [
      'Hashes',
      `${whole(hashBlocks)} blocks of ${bytesText(tree.hashBlockSize)} on ${tree.hashDevice}, from block ${whole(tree.hashStartBlock)}`,
    ],
  ];
  return el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}
