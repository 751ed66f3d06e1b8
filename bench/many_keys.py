#!/usr/bin/env python3
"""Measures the memory of a gateway with many virtual keys in its store, and then in its cache too.

  bench/many_keys.py 100000 [BINARY]     resident memory: before, with the keys in the store, after
                                         each has been used once
"""

import concurrent.futures
import datetime
import hashlib
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
CONFIG = """
general_settings: {master_key: sk-measure}
model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:1/v1", api_key: k, mock_response: pong}
"""
CHAT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ping"}]})


class Gateway:
    def __init__(self, binary: str, folder: str):
        config = Path(folder) / "keys.yaml"
        config.write_text(CONFIG)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.process = subprocess.Popen(
            [binary, "--config", str(config), "--host", "127.0.0.1", "--port", str(self.port)],
            env={"PATH": os.environ["PATH"], "TOLLWEIR_DATA_DIR": folder},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def is_connected(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/health/readiness")
            return json.loads(connection.getresponse().read()).get("db") == "connected"
        except OSError:
            return False

    def wait(self) -> None:
        while not self.is_connected():
            assert self.process.poll() is None, "it does not start"
            time.sleep(0.01)

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def secret(number: int) -> str:
    return f"sk-measured-{number:06d}"


def fill(file: Path, count: int) -> None:
    """Keys as teams make them: an alias, an owner, models, metadata, a budget, two limits."""
    later = (datetime.datetime.now() + datetime.timedelta(days=90)).isoformat(" ", "microseconds")
    rows = (
        (
            hashlib.sha256(secret(i).encode()).hexdigest(),
            f"sk-...{i % 10000:04d}",
            f"service-{i}",
            f"user-{i % 5000}",
            '["m", "gpt-4o-mini"]',
            json.dumps({"tags": ["search", f"squad-{i % 50}"], "owner": f"user-{i % 5000}@example.com"}),
            25.0,
            "30d",
            later,
            600,
            100_000,
        )
        for i in range(count)
    )
    with sqlite3.connect(file, timeout=60) as store:
        store.executemany(
            'insert into "LiteLLM_VerificationToken" (token, key_name, key_alias, user_id, models, '
            "metadata, max_budget, budget_duration, budget_reset_at, rpm_limit, tpm_limit) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def use(port: int, numbers: range) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in numbers:
        headers = {"Authorization": f"Bearer {secret(number)}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", CHAT, headers)
        reply = connection.getresponse()
        answer = reply.read()
        assert reply.status == 200, answer


def measure(binary: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        gateway = Gateway(binary, folder)
        try:
            gateway.wait()
            print(f"no keys: {gateway.resident_mib():.1f} MiB resident", flush=True)
            fill(Path(folder) / "tollweir.db", count)
            time.sleep(3)  # their changes are heard of, and kept by nobody
            stored = gateway.resident_mib()
            print(f"{count} keys in the store: {stored:.1f} MiB", flush=True)
            begin = time.monotonic()
            with concurrent.futures.ProcessPoolExecutor(CONNECTIONS) as pool:
                ranges = [range(at, count, CONNECTIONS) for at in range(CONNECTIONS)]
                for done in [pool.submit(use, gateway.port, numbers) for numbers in ranges]:
                    done.result()
            seconds = time.monotonic() - begin
            used = gateway.resident_mib()
            print(
                f"each used once, in {seconds:.0f} s: {used:.1f} MiB, "
                f"{(used - stored) * 1024 / count:.2f} KiB a key"
            )
        finally:
            gateway.stop()


def main() -> None:
    binary = sys.argv[2] if len(sys.argv) > 2 else str(ROOT / "build/release/tollweir")
    measure(binary, int(sys.argv[1]))


if __name__ == "__main__":
    main()
