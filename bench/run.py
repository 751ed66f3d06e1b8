#!/usr/bin/env python3
"""Measures Tollweir beside nginx and HAProxy. Run it through scripts/bench, which builds first."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import report
from cases import CASES, Bench
from proxies import LOAD_CORE, PROXY_CORE, BenchError, Tollweir, program

ROOT = Path(__file__).resolve().parent.parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true",
                        help="2 rounds of half a second, without the slow cases")
    parser.add_argument("--only", metavar="CASE", help="some of: " + ",".join(CASES))
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 2")
    parser.add_argument("--seconds", type=float, help="of a run, default 1.5, with --quick 0.5")
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/tollweir", metavar="PATH",
                        help="the Tollweir to measure (default: build/release/tollweir)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--tools", type=Path, default=ROOT / "build/bench", help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen_cases(arguments: argparse.Namespace) -> list[str]:
    if arguments.only:
        names = arguments.only.split(",")
        unknown = [name for name in names if name not in CASES]
        if unknown:
            raise BenchError(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
        return names
    if arguments.quick:
        return ["cpu", "streams", "start", "syscalls"]
    return list(CASES)


def first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[0] if done.stdout + done.stderr else "?"


def machine(binary: Path) -> dict[str, str]:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores, "
                   f"{int(memory.group(1)) // 1048576} GiB",
        "kernel": f"Linux {platform.release()}",
        "Tollweir": f"commit {first_line('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}, "
                    f"{binary.stat().st_size / 1048576:.1f} MiB binary",
        "nginx": first_line(program("nginx"), "-v").split("/")[-1],
        "HAProxy": first_line(program("haproxy"), "-v").split()[2],
        "load while measuring": f"{os.getloadavg()[0]:.1f} at the start (1 minute)",
    }


def measure(arguments: argparse.Namespace) -> dict:
    rounds = arguments.rounds or (2 if arguments.quick else 5)
    seconds = arguments.seconds or (0.5 if arguments.quick else 1.5)
    found = {"machine": machine(arguments.bin), "cases": {}, "errors": []}
    with tempfile.TemporaryDirectory(prefix="tollweir-bench-") as scratch:
        bench = Bench(arguments.tools, Path(scratch), rounds, seconds)
        try:
            for name in chosen_cases(arguments):
                try:
                    found["cases"][name] = CASES[name](bench)
                    title, render = report.TABLES[name]
                    print(f"\n## {title}\n\n{render(found['cases'][name])}", flush=True)
                except BenchError as error:
                    bench.note(f"{name}: {error}")
        finally:
            bench.close()
        found["errors"] = bench.errors
    return found


def main() -> int:
    # A termination runs the clean-up of every `with` and `finally`, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = parse_arguments()
    if not arguments.bin.exists():
        raise BenchError(f"{arguments.bin} is missing: scripts/build makes it")
    arguments.bin = Tollweir.binary = arguments.bin.resolve()
    if PROXY_CORE == LOAD_CORE:
        print("Only one core: load generator and proxy share it, so throughput means little.")
    os.sched_setaffinity(0, {LOAD_CORE})
    found = measure(arguments)
    print(f"\n## Gates\n\n{report.gate_table(found['cases'], only_measured=True)}")
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build/benchmarks.json").write_text(json.dumps(found, indent=1))
    if found["errors"]:
        print(f"{len(found['errors'])} errors: the figures above do not count", file=sys.stderr)
        return 1
    if arguments.write:
        report.write(ROOT / "docs/benchmarks.md", found)
        print("\nwritten to docs/benchmarks.md")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
