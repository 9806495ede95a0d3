/** The differences between two plans, as a list. */
import type { Change, StepDiff } from './diff.ts';
import { el, whole } from './dom.ts';

const MOST_CHANGES = 200;

export function diffView(steps: readonly StepDiff[]): HTMLElement {
  if (steps.every(({ state }) => state === 'same')) return el('p', {}, 'The two plans are the same, byte for byte.');
  return el('ol', { class: 'diff' }, ...steps.map(stepItem));
}

const STATES = { same: 'the same', changed: 'differs', removed: 'is not in the new plan', added: 'is new' };

function stepItem({ command, state, changes }: StepDiff): HTMLElement {
  const more = changes.length - MOST_CHANGES;
  return el(
    'li',
    { class: state },
    el('strong', {}, command),
    ` ${STATES[state]}`,
    changes.length > 0 &&
      el(
        'ul',
        {},
        ...changes.slice(0, MOST_CHANGES).map(changeItem),
        more > 0 && el('li', {}, `and ${whole(more)} more`),
      ),
  );
}

function changeItem(change: Change): HTMLElement {
  return el(
    'li',
    {},
    el('code', {}, change.field),
    ' ',
    change.kind !== 'added' && el('del', {}, change.before || '""'),
    change.kind === 'changed' && ' → ',
    change.kind !== 'removed' && el('ins', {}, change.after || '""'),
  );
}
