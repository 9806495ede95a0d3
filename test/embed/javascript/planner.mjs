// A host in JavaScript, for every runtime that has WebAssembly: docs/abi.md in code. Copy it.

export class Planner {
  #exports;

  /** @param {WebAssembly.Module} module planner.wasm, compiled */
  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    if (this.#exports.abi_version() !== 1) throw new Error('not a planner of interface version 1');
  }

  /**
   * One call: `plan`, `decode` or `inspect`. A code that is not 0 is an error, and the answer says which.
   * @param {'plan' | 'decode' | 'inspect'} name
   * @param {Uint8Array} request MessagePack
   * @returns {{ code: number, answer: Uint8Array }} MessagePack
   */
  call(name, request) {
    const planner = this.#exports;
    const at = planner.request(request.length) >>> 0;
    if (at !== 0) new Uint8Array(planner.memory.buffer, at, request.length).set(request);
    const code = planner[name]() >>> 0;
    // The memory may have grown: its buffer is taken anew, and the answer copied before the next call.
    const answer = new Uint8Array(planner.memory.buffer, planner.result() >>> 0, planner.result_length() >>> 0);
    return { code, answer: answer.slice() };
  }

  selftest() {
    return this.#exports.selftest() >>> 0;
  }
}
