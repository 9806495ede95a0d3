import type { Node, Option } from '../../assembly/tables/notation.ts';

/**
 * The words of a target in the kernel's order, as a manual would write them: `<field>` for a value, `#list` for a number
 * of elements, `[ … ]` for what may be left out, `{ … }` for every element of a list.
 */
export function grammarOf(nodes: readonly Node[]): string {
  return nodes.map(wordsOf).join(' ');
}

function wordsOf(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return node.word;
    case 'count':
      return `<#${node.list}>`;
    case 'oneOf': {
      const words = Object.values(node.words);
      const spoken = alternatives(node.silent ? words.slice(0, -1) : words) ?? `<${node.field}>`;
      return node.silent ? `[${spoken}]` : spoken;
    }
    case 'boolean':
      return `(${node.words.join(' | ')})`;
    case 'ratio':
      return `<${node.field}>/<${node.over}>`;
    case 'state':
      return `${node.texts.join(' | ')} |`;
    case 'optional':
      return `[${grammarOf(node.of)}]`;
    case 'counted':
      return node.always ? `<#words> ${grammarOf(node.of)}` : `[<#words> ${grammarOf(node.of)}]`;
    case 'each':
      return `{${grammarOf(node.of)}}`;
    case 'set':
      return node.inWord ? '[option … | <name>=<value>,…]' : '[option …]';
    case 'pairs':
      return '[<key> <value> …]';
    case 'when':
      return `[${grammarOf(node.of)}]`;
    default:
      return `<${node.field}>`;
  }
}

/** Of many only the field's name is written. */
const MOST_ALTERNATIVES = 6;

function alternatives(words: string[]): string | undefined {
  if (words.length === 1) return words[0];
  return words.length <= MOST_ALTERNATIVES ? `(${words.join(' | ')})` : undefined;
}

/** How an option stands in the params. */
export function optionGrammar(option: Option): string {
  if (option.kind === 'flag') return option.word;
  if (option.kind === 'choice') return Object.values(option.words).join(' | ');
  const values = option.of.map(wordsOf);
  if (!option.joined) return [option.word, ...values].join(' ');
  const last = option.of.at(-1)!;
  const optionalLast = option.of.length > 1 && 'mayBeEmpty' in last && last.mayBeEmpty;
  const required = [option.word, ...(optionalLast ? values.slice(0, -1) : values)].join(':');
  return optionalLast ? `${required}[:${values.at(-1)}]` : required;
}
