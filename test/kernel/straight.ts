/**
 * Runs in the guest. Loads a linear table with each of these params, in base64, by an ioctl that nothing has checked, and
 * says in a line what came of it: `opened M:m …`, or `errno N`.
 */
import { loadSystem } from '../../executor/system.ts';
import { bare, CREATE, LOAD, REMOVE, table } from '../unit/executor/payloads.ts';
import { dependencies, F_QUERY_INACTIVE, must } from './endurance/devices.ts';

const name = 'straight';

loadSystem().then(({ ioctl }) => {
  must(ioctl, CREATE, bare({ name }));
  for (const params of process.argv.slice(2)) {
    const words = Buffer.from(params, 'base64').toString('latin1');
    const errno = ioctl(LOAD, table({ name }, [[0, 8, 'linear', words]]));
    console.log(errno === 0 ? `opened ${dependencies(ioctl, name, F_QUERY_INACTIVE).join(' ')}` : `errno ${errno}`);
  }
  must(ioctl, REMOVE, bare({ name }));
});
