#!/usr/bin/env python3
"""Writes a configuration with many deployments, or measures a start with it.

  bench/many_deployments.py 2000 > many.yaml            the file
  bench/many_deployments.py 2000 --measure [BINARY]     time to readiness and resident memory, of
                                                        five starts, and of five with 20 deployments
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STARTS = 5
FEW = 20


def configuration(count: int) -> str:
    """Groups of four, each deployment with what such files usually say."""
    lines = ["general_settings: {master_key: sk-measure}", "model_list:"]
    for i in range(count):
        lines += [
            f"  - model_name: group-{i // 4}",
            "    litellm_params:",
            f"      model: openai/gpt-4o-{i}",
            f"      api_base: https://upstream-{i % 50}.example/v1",
            f"      api_key: sk-upstream-{i}",
            f"      rpm: {100 + i % 7}",
            "      tpm: 100000",
            "      timeout: 60",
            "      max_parallel_requests: 50",
            "      input_cost_per_token: 0.0000025",
            f"      tags: [team-{i % 10}]",
            "    model_info:",
            f"      id: deployment-{i}",
            "      mode: chat",
        ]
    return "\n".join(lines) + "\n"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_ready(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health/readiness", timeout=5).read()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def start_once(binary: str, config: str, folder: str) -> tuple[float, int]:
    """Seconds to the first answer, resident memory in KiB."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "TOLLWEIR_DATA_DIR": folder}
    begin = time.monotonic()
    process = subprocess.Popen(
        [binary, "--config", config, "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not is_ready(port):
            assert process.poll() is None, "it does not start"
            time.sleep(0.002)
        seconds = time.monotonic() - begin
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return seconds, int(memory.split()[1])
    finally:
        process.terminate()
        process.wait()


def measure(binary: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "many.yaml"
        config.write_text(configuration(count))
        starts = [start_once(binary, str(config), folder) for _ in range(STARTS)]
    seconds = [start[0] for start in starts]
    print(
        f"{count} deployments: ready after {statistics.median(seconds) * 1000:.0f} ms "
        f"({min(seconds) * 1000:.0f}-{max(seconds) * 1000:.0f}), "
        f"{statistics.median(start[1] for start in starts) / 1024:.1f} MiB resident"
    )


def main() -> None:
    count = int(sys.argv[1])
    if "--measure" not in sys.argv:
        sys.stdout.write(configuration(count))
        return
    binary = sys.argv[3] if len(sys.argv) > 3 else str(ROOT / "build/release/tollweir")
    for each in (FEW, count):
        measure(binary, each)


if __name__ == "__main__":
    main()
