"""The programs under test, and the mock upstream behind them: how each is configured and started."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_TIMEOUT = 60.0  # seconds; under valgrind a start takes some

CHAT = (b'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk-bench\r\n'
        b'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s')
PING = b'{"model":"fast","messages":[{"role":"user","content":"ping"}]}'


class BenchError(Exception):
    """A measurement that could not be made; the text says why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cores() -> tuple[int, int]:
    """One core for the program under test, one for load generator and upstream."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[1]) if len(allowed) > 1 else (allowed[0], allowed[0])


PROXY_CORE, LOAD_CORE = cores()


def spawn(command: list[str], core: int, directory: Path, output: Path,
          environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Starts a program on one core; it dies with us, whatever ends us."""
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        os.sched_setaffinity(0, {core})
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    with output.open("ab") as log:
        return subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                                stdout=log, stderr=subprocess.STDOUT, preexec_fn=prepare)


def ask(port: int, body: bytes = PING) -> bool:
    """One request; whether its answer was a 200. Raises OSError when nobody listens."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(CHAT % (len(body), body))
        return connection.recv(65536).startswith(b"HTTP/1.1 200")


class Program:
    """A running program on a port of loopback."""

    name = ""

    def __init__(self, directory: Path):
        self.directory = directory / f"{self.name}-{free_port()}"
        self.directory.mkdir(parents=True)
        self.port = free_port()
        self.output = self.directory / "output.log"
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def core(self) -> int:
        return PROXY_CORE

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.directory)}

    def start(self, wrapper: list[str] | None = None) -> float:
        """Returns the seconds from the start to the first answer 200. `wrapper`: valgrind."""
        command = (wrapper or []) + self.command()
        began = time.perf_counter()
        self.process = spawn(command, self.core(), self.directory, self.output, self.environment())
        while True:
            try:
                if self.is_ready():
                    return time.perf_counter() - began
            except OSError:
                pass
            if self.process.poll() is not None:
                raise BenchError(f"{self.name} ended at once:\n{self.last_output()}")
            if time.perf_counter() - began > START_TIMEOUT:
                self.stop()
                raise BenchError(f"{self.name} does not answer:\n{self.last_output()}")
            time.sleep(0.0002)

    def is_ready(self) -> bool:
        return ask(self.port)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def last_output(self) -> str:
        return self.output.read_text(errors="replace")[-2000:] if self.output.exists() else ""

    def pids(self) -> list[int]:
        """The process and its children: nginx works in one."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def memory_kib(self) -> int:
        return sum(self._status(pid, "VmRSS") for pid in self.pids())

    @staticmethod
    def _status(pid: int, field: str) -> int:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        return 0


class FakeUpstream(Program):
    name = "upstream"

    def __init__(self, directory: Path, tools: Path):
        super().__init__(directory)
        self.tools = tools

    def command(self) -> list[str]:
        return [str(self.tools / "fake_upstream"), str(self.port)]

    def core(self) -> int:
        return LOAD_CORE


class Proxy(Program):
    """A program between the load generator and the mock upstream."""

    def __init__(self, directory: Path, upstream_port: int, certificate: Path | None = None):
        super().__init__(directory)
        self.upstream_port = upstream_port
        self.certificate = certificate  # a PEM file with certificate and key: the proxy speaks TLS
        self.configure()

    def configure(self) -> None:
        raise NotImplementedError

    def is_ready(self) -> bool:
        if self.certificate is None:
            return ask(self.port)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10):
            return True


