#!/usr/bin/env python3
"""The load that the compiler is taught by (scripts/train): what bench/run.py measures, and the way of
rows into the store. Counts of what ran are left by the binary itself when it ends."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from cases import Bench
from proxies import LOAD_CORE, BenchError, Booking, Tollweir

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--tools", type=Path, default=ROOT / "build/bench")
    arguments = parser.parse_args()
    Tollweir.binary = arguments.bin.resolve()
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="tollweir-train-") as scratch:
        bench = Bench(arguments.tools, Path(scratch), rounds=1, seconds=2)
        try:
            for kind in Tollweir, Booking:
                with bench.running(kind) as proxy:
                    for size, seconds in (1_200, 4), (20_000, 2), (200_000, 1):
                        bench.load(proxy, "closed", body_bytes=size, connections=32, seconds=seconds)
                    bench.load(proxy, "streams", connections=50, rate=50, warmup=1)
        finally:
            bench.close()
        return 1 if bench.errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"train: {error}")
