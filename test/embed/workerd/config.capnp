using Workerd = import "/workerd/workerd.capnp";

# Paths are read beside this file: the four others are copied there.
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "check.mjs", esModule = embed "check.mjs"),
    (name = "planner.mjs", esModule = embed "planner.mjs"),
    (name = "planner.wasm", wasm = embed "planner.wasm"),
    (name = "vectors.jsonl", text = embed "vectors.jsonl"),
  ],
  compatibilityDate = "2026-01-01",
);
