// workerd: the module and the vectors are parts of the worker. workerd test config.capnp
import module from 'planner.wasm';
import vectors from 'vectors.jsonl';
import { check } from './check.mjs';

export default {
  async test() {
    console.log(JSON.stringify(await check(module, vectors)));
  },
};
