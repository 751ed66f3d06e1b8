#!/usr/bin/env python3
"""Guard against slow growth: user-space instructions a request under callgrind, which hardly vary
from run to run, against the number in bench/instructions.json. Exit status 1 when they grew."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from cases import Bench, WithoutDebugInfo, instructions_of
from proxies import BenchError, Tollweir

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "bench/instructions.json"
TOLERANCE = 0.05


def measure(tools: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="tollweir-bench-") as scratch:
        (Path(scratch) / "run").mkdir()
        bench = Bench(tools, Path(scratch) / "run", rounds=1, seconds=1)
        try:
            count = instructions_of(bench, WithoutDebugInfo)
        finally:
            bench.close()
        if bench.errors:
            raise BenchError("the requests under callgrind failed")
        return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/tollweir")
    parser.add_argument("--tools", type=Path, default=ROOT / "build/bench")
    parser.add_argument("--update", action="store_true", help="store what was measured")
    arguments = parser.parse_args()
    Tollweir.binary = arguments.bin.resolve()
    count = measure(arguments.tools)
    if arguments.update:
        STORED.write_text(json.dumps({"instructions_a_request": round(count)}, indent=4) + "\n")
    stored = json.loads(STORED.read_text())["instructions_a_request"]
    change = count / stored - 1
    print(f"{count:,.0f} instructions a request, {change:+.1%} of the {stored:,} stored")
    if change < -TOLERANCE:
        print("Fewer than before: keep it with bench/instructions.py --update")
    return 1 if change > TOLERANCE else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"bench: {error}")
