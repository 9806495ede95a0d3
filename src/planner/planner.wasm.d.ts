/** The module, compiled, as workerd and bundlers import it: what `loadPlanner` and `new WebAssembly.Instance` take. */
declare const planner: WebAssembly.Module;
export default planner;
