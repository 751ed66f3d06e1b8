#!/usr/bin/env python3
"""Where Tollweir's CPU time goes: samples of the CPU clock under load, by symbol. Needs perf."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import Bench
from proxies import LOAD_CORE, BenchError, Governed, Nginx, Tollweir, program, spawn

ROOT = Path(__file__).resolve().parent.parent
LOADS = {
    "requests": ("closed", {"connections": 32, "warmup": 0.2}),
    "streams": ("streams", {"connections": 200, "rate": 50, "warmup": 1}),
    "rate": ("open", {"connections": 32, "rate": 2000}),
}


def record(bench: Bench, arguments: argparse.Namespace, data: Path) -> dict:
    mode, options = LOADS[arguments.load]
    kind = Nginx if arguments.nginx else Governed if arguments.governed else Tollweir
    with bench.running(kind) as proxy:
        bench.load(proxy, "closed", connections=32, seconds=1)
        pids = ",".join(map(str, proxy.pids()))
        perf = spawn([program("perf"), "record", "-q", "-e", "cpu-clock", "-F", "4000",
                      *(["-g"] if arguments.callers else []), "-p", pids, "-o", str(data)],
                     LOAD_CORE, bench.scratch, bench.scratch / "perf.log")
        try:
            return bench.load(proxy, mode, body_bytes=arguments.body_bytes, seconds=3, **options)
        finally:
            perf.terminate()
            perf.wait(timeout=30)


def print_report(data: Path, sort: str, lines: int, callers: bool = False) -> None:
    graph = ["-g", "caller,0.5,callee"] if callers else ["-g", "none"]
    done = subprocess.run([program("perf"), "report", "-i", str(data), "--stdio", "--no-children",
                           "--sort", sort, "--percent-limit", "0.3", *graph],
                          capture_output=True, text=True)
    kept = [re.sub(r"(\S) {2,}", r"\1  ", line).rstrip(" -") for line in done.stdout.splitlines()
            if line.strip() and not line.startswith("#")]
    print("\n".join(kept[:lines]), "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/tollweir")
    parser.add_argument("--tools", type=Path, default=ROOT / "build/bench")
    parser.add_argument("--load", choices=LOADS, default="requests")
    parser.add_argument("--body-bytes", type=int, default=1_200)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--callers", action="store_true", help="with call graphs")
    parser.add_argument("--governed", action="store_true", help="with a virtual key, limits, spend")
    parser.add_argument("--nginx", action="store_true", help="nginx instead, to compare")
    arguments = parser.parse_args()
    Tollweir.binary = arguments.bin.resolve()
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="tollweir-bench-") as scratch:
        bench = Bench(arguments.tools, Path(scratch), rounds=1, seconds=3)
        data = Path(scratch) / "perf.data"
        try:
            result = record(bench, arguments, data)
        finally:
            bench.close()
        print(f"{result['cpu_us_per_unit']:.1f} µs CPU a unit, {result['units']} units\n")
        print_report(data, "comm", 8)
        print_report(data, "dso", 8)
        print_report(data, "dso,symbol", arguments.lines, arguments.callers)
    return 1 if bench.errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench: {error}")
