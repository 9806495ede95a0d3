// A transform for asc: what is called for every byte or word of a table is compiled into its callers, as with the
// decorator @inline, which the linter's parser takes for an error. Together they halve the time of a row and cost
// 1 KiB; measure both before adding one (npm run bench -- --only planning).
import { Transform } from 'assemblyscript/transform';

/** DecoratorFlags.Inline of asc. */
const INLINE = 64;

const HOT = [
  ...['startOf', 'endOf', 'lengthOf', 'slice', 'isControl', 'isKernelSpace', 'isDigit'].map((name) => `text/${name}`),
  ...['isBlank', 'skipBlanks', 'moreWords'].map((name) => `grammar/words/${name}`),
  ...['has', 'kindOf', 'nameOf', 'slotOf'].map((name) => `grammar/nodes/${name}`),
  'table/text/isMargin',
  ...['room', 'setTop'].map((name) => `memory/${name}`),
  'failure/enterField',
];

export default class extends Transform {
  afterInitialize({ elementsByName }) {
    for (const name of HOT) {
      const found = elementsByName.get(`assembly/${name}`);
      if (!found) throw new Error(`${name} is to be inlined, but there is no such function`);
      found.decoratorFlags |= INLINE;
    }
  }
}
