"""The real binary, started on a free port with a configuration of the test's own."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wire import WAIT, Closed, EventStream, Headers, Reply, Wire, request_bytes, until

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("TOLLWEIR_BIN", ROOT / "build/release/tollweir"))
KEY = "sk-e2e-master-key"  # the default configuration's master key
AUTH: Headers = (("authorization", f"Bearer {KEY}"),)

SANITIZER_REPORT = re.compile(
    r"ERROR: AddressSanitizer|ERROR: LeakSanitizer|WARNING: ThreadSanitizer|runtime error:"
)

# Outside the kernel's ephemeral range, so that no client socket takes a port between our choice and
# the gateway's bind; each xdist worker has a range of its own.
_ports = itertools.cycle(
    range(
        20000 + 1000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]),
        21000 + 1000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]),
    )
)


def free_port() -> int:
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise AssertionError("unreachable")


def clean_environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the developer's shell but what a process needs: no keys, no proxies."""
    kept = ("PATH", "LANG", "TZ")
    sanitizers = ("ASAN_", "UBSAN_", "LSAN_", "TSAN_")
    base = {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.startswith(sanitizers)
    }
    return {**base, "HOME": str(home), **extra}


def merged(base: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in extra.items():
        both_maps = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both_maps else value
    return result


def model(name: str, base: str, upstream_model: str | None = None, **params: Any) -> dict[str, Any]:
    """An entry of `model_list` for an OpenAI-shaped upstream at `base`."""
    return {
        "model_name": name,
        "litellm_params": {
            "model": upstream_model or "openai/up-model",
            "api_base": base,
            "api_key": "sk-upstream",
            **params,
        },
    }


DEFAULTS: dict[str, Any] = {
    "general_settings": {"master_key": KEY},
    # A test must not wait out the time that load balancers need in the field.
    "tollweir_settings": {"drain": {"delay": "0s", "timeout": "5s"}},
    # One attempt a request, so that what reaches the upstream can be counted.
    "router_settings": {"num_retries": 0},
}


class Gateway:
    """One process. `config`: sections laid over `DEFAULTS`; a str: the file's text as it stands;
    None: no file."""

    def __init__(
        self,
        config: Mapping[str, Any] | str | None = None,
        *,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        workers: int = 2,
        wait: bool = True,
        port_flag: bool = True,
        port: int | None = None,
        tls: bool = False,
        directory: Path | None = None,
    ) -> None:
        self.directory = directory or Path(tempfile.mkdtemp(prefix="tollweir-e2e-"))
        self.port = port or free_port()
        self.tls = tls
        self.drains_at_once = isinstance(config, Mapping)
        self._lines: list[str] = []
        self.config_file = self.directory / "config.yaml"
        command = [str(BINARY)]
        if config is not None:
            self.write_config(config)
            command += ["--config", str(self.config_file)]
        if port_flag:
            command += ["--port", str(self.port), "--num_workers", str(workers)]
        self.process = subprocess.Popen(
            [*command, *args],
            cwd=self.directory,
            env=clean_environment(self.directory, env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()
        if wait:
            try:
                self.wait_ready()
            except AssertionError:
                self.process.kill()
                raise

    def write_config(self, config: Mapping[str, Any] | str) -> None:
        """JSON is YAML."""
        text = config if isinstance(config, str) else json.dumps(merged(DEFAULTS, config), indent=1)
        temporary = self.config_file.with_suffix(".new")
        temporary.write_text(text)
        temporary.replace(self.config_file)

    def _read_output(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.append(line.decode("utf-8", "replace"))

    @property
    def output(self) -> str:
        """Of both its streams, so far."""
        return "".join(self._lines)

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            assert self.process.poll() is None, f"did not start:\n{self.output}"
            assert time.monotonic() < deadline, f"never became ready:\n{self.output}"
            try:
                if self.tls:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                with Wire(self.port, timeout=2) as wire:
                    if wire.request("GET", "/health/liveliness").status == 200:
                        return
            except (OSError, Closed):
                time.sleep(0.01)

    # Stopping

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait_exit(self, timeout: float = 20) -> int:
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        self.check_output()
        return code

    def check_output(self) -> None:
        found = SANITIZER_REPORT.search(self.output)
        assert not found, self.output[max(0, found.start() - 200) :][:12000] if found else ""

    def stop(self) -> None:
        """A signal; must end by itself and say 0."""
        if self.process.poll() is None:
            # SIGINT leaves out the drain's delay, which a file of the test's own may not set.
            self.signal(signal.SIGTERM if self.drains_at_once else signal.SIGINT)
            try:
                code = self.wait_exit()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the signal did not end it:\n{self.output[-4000:]}") from None
            assert code == 0, f"exit code {code}:\n{self.output[-4000:]}"
            return
        self._reader.join(5)
        self.check_output()
        assert self.process.returncode in self.expected_codes, (
            f"ended by itself with {self.process.returncode}:\n{self.output[-8000:]}"
        )

    expected_codes: tuple[int, ...] = (0,)  # for a process that a test ended itself

    def wait_output(self, text: str, timeout: float = WAIT) -> str:
        """Until the log holds `text` (a regular expression); the line it is in."""
        pattern = re.compile(text)

        def line() -> str | None:
            return next((x for x in self.output.splitlines() if pattern.search(x)), None)

        found: str = until(line, f"log line with {text!r} in:\n{self.output[-3000:]}", timeout)
        return found

    # Talking to it

    def wire(self, **options: Any) -> Wire:
        return Wire(self.port, **options)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def get(self, target: str, headers: Headers = AUTH) -> Reply:
        with self.wire() as wire:
            return wire.request("GET", target, headers)

    def post(self, target: str, value: Any, headers: Headers = AUTH) -> Reply:
        with self.wire() as wire:
            return wire.post(target, value, headers)

    def chat(self, model_name: str = "m", headers: Headers = AUTH, **fields: Any) -> Reply:
        return self.post("/v1/chat/completions", chat_body(model_name, **fields), headers)

    def open_stream(self, model_name: str = "m", **fields: Any) -> Wire:
        """Sends a streamed chat request; the answer is read with `EventStream`."""
        wire = self.wire()
        wire.send(stream_request(model_name, **fields))
        return wire

    def stream(self, model_name: str = "m", **fields: Any) -> list[Any]:
        with self.open_stream(model_name, **fields) as wire:
            return EventStream(wire).rest()

    def rss_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found.group(1))


StartGateway = Callable[..., Gateway]  # the fixture `start`


def chat_body(model_name: str = "m", **fields: Any) -> dict[str, Any]:
    return {"model": model_name, "messages": [{"role": "user", "content": "hi"}], **fields}


def stream_request(model_name: str = "m", headers: Headers = AUTH, **fields: Any) -> bytes:
    body = json.dumps(chat_body(model_name, stream=True, **fields)).encode()
    json_type = ("content-type", "application/json")
    return request_bytes("POST", "/v1/chat/completions", [json_type, *headers], body)
