"""The measurements. Each returns plain data: {proxy: value or list of rounds}."""

from __future__ import annotations

import json
import re
import signal
import statistics
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from proxies import (LOAD_CORE, BenchError, Booking, FakeUpstream, Governed, Haproxy, Nginx, NginxWithLog, Program,
                     Proxy, Tollweir, make_certificate, program, spawn)

BODY_BYTES = {"1.2 KB": 1_200, "20 KB": 20_000, "200 KB": 200_000}
PROXIES = (Nginx, Haproxy, Tollweir)


class Bench:
    """What every measurement needs: the tools, a scratch directory, how many rounds."""

    def __init__(self, tools: Path, scratch: Path, rounds: int, seconds: float):
        self.tools = tools
        self.scratch = scratch
        self.rounds = rounds
        self.seconds = seconds
        self.errors: list[str] = []
        self.upstream = FakeUpstream(scratch, tools)
        self.upstream.start()

    def close(self) -> None:
        self.upstream.stop()

    @contextmanager
    def running(self, kind: type[Proxy], certificate: Path | None = None) -> Iterator[Proxy]:
        proxy = kind(self.scratch, self.upstream.port, certificate)
        try:
            proxy.start()
            yield proxy
        finally:
            proxy.stop()

    def load(self, target: Program, mode: str, **options: object) -> dict:
        """Runs the load generator against a program; its CPU time is that program's. Of one that
        writes rows, also what its threads for them take a row (`row_us`), over the whole run."""
        writes = isinstance(target, Booking)
        if writes:
            rows, store_us = target.rows_written(), target.store_cpu_us()
        result = self.run_load(target, mode, options)
        if writes:
            rows, store_us = target.rows_written() - rows, target.store_cpu_us() - store_us
            result["row_us"] = store_us / max(rows, 1)
        return result

    def run_load(self, target: Program, mode: str, options: dict) -> dict:
        options = {"seconds": self.seconds, **options}
        if key := getattr(target, "key", ""):
            options["key"] = key
        command = self.load_command(target, mode, options)
        command += ["--cpu-pids", ",".join(map(str, target.pids()))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        try:
            result = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise BenchError(f"load {mode} on {target.name}: {done.stderr.strip()}") from None
        if done.returncode != 0:
            self.note(f"load {mode} {options} on {target.name}: {result['errors']} errors, "
                      f"first: {result['first_error']}")
        return result

    def load_command(self, target: Program, mode: str, options: dict) -> list[str]:
        command = [str(self.tools / "load"), mode, "--port", str(target.port)]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        return command

    def note(self, error: str) -> None:
        print("ERROR", error, flush=True)
        self.errors.append(error)

    def interleave(self, targets: list[Program], mode: str, **options: object) -> dict[str, list]:
        """One short run a target, round by round, so that what disturbs one disturbs all."""
        results: dict[str, list] = {target.name: [] for target in targets}
        for _ in range(self.rounds):
            for target in targets:
                results[target.name].append(self.load(target, mode, **options))
        return results


@contextmanager
def all_running(bench: Bench, kinds: tuple[type[Proxy], ...]) -> Iterator[list[Proxy]]:
    started: list[Proxy] = []
    try:
        for kind in kinds:
            proxy = kind(bench.scratch, bench.upstream.port)
            started.append(proxy)
            proxy.start()
            bench.load(proxy, "closed", seconds=1, warmup=0)  # fills caches and upstream pools
        yield started
    finally:
        for proxy in started:
            proxy.stop()


def cpu(bench: Bench) -> dict:
    """CPU time a request at saturation, by the size of the request."""
    with all_running(bench, (Nginx, NginxWithLog, Haproxy, Tollweir)) as proxies:
        return {size: bench.interleave(proxies, "closed", body_bytes=count, connections=32)
                for size, count in BODY_BYTES.items()}


def governed(bench: Bench) -> dict:
    """CPU time a request with a virtual key, limits of every kind and spend, its rows waiting in the
    journal meanwhile; beside it what a row takes that is written to the store."""
    with all_running(bench, (Nginx, Tollweir, Governed)) as proxies:
        results = {size: bench.interleave(proxies, "closed", body_bytes=count, connections=32)
                   for size, count in BODY_BYTES.items()}
    with bench.running(Booking) as proxy:
        for size, count in BODY_BYTES.items():
            booked = bench.load(proxy, "closed", body_bytes=count, connections=32)
            for run in results[size][Governed.name]:
                run["row_us"] = booked["row_us"]
    return results


def speed(bench: Bench) -> dict:
    """Requests a second and latency of a closed loop, by the number of connections."""
    with all_running(bench, PROXIES) as proxies:
        return {str(count): bench.interleave(proxies, "closed", connections=count)
                for count in (1, 8, 64)}


def rate(bench: Bench) -> dict:
    """Latency at 2,000 requests a second, counted from the time each was to leave."""
    with all_running(bench, PROXIES) as proxies:
        return bench.interleave([bench.upstream, *proxies], "open", rate=2000, connections=64,
                                seconds=max(2.0, bench.seconds))


def streams(bench: Bench) -> dict:
    """CPU time and delay an event, 200 streams of 50 events a second."""
    with all_running(bench, PROXIES) as proxies:
        return bench.interleave([bench.upstream, *proxies], "streams", rate=50, connections=200,
                                seconds=max(2.0, bench.seconds), warmup=1)


@contextmanager
def holding(bench: Bench, proxy: Proxy, connections: int) -> Iterator[None]:
    """Idle connections for as long as the block runs."""
    command = bench.load_command(proxy, "idle", {"connections": connections,
                                                 "tls": int(proxy.certificate is not None)})
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    try:
        if '"ready"' not in holder.stdout.readline():
            raise BenchError(f"idle connections to {proxy.name}: {holder.stderr.read().strip()}")
        yield
        holder.communicate(timeout=30)
        if holder.returncode != 0:
            bench.note(f"{proxy.name} closed connections that were meant to idle")
    finally:
        holder.kill()
        holder.wait()


def idle_connection_kib(bench: Bench, proxy: Proxy, connections: int) -> float:
    """Memory of one idle connection: what `connections` more of them add to the first tenth."""
    with holding(bench, proxy, connections // 10):
        time.sleep(0.3)
        before = proxy.memory_kib()
        with holding(bench, proxy, connections):
            time.sleep(0.3)
            return (proxy.memory_kib() - before) / connections


def stream_kib(bench: Bench, proxy: Proxy, count: int) -> float:
    """Memory of one open stream."""
    bench.load(proxy, "closed", connections=8, seconds=0.5)
    before = proxy.memory_kib()
    command = bench.load_command(proxy, "streams", {"connections": count, "rate": 20,
                                                    "seconds": 2, "warmup": 1})
    load = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        time.sleep(2.5)
        return (proxy.memory_kib() - before) / count
    finally:
        if load.wait(timeout=30) != 0:
            bench.note(f"streams for the memory of {proxy.name} failed")


def memory(bench: Bench) -> dict:
    certificate = make_certificate(bench.scratch)
    results = {}
    for kind in PROXIES:
        found = results[kind.name] = {}
        with bench.running(kind) as proxy:
            time.sleep(0.5)
            found["idle MiB"] = proxy.memory_kib() / 1024
            found["idle connection KiB"] = idle_connection_kib(bench, proxy, 4_000)
        with bench.running(kind) as proxy:
            found["open stream KiB"] = stream_kib(bench, proxy, 500)
        with bench.running(kind) as proxy:
            bench.load(proxy, "closed", connections=64, body_bytes=20_000, seconds=1.5)
            found["loaded MiB"] = proxy.memory_kib() / 1024
        with bench.running(kind, certificate) as proxy:
            found["idle TLS connection KiB"] = idle_connection_kib(bench, proxy, 2_000)
    return results


def start(bench: Bench) -> dict:
    """Milliseconds from the start of the process to the first 200."""
    results: dict[str, list[float]] = {kind.name: [] for kind in PROXIES}
    for _ in range(max(5, 2 * bench.rounds)):
        for kind in PROXIES:
            proxy = kind(bench.scratch, bench.upstream.port)
            try:
                results[kind.name].append(proxy.start() * 1000)
            finally:
                proxy.stop()
    return {name: {"median": statistics.median(times), "times": times}
            for name, times in results.items()}


def counted_calls(bench: Bench, proxy: Proxy, requests: int) -> dict[str, int]:
    output = bench.scratch / "strace.txt"
    output.unlink(missing_ok=True)
    attach = [word for pid in proxy.pids() for word in ("-p", str(pid))]
    tracer = spawn([program("strace"), "-f", "-c", "-U", "calls,name", "-o", str(output), *attach],
                   LOAD_CORE, bench.scratch, bench.scratch / "strace.log")
    try:
        wait_until_traced(proxy)
        bench.load(proxy, "closed", connections=1, requests=requests)
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=20)
    calls = re.findall(r"^\s*(\d+)\s+(\w+)\s*$", output.read_text(), re.MULTILINE)
    return {name: int(count) for count, name in calls if name != "total"}


def wait_until_traced(proxy: Proxy) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        tasks = [task for pid in proxy.pids() for task in Path(f"/proc/{pid}/task").iterdir()]
        if all("TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks):
            return
        time.sleep(0.01)
    raise BenchError("strace could not attach: is ptrace allowed here?")


def syscalls(bench: Bench) -> dict:
    """System calls a request on one connection: two counts of requests, subtracted."""
    few, many = 200, 1_200
    results = {}
    for kind in PROXIES:
        with bench.running(kind) as proxy:
            bench.load(proxy, "closed", connections=1, requests=50)
            first = counted_calls(bench, proxy, few)
            second = counted_calls(bench, proxy, many)
            by_name = {name: (second.get(name, 0) - first.get(name, 0)) / (many - few)
                       for name in {*first, *second}}
            by_name = {name: count for name, count in by_name.items() if abs(count) >= 0.005}
            results[kind.name] = {"total": sum(by_name.values()), "by name": by_name}
    return results


class WithoutDebugInfo(Tollweir):
    """valgrind 3.19 gives up on Clang 19's debug information; symbols suffice."""

    def configure(self) -> None:
        super().configure()
        stripped = self.directory / "tollweir"
        subprocess.run([program("objcopy"), "--strip-debug", str(self.binary), str(stripped)],
                       check=True)
        self.binary = stripped


def executed_instructions(bench: Bench, kind: type[Proxy], requests: int, profile: Path) -> int:
    proxy = kind(bench.scratch, bench.upstream.port)
    profile.unlink(missing_ok=True)
    wrapper = [program("valgrind"), "--tool=callgrind", "--trace-children=no",
               f"--callgrind-out-file={profile}"]
    try:
        proxy.start(wrapper)
        bench.load(proxy, "closed", connections=1, requests=requests)
    finally:
        proxy.stop()
    total = re.search(r"^(?:summary|totals): (\d+)", profile.read_text(), re.MULTILINE)
    if total is None:
        raise BenchError(f"callgrind left no total: {proxy.last_output()}")
    return int(total.group(1))


class SingleProcessNginx(Nginx):
    """callgrind follows one process."""

    def configure(self) -> None:
        super().configure()
        path = self.directory / "nginx.conf"
        path.write_text("master_process off;\n" + path.read_text())


def instructions_of(bench: Bench, kind: type[Proxy], few: int = 200, many: int = 1_200) -> float:
    """User-space instructions a request: two counts of requests, subtracted."""
    profile = bench.scratch.parent / f"callgrind.{kind.name}"
    first = executed_instructions(bench, kind, few, profile)
    second = executed_instructions(bench, kind, many, profile)
    return (second - first) / (many - few)


def instructions(bench: Bench) -> dict:
    return {kind.name: instructions_of(bench, kind) for kind in (SingleProcessNginx, WithoutDebugInfo)}


CASES = {case.__name__: case for case in
         (cpu, governed, speed, rate, streams, memory, start, syscalls, instructions)}
