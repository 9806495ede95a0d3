import type { Corruption } from '../../verity/verify.ts';

/** `dataBlocks: 128` becomes `data blocks       128`. */
export function factsText(facts: object): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${label.padEnd(18)} ${value === '' ? '-' : value}\n`;
    })
    .join('');
}

/** `data: block 7 at byte 28672`, `level 0: blocks 3 to 5 at byte 16384 (padding)`. */
export function corruptionText({ level, firstBlock, blocks, position, what, doubtful }: Corruption): string {
  const where = level === 'data' ? 'data' : `level ${level} of the tree`;
  const which = blocks === 1 ? `block ${firstBlock}` : `blocks ${firstBlock} to ${firstBlock + blocks - 1}`;
  const notes = [
    what === 'padding' ? ' (its padding is not zero)' : '',
    doubtful ? ' (as a corrupt hash block has it)' : '',
  ];
  return `${where}: ${which} at byte ${position}${notes.join('')}`;
}
