/** The levels of a hash tree, from the root digest down to the data. */
import { bytesText } from '../../inspect/amounts.ts';
import type { Tree } from '../../inspect/verity-levels.ts';
import type { Style } from './style.ts';
import { wrapped } from './text.ts';

const INDENT = 2;
const MOST_COLUMNS = 31;

interface Row {
  label: string;
  count: number;
}

/** A bar for each level. Levels differ by powers: a bar is as wide as its level is high in them. */
export function drawTree(tree: Tree, style: Style): string[] {
  const { levels, digestsPerBlock, hashBlockSize, dataBlocks, dataBlockSize } = tree;
  const { symbols, colors, plain } = style;
  const blocks = (count: number): string => `${count} block${count === 1 ? '' : 's'}`;
  const title = `verity tree of targets[${tree.target}]: ${plain(tree.algorithm)}, ${digestsPerBlock} digests to a block of ${bytesText(hashBlockSize)}`;
  const rows: Row[] = [
    { label: `root digest ${tree.rootDigest.slice(0, 16)}${symbols.more}`, count: 1 },
    ...levels.map(({ start, blocks: count }, index) => ({
      label: `level ${levels.length - 1 - index}: ${blocks(count)}, ${start} to ${start + count - 1} of ${plain(tree.hashDevice)}`,
      count,
    })),
    {
      label: `data: ${blocks(dataBlocks)} of ${bytesText(dataBlockSize)} on ${plain(tree.dataDevice)}`,
      count: dataBlocks,
    },
  ];
  const widest = Math.min(MOST_COLUMNS, Math.floor(style.width / 4) | 1);
  const label = INDENT + widest + 2;
  return [
    ...wrapped(title, style.width).map((line) => colors.dim(line)),
    '',
    ...rows.flatMap(({ label: text, count }, index) => {
      const columns = barOf(count, dataBlocks, widest);
      const side = ' '.repeat(INDENT + (widest - columns) / 2);
      const drawn = symbols.bar.repeat(columns);
      const isData = index === rows.length - 1;
      const [first, ...more] = wrapped(text, style.width - label);
      return [
        `${side}${isData ? colors.cyan(drawn) : colors.magenta(drawn)}${' '.repeat(label - side.length - columns)}${first}`,
        ...more.map((line) => ' '.repeat(label) + line),
      ];
    }),
  ];
}

/** An odd number of columns, so that bars are centred: 1 for one block, all for as many as there are of data. */
function barOf(count: number, most: number, widest: number): number {
  if (most === 1) return 1;
  return 1 + 2 * Math.round((Math.log(count) / Math.log(most)) * ((widest - 1) / 2));
}
