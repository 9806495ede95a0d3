"""A host in Python: docs/abi.md in code, over wasmtime and msgpack from PyPI. Copy it."""

import msgpack
import wasmtime


class PlannerError(Exception):
    """What the planner refuses: `name` is stable, `path` the field at fault, `offset` its byte in the request."""

    def __init__(self, failure):
        super().__init__(f"{failure['path']}: {failure['message']}" if failure["path"] else failure["message"])
        self.code, self.name = failure["code"], failure["name"]
        self.path, self.offset = failure["path"], failure["offset"]


# What a call may cost, in instructions: it ends by itself long before, and a host need not believe that.
FUEL, FUEL_PER_BYTE = 1_000_000, 10_000


class Planner:
    def __init__(self, path):
        config = wasmtime.Config()
        config.consume_fuel = True
        engine = wasmtime.Engine(config)
        self._store = wasmtime.Store(engine)
        self._store.set_fuel(FUEL)
        instance = wasmtime.Instance(self._store, wasmtime.Module.from_file(engine, path), [])
        self._exports = instance.exports(self._store)
        if self._call("abi_version") != 1:
            raise RuntimeError("not a planner of interface version 1")

    def _call(self, name, *arguments):
        return self._exports[name](self._store, *arguments) & 0xFFFFFFFF  # i32, read as unsigned

    def exchange(self, call, request):
        """One call, `plan`, `decode` or `inspect`: its code, and the bytes of the answer."""
        self._store.set_fuel(FUEL + FUEL_PER_BYTE * len(request))
        at = self._call("request", len(request))
        memory = self._exports["memory"]
        if at != 0:
            memory.write(self._store, request, at)
        code = self._call(call)
        start = self._call("result")
        return code, bytes(memory.read(self._store, start, start + self._call("result_length")))

    def _ask(self, call, request):
        code, answer = self.exchange(call, msgpack.packb(request))
        value = msgpack.unpackb(answer)
        if code != 0:
            raise PlannerError(value)
        return value

    def plan(self, action, **fields):
        """The steps of an action: `[command, payload]`, to be handed to ioctl(_IOWR(0xfd, command, 312 bytes)) in order."""
        return self._ask("plan", {"v": 1, "action": action, **fields})["steps"]

    def decode(self, command, payload):
        """What the kernel wrote into the payload of that command."""
        return self._ask("decode", {"command": command, "payload": payload})

    def selftest(self):
        return self._call("selftest")
