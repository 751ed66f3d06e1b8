"""The golden cases' comparison rules (tests/golden/README.md), and nothing else."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from fake_upstream import compact

Pointer = tuple[str, ...]


def load(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return case


class Comparison:
    """Compares what happened with one case; collects every difference."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.differences: list[str] = []
        self._ignored = [tuple(text.split("/")[1:]) for text in case.get("ignore", [])]
        self._named: dict[str, str] = {}

    def value(self, want: Any, got: Any, at: Pointer) -> None:
        """`want` may hold placeholders; `got` is what was seen."""
        if self._is_ignored(at):
            return
        if isinstance(want, dict) and isinstance(got, dict):
            for key in sorted(want.keys() | got.keys()):
                self.value(want.get(key), got.get(key), (*at, key))  # null equals absent
        elif isinstance(want, list) and isinstance(got, list):
            if len(want) != len(got):
                self._differs(at, f"{len(want)} items", f"{len(got)} items: {got}")
            for index, (left, right) in enumerate(zip(want, got, strict=False)):
                self.value(left, right, (*at, str(index)))
        elif isinstance(want, str) and want.startswith("$"):
            if not self._placeholder(want, got):
                self._differs(at, want, got)
        elif not self._equal(want, got):
            self._differs(at, want, got)

    def headers(self, want: dict[str, str], got: dict[str, list[str]], at: Pointer) -> None:
        for name, value in want.items():
            found = got.get(name, [])
            if name == "content-type":
                value, found = media_type(value), [media_type(item) for item in found]
            if value.startswith("$"):
                if not (len(found) == 1 and self._placeholder(value, found[0])):
                    self._differs((*at, name), value, found)
            elif found != [value]:
                self._differs((*at, name), value, found)

    def _is_ignored(self, at: Pointer) -> bool:
        return any(
            len(pattern) == len(at) and all(p in ("*", a) for p, a in zip(pattern, at, strict=True))
            for pattern in self._ignored
        )

    def _differs(self, at: Pointer, want: Any, got: Any) -> None:
        self.differences.append(f"/{'/'.join(at)}: want {want!r}, got {got!r}")

    def _equal(self, want: Any, got: Any) -> bool:
        if isinstance(want, bool) or isinstance(got, bool):
            return want is got
        if isinstance(want, str) and isinstance(got, str):
            left, right = object_in(want), object_in(got)
            return left == right if left is not None and right is not None else want == got
        return bool(want == got)

    def _placeholder(self, want: str, got: Any) -> bool:
        if want == "$any":
            return True
        if want in ("$created", "$int"):
            return isinstance(got, int) and not isinstance(got, bool)
        if want.startswith("$contains:"):
            return isinstance(got, str) and want.removeprefix("$contains:") in got
        if want.startswith("$re:"):
            return isinstance(got, str) and bool(re.fullmatch(want.removeprefix("$re:"), got))
        assert re.fullmatch(r"\$id|\$call_id(_\d+)?", want), f"unknown placeholder {want}"
        if not isinstance(got, str) or not got:
            return False
        if want not in self._named:
            if want != "$id" and got in self._named.values():
                return False
            self._named[want] = got
        return self._named[want] == got


def object_in(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def media_type(value: str) -> str:
    return value.split(";")[0].strip().lower()


def body_bytes(response: dict[str, Any]) -> list[bytes]:
    """The answer's body; several items where the case lists socket reads."""
    if "raw_base64" in response:
        raw = response["raw_base64"]
        return [base64.b64decode(item) for item in ([raw] if isinstance(raw, str) else raw)]
    if "raw_text" in response:
        return [response["raw_text"].encode()]
    if "sse" in response:
        return [b"".join(event_bytes(event) for event in response["sse"])]
    return [compact(response["body"]).encode()]


def event_bytes(event: dict[str, Any]) -> bytes:
    data = event["data"]
    text = data if isinstance(data, str) else compact(data)
    lines = [f"{name}: {event[name]}" for name in ("event", "id") if name in event]
    lines += [f"data: {line}" for line in text.split("\n")]
    return ("\n".join(lines) + "\n\n").encode()
