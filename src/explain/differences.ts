import type { Difference } from '../../assembly/tables/differences/difference.ts';
import { HARMFUL } from '../../assembly/tables/differences/harmful.ts';
import { KERNEL_ALONE } from '../../assembly/tables/differences/kernel-alone.ts';
import { PLANNER_STRICTER } from '../../assembly/tables/differences/planner-stricter.ts';
import { PRINTED } from '../../assembly/tables/differences/printed.ts';
import { code, table } from './markdown.ts';

const HEAD = `## Where planner and kernel differ

On purpose, from \`assembly/tables/differences/\`. The differential test (\`test/kernel/differential\`) has real kernels and the
planner judge thousands of tables of every target, and takes no other difference. It tries every example: an entry whose
reason is gone fails there. Kernels are named where it is not so on all of 6.1, 6.12 and 7.2.
`;

const ALL_KERNELS = 3;

/** The section of docs/targets.md about what planner and kernel judge differently. */
export function differencesText(): string {
  return [
    HEAD,
    '### What the planner refuses although a kernel takes it\n',
    table(
      ['targets', 'error', 'why', 'for example'],
      PLANNER_STRICTER.map((each) => [targets(each), words(each.error), why(each), code(each.example)]),
    ),
    '### Tables that a kernel does not survive\n',
    'Where there is an error the planner refuses them; it cannot see where two paths lead.\n',
    table(
      ['targets', 'error', 'why', 'for example'],
      HARMFUL.map((each) => [targets(each), words(each.error), why(each), code(each.example)]),
    ),
    '### What a kernel refuses although the planner takes it\n',
    'What only the kernel can know: devices, memory, keys, what it was built with.\n',
    table(
      ['targets', 'why', 'for example'],
      KERNEL_ALONE.map((each) => [targets(each), why(each), code(each.example)]),
    ),
    '### What TABLE prints otherwise\n',
    table(
      ['targets', 'field', 'why', 'for example'],
      PRINTED.map((each) => [targets(each), field(each.field), why(each), code(each.example)]),
    ),
  ].join('\n');
}

type Entry = Pick<Difference, 'target' | 'kernels' | 'reason'>;

function targets({ target }: Entry): string {
  return target === '*' ? 'any' : words(target);
}

function words(names = ''): string {
  return names
    .split(' ')
    .filter((name) => name !== '')
    .map(code)
    .join(', ');
}

function field(name: string): string {
  return name === '*' ? 'all' : code(name);
}

function why({ kernels, reason }: Entry): string {
  return kernels === undefined || kernels.length === ALL_KERNELS ? reason : `${reason} (${kernels.join(', ')})`;
}
