"""Tables, gates and docs/benchmarks.md from the results of cases.py."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Callable, NamedTuple

NOTES_BEGIN = "<!-- notes: what stands up to the end marker is written by hand and kept -->"
NOTES_END = "<!-- end of notes -->"
ORDER = ("upstream", "nginx", "nginx-log", "haproxy", "tollweir", "tollweir-governed")

METHOD = """\
Everything runs on one machine over loopback. The proxy under test has one worker thread, pinned to
one core; the load generator (`bench/load.cpp`) and the mock upstream (`bench/fake_upstream.cpp`, a
fixed 600-byte chat completion) share another. Tollweir checks the master key, replaces the model's
name both ways, reads the usage and writes a line a request to a file; `tollweir-governed` checks a
virtual key with limits of every kind and budgets of key, model and gateway, journals each call and
writes its row to SQLite. Its CPU time a request is that of all its threads, the journal's among them,
but for those that carry rows from the journal to the store (`spend-writer`, `spend-store`; by their
names in `/proc/PID/task`): they have the other core, work in batches behind the requests, and are
reported beside it, a row that they wrote; nginx and HAProxy only pass
bytes on, `nginx-log` writes a buffered access log. nginx has `proxy_buffering off`, upstream
keep-alive and a `client_body_buffer_size` that holds every body; HAProxy has `http-no-delay` and
`http-reuse always`. CPU time is user and system time of the proxy's processes, read from their CPU
clocks at the beginning and the end of the measured part and divided by the answers in between; it
holds on a busy machine where throughput and tail latency do not. Runs are interleaved (nginx,
HAProxy, Tollweir, nginx, ...) after a warm-up; a ratio is the median of the ratios of each round,
with their range. Latency at a constant rate counts from the time a request was to leave. Every
answer's status and content is checked, and every stream must be complete. Memory a connection is
what several thousand of them add to the resident set. System calls (`strace -c`) and instructions
(callgrind) are differences between two counts of requests on one connection."""


class Gate(NamedTuple):
    name: str
    limit: str
    measured: str
    holds: bool | None  # None: not measured


def value(run: dict, key: str) -> float:
    for part in key.split("."):
        run = run[part]
    return run


def median(runs: list[dict], key: str) -> float:
    return statistics.median(value(run, key) for run in runs)


def ratios(by_proxy: dict[str, list], key: str, proxy: str = "tollweir") -> list[float]:
    return [value(run, key) / value(floor, key)
            for run, floor in zip(by_proxy[proxy], by_proxy["nginx"]) if value(floor, key) > 0]


def ratio_text(found: list[float]) -> str:
    if not found:
        return "-"
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def known(names) -> list[str]:
    return [name for name in ORDER if name in names]


def cpu_table(results: dict) -> str:
    rows = []
    for size, by_proxy in results.items():
        for name in known(by_proxy):
            runs = by_proxy[name]
            rows.append([size, name, f"{median(runs, 'cpu_us_per_unit'):.1f}",
                         ratio_text(ratios(by_proxy, "cpu_us_per_unit", name)),
                         f"{median(runs, 'units_per_second'):,.0f}",
                         f"{100 * median(runs, 'cpu_share'):.0f}%"])
    return table(["request", "proxy", "CPU µs a request", "to nginx (range)", "requests/s",
                  "of its core"], rows)


def governed_table(results: dict) -> str:
    rows = []
    for size, by_proxy in results.items():
        for name in known(by_proxy):
            runs = by_proxy[name]
            rows.append([size, name, f"{median(runs, 'cpu_us_per_unit'):.1f}",
                         ratio_text(ratios(by_proxy, "cpu_us_per_unit", name)),
                         f"{median(runs, 'row_us'):.0f}" if "row_us" in runs[0] else "-",
                         f"{median(runs, 'units_per_second'):,.0f}"])
    return table(["request", "proxy", "CPU µs a request, journal included", "to nginx (range)",
                  "µs a row written to SQLite", "requests/s"], rows)


def speed_table(results: dict) -> str:
    rows = []
    for connections, by_proxy in results.items():
        for name in known(by_proxy):
            runs = by_proxy[name]
            rows.append([connections, name, f"{median(runs, 'units_per_second'):,.0f}",
                         ratio_text(ratios(by_proxy, "units_per_second", name)),
                         f"{median(runs, 'latency_us.p50'):.0f}",
                         f"{median(runs, 'latency_us.p99'):.0f}"])
    return table(["connections", "proxy", "requests/s", "to nginx (range)", "p50 µs", "p99 µs"], rows)


def delay_table(by_proxy: dict[str, list], unit: str) -> str:
    """Latency beside the direct way to the upstream."""
    direct = {part: median(by_proxy["upstream"], f"latency_us.{part}") for part in ("p50", "p99")}
    rows = []
    for name in known(by_proxy):
        runs = by_proxy[name]
        p50, p99 = (median(runs, f"latency_us.{part}") for part in ("p50", "p99"))
        is_direct = name == "upstream"
        rows.append(["direct" if is_direct else name, f"{p50:.0f}", f"{p99:.0f}",
                     "-" if is_direct else f"{p50 - direct['p50']:.0f}",
                     "-" if is_direct else f"{p99 - direct['p99']:.0f}",
                     "-" if is_direct else f"{median(runs, 'cpu_us_per_unit'):.1f}",
                     "-" if is_direct else ratio_text(ratios(by_proxy, "cpu_us_per_unit", name))])
    return table(["proxy", "p50 µs", "p99 µs", "added p50", "added p99", f"CPU µs {unit}",
                  "to nginx (range)"], rows)


def memory_table(results: dict) -> str:
    kinds = list(next(iter(results.values())))
    return table(["proxy", *kinds], [[name, *(f"{results[name][kind]:.1f}" for kind in kinds)]
                                     for name in known(results)])


def start_table(results: dict) -> str:
    return table(["proxy", "first 200 after ms (median)", "range"],
                 [[name, f"{results[name]['median']:.1f}",
                   f"{min(results[name]['times']):.1f}-{max(results[name]['times']):.1f}"]
                  for name in known(results)])


def syscall_table(results: dict) -> str:
    rows = []
    for name in known(results):
        calls = sorted(results[name]["by name"].items(), key=lambda item: -item[1])
        rows.append([name, f"{results[name]['total']:.1f}",
                     ", ".join(f"{call} {count:.2f}" for call, count in calls)])
    return table(["proxy", "a request", "which"], rows)


def instruction_table(results: dict) -> str:
    return table(["proxy", "instructions a request"],
                 [[name, f"{results[name]:,.0f}"] for name in known(results)])


TABLES: dict[str, tuple[str, Callable]] = {
    "cpu": ("CPU a request, 32 connections", cpu_table),
    "governed": ("CPU a request with a virtual key, limits and spend", governed_table),
    "speed": ("Closed loop, 1.2 KB requests", speed_table),
    "rate": ("2,000 requests a second, 1.2 KB", lambda found: delay_table(found, "a request")),
    "streams": ("200 streams of 50 events a second", lambda found: delay_table(found, "an event")),
    "memory": ("Memory (resident)", memory_table),
    "start": ("Cold start", start_table),
    "syscalls": ("System calls", syscall_table),
    "instructions": ("User-space instructions", instruction_table),
}


def ratio_gate(name: str, by_proxy: dict[str, list] | None, limit: float = 1.15,
               proxy: str = "tollweir") -> Gate:
    found = ratios(by_proxy, "cpu_us_per_unit", proxy) if by_proxy else []
    holds = statistics.median(found) <= limit if found else None
    return Gate(name, f"<= {limit:.2f} x nginx", ratio_text(found), holds)


def limit_gate(name: str, measured: float | None, limit: float, unit: str, strict: bool = False) -> Gate:
    sign = "<" if strict else "<="
    if measured is None:
        return Gate(name, f"{sign} {limit:g} {unit}", "-", None)
    holds = measured < limit if strict else round(measured, 2) <= limit
    return Gate(name, f"{sign} {limit:g} {unit}", f"{measured:.2f} {unit}", holds)


def gates(cases: dict) -> list[Gate]:
    cpu, streams = cases.get("cpu", {}), cases.get("streams")
    memory = cases.get("memory", {}).get("tollweir", {})
    added = None
    if streams:
        added = (median(streams["tollweir"], "latency_us.p99") -
                 median(streams["nginx"], "latency_us.p99")) / 1000
    return [
        *(ratio_gate(f"CPU a request, {size}", cpu.get(size)) for size in ("1.2 KB", "20 KB", "200 KB")),
        *(ratio_gate(f"CPU a governed request, {size}", cases.get("governed", {}).get(size), 1.30,
                     "tollweir-governed") for size in ("1.2 KB", "20 KB", "200 KB")),
        ratio_gate("CPU an event of a stream", streams),
        limit_gate("delay of an event, p99 above nginx's", added, 2, "ms"),
        limit_gate("memory of an idle connection", memory.get("idle connection KiB"), 2, "KiB"),
        limit_gate("memory of an idle TLS connection", memory.get("idle TLS connection KiB"), 20, "KiB"),
        limit_gate("memory when idle", memory.get("idle MiB"), 24, "MiB", strict=True),
        limit_gate("system calls a request",
                   cases.get("syscalls", {}).get("tollweir", {}).get("total"), 9, "calls"),
        limit_gate("cold start to the first 200",
                   cases.get("start", {}).get("tollweir", {}).get("median"), 50, "ms", strict=True),
    ]


def gate_table(cases: dict, only_measured: bool = False) -> str:
    words = {True: "holds", False: "**missed**", None: "not measured"}
    return table(["gate", "limit", "measured", ""],
                 [[gate.name, gate.limit, gate.measured, words[gate.holds]] for gate in gates(cases)
                  if gate.holds is not None or not only_measured])


def tables(cases: dict) -> str:
    parts = [f"## {title}\n\n{render(cases[name])}\n"
             for name, (title, render) in TABLES.items() if name in cases]
    return "\n".join(parts)


def kept_notes(path: Path) -> str:
    text = path.read_text() if path.exists() else ""
    if NOTES_BEGIN in text and NOTES_END in text:
        return text.split(NOTES_BEGIN, 1)[1].split(NOTES_END, 1)[0].strip()
    return "None yet."


def write(path: Path, report: dict) -> None:
    facts = "\n".join(f"- {name}: {text}" for name, text in report["machine"].items())
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"""# Benchmarks

Written by `scripts/bench --write`; only the notes on where the time goes are by hand. Absolute
figures belong to the machine below; the ratios to nginx travel.

{facts}

## Gates

{gate_table(report["cases"])}

{tables(report["cases"])}
## Where the rest goes

{NOTES_BEGIN}

{kept_notes(path)}

{NOTES_END}

## Method

{METHOD}
""")