class Nginx(Proxy):
    name = "nginx"
    access_log = "off"

    def configure(self) -> None:
        tls = ""
        if self.certificate:
            tls = f"ssl_certificate {self.certificate}; ssl_certificate_key {self.certificate};"
        temporary = "".join(
            f"{kind}_temp_path {self.directory}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.directory / "nginx.conf").write_text(f"""
{'user root;' if os.getuid() == 0 else ''}
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {self.directory}/nginx.pid;
error_log {self.directory}/error.log;
events {{ worker_connections 8192; }}
http {{
    access_log {self.access_log.format(directory=self.directory)};
    {temporary}
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    client_max_body_size 16m;
    client_body_buffer_size 1m;
    upstream mock {{
        server 127.0.0.1:{self.upstream_port};
        keepalive 512;
        keepalive_timeout 1h;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{self.port} {'ssl' if tls else ''} backlog=4096;
        {tls}
        location / {{
            proxy_pass http://mock;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
""")

    def command(self) -> list[str]:
        return [program("nginx"), "-p", str(self.directory), "-c", "nginx.conf",
                "-e", str(self.directory / "error.log")]


class NginxWithLog(Nginx):
    """With a line a request, buffered: as much as Tollweir's own request log does."""

    name = "nginx-log"
    access_log = "{directory}/access.log combined buffer=64k flush=1s"


class Haproxy(Proxy):
    name = "haproxy"

    def configure(self) -> None:
        tls = f"ssl crt {self.certificate}" if self.certificate else ""
        (self.directory / "haproxy.cfg").write_text(f"""
global
    nbthread 1
    maxconn 7500
defaults
    mode http
    option http-no-delay
    http-reuse always
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout http-keep-alive 1h
listen mock
    bind 127.0.0.1:{self.port} backlog 4096 {tls}
    server mock 127.0.0.1:{self.upstream_port}
""")

    def command(self) -> list[str]:
        return [program("haproxy"), "-db", "-q", "-f", str(self.directory / "haproxy.cfg")]


class Tollweir(Proxy):
    """One worker, the master key checked, a line a request written to a file; the bare relay, which
    books nothing."""

    name = "tollweir"
    binary = Path("build/release/tollweir")  # set by the command line
    spend = "  disable_spend_logs: true\n  disable_spend_updates: true\n"

    def configure(self) -> None:
        (self.directory / "config.yaml").write_text(f"""
model_list:
  - model_name: fast
    litellm_params:
      model: openai/gpt-4o-mini
      api_base: http://127.0.0.1:{self.upstream_port}/v1
      api_key: sk-up
general_settings:
  master_key: sk-bench
{self.spend}""")

    def command(self) -> list[str]:
        command = [str(self.binary), "--config", str(self.directory / "config.yaml"),
                   "--host", "127.0.0.1", "--port", str(self.port), "--num_workers", "1"]
        if self.certificate:
            command += ["--ssl_certfile_path", str(self.certificate),
                        "--ssl_keyfile_path", str(self.certificate)]
        return command


class Governed(Tollweir):
    """The same with a virtual key that has limits of every kind, a budget of the gateway, prices,
    and a journal of what was spent. Its rows wait there: written meanwhile they would take the core of
    the load generator, and each send would meet a peer that sleeps."""

    name = "tollweir-governed"
    key = ""
    spend = "  proxy_batch_write_at: 3600\n"

    def configure(self) -> None:
        super().configure()
        path = self.directory / "config.yaml"
        path.write_text(path.read_text() + """
litellm_settings:
  max_budget: 1000000
tollweir_settings:
  drain: {delay: 0s}
""")

    def start(self, wrapper: list[str] | None = None) -> float:
        took = super().start(wrapper)
        self.key = self.generate_key()
        return took

    def generate_key(self) -> str:
        body = json.dumps({
            "models": ["fast"], "max_budget": 100000, "budget_duration": "30d",
            "rpm_limit": 100_000_000, "tpm_limit": 100_000_000_000,
            "max_parallel_requests": 100_000,
            "model_max_budget": {"fast": {"max_budget": 50000, "budget_duration": "1d"}},
            "model_rpm_limit": {"fast": 100_000_000},
        }).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/key/generate", body,
            {"Authorization": "Bearer sk-bench", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["key"]


class Booking(Governed):
    """One that writes its rows to SQLite while it serves."""

    name = "tollweir-booking"
    spend = ""

    def start(self, wrapper: list[str] | None = None) -> float:
        took = super().start(wrapper)
        # On the other core, so that they keep up with the requests. Threads that they start stay
        # with them.
        for task in self.store_threads():
            os.sched_setaffinity(int(task.name), {LOAD_CORE})
        return took

    def store_threads(self) -> list[Path]:
        """Those that carry finished calls from the journal to the store (core/thread_name.hpp)."""
        return [task for pid in self.pids() for task in Path(f"/proc/{pid}/task").iterdir()
                if (task / "comm").read_text().startswith("spend-")]

    def store_cpu_us(self) -> float:
        return sum(int((task / "schedstat").read_text().split()[0])
                   for task in self.store_threads()) / 1000

    def rows_written(self) -> int:
        """By the store, since the start."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/metrics",
                                         headers={"Authorization": "Bearer sk-bench"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            page = answer.read().decode()
        return int(re.search(r"^tollweir_spend_rows_written_total (\d+)", page, re.MULTILINE)[1])


def program(name: str) -> str:
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise BenchError(f"{name} is not installed: scripts/setup --bench installs it")
    return path


def make_certificate(directory: Path) -> Path:
    """A self-signed certificate and its key in one file, as HAProxy wants them."""
    key, certificate, both = (directory / name for name in ("key.pem", "cert.pem", "both.pem"))
    subprocess.run([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True)
    both.write_text(certificate.read_text() + key.read_text())
    return both
