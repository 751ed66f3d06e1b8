"""Fixtures: a fake upstream, gateways that are stopped and checked, a certificate authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certificates import Authority
from fake_upstream import FakeProxy, FakeUpstream
from gateway import BINARY, Gateway, StartGateway, model
from stores import cluster, postgres, store  # noqa: F401 -- fixtures


def pytest_sessionstart() -> None:
    if not BINARY.exists():
        raise pytest.UsageError(f"{BINARY} does not exist: build it, or set TOLLWEIR_BIN")


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    server = FakeUpstream()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[FakeUpstream]:
    """A second one."""
    server = FakeUpstream()
    yield server
    server.close()


@pytest.fixture
def start() -> Iterator[StartGateway]:
    """Starts gateways; each must end well on SIGTERM, with no sanitizer report."""
    running: list[Gateway] = []

    def start_gateway(*args: Any, **options: Any) -> Gateway:
        gateway = Gateway(*args, **options)
        running.append(gateway)
        return gateway

    yield start_gateway
    failures: list[str] = []
    for gateway in running:
        try:
            gateway.stop()
        except AssertionError as failure:
            failures.append(str(failure))
    assert not failures, "\n".join(failures)


@pytest.fixture
def gateway(upstream: FakeUpstream, start: StartGateway) -> Gateway:
    """The usual one: model `m` at the fake upstream, which knows it as `up-model`."""
    return start({"model_list": [model("m", upstream.base)]})


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def proxy(authority: Authority) -> Iterator[FakeProxy]:
    server = FakeProxy(authority.for_host)
    yield server
    server.close()


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    return tmp_path
