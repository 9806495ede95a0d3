// A transform for asc: what is called for every row, word or byte of a table is compiled into its callers, as with the
// decorator @inline, which the linter's parser takes for an error. Together they take a third off the time of a row and
// cost 3 KiB; measure both before adding one (npm run bench -- --only planning).
import { Transform } from 'assemblyscript/transform';

/** DecoratorFlags.Inline of asc. */
const INLINE = 64;

/** By the file that each is in. */
const HOT = {
  failure: ['enterField'],
  memory: ['raiseTop', 'room', 'setTop'],
  text: ['below', 'copyBytes', 'endOf', 'firstBytes', 'firstOf', 'isDigit', 'lengthOf', 'named', 'slice', 'startOf'],
  versions: ['versionOf'],
  'grammar/nodes': ['has', 'isPlain', 'isTarget', 'kindOf', 'nameOf', 'nodeAt', 'nodes', 'slotOf'],
  'grammar/rules': ['combine', 'operand'],
  'grammar/slots': ['clearSlots', 'mark'],
  'grammar/words': ['isBlank', 'moreWords'],
  'msgpack/read': ['headSize', 'keyAt'],
  'msgpack/write': ['fits', 'tag'],
};

export default class extends Transform {
  afterInitialize({ elementsByName }) {
    for (const [file, names] of Object.entries(HOT)) {
      for (const name of names) {
        const found = elementsByName.get(`assembly/${file}/${name}`);
        if (!found) throw new Error(`${name} of ${file} is to be inlined, but there is no such function`);
        found.decoratorFlags |= INLINE;
      }
    }
  }
}
