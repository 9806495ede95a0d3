"""Runs the conformance pack: python3 check.py planner.wasm vectors.jsonl"""

import importlib.metadata
import json
import sys
import time

from planner import Planner, PlannerError


def check(planner, lines):
    differences = []
    started = time.perf_counter()
    for line in lines:
        case = json.loads(line)
        code, answer = planner.exchange(case["call"], bytes.fromhex(case["request"]))
        if code != case["code"] or answer.hex() != case["result"]:
            differences.append(case["id"])
    return differences, round((time.perf_counter() - started) * 1000)


def speaks(planner):
    """The typed calls, once: a plan, a reply, and a refusal."""
    steps = planner.plan("create", name="data", targets=[{"type": "zero", "length": "1MiB"}])
    header = planner.decode("DEV_STATUS", steps[0][1])["header"]
    try:
        planner.plan("create", name="data", table="0 8 zero\n16 8 zero\n")
        refused = None
    except PlannerError as error:
        refused = (error.name, error.path)
    return [command for command, _ in steps] == [3, 9, 6] and header["name"] == "data" and refused == ("gap", "table[1].start")


planner = Planner(sys.argv[1])
with open(sys.argv[2], encoding="ascii") as vectors:
    lines = vectors.readlines()
differences, milliseconds = check(planner, lines)
if not speaks(planner):
    differences.append("the typed calls")
report = {
    "version": f"wasmtime {importlib.metadata.version('wasmtime')}",
    "cases": len(lines),
    "milliseconds": milliseconds,
    "differences": differences,
    "selftest": planner.selftest(),
}
print(json.dumps(report))
