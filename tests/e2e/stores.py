"""Stores of a test's own: a SQLite file, or a database in a private PostgreSQL cluster behind a proxy
that can take it away. `store` runs a test over both, `postgres` over the one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import socket
import sqlite3
import subprocess
import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gateway import ROOT, free_port

SCRIPT = ROOT / "tests/support/postgres"

# What our SQLite columns hold, by the first word of their type: as psycopg gives it.
sqlite3.register_converter("timestamp", lambda text: datetime.fromisoformat(text.decode()))
sqlite3.register_converter("json", json.loads)
sqlite3.register_converter("list", json.loads)
sqlite3.register_converter("boolean", lambda text: bool(int(text)))


class SqliteStore:
    kind = "sqlite"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / "tollweir.db"
        self.env = {"TOLLWEIR_DATA_DIR": str(directory)}

    def _run(self, sql: str, params: Sequence[Any]) -> list[dict[str, Any]]:
        values = {
            str(at): json.dumps(value)
            if isinstance(value, (list, dict))
            else value.isoformat(" ", "microseconds")
            if isinstance(value, datetime)
            else value
            for at, value in enumerate(params, 1)
        }
        named = re.sub(r"\$(\d+)", r":\1", sql)
        with contextlib.closing(
            sqlite3.connect(self.file, timeout=10, detect_types=sqlite3.PARSE_DECLTYPES)
        ) as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute(named, values)]
            connection.commit()
            return rows

    def query(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of one statement; `$1` stands for the first of `params`. Lists are JSON arrays."""
        return self._run(sql, params)

    def execute(self, sql: str, *params: Any) -> None:
        self._run(sql, params)

    def close(self) -> None:
        pass


class Cluster:
    """The cluster of TOLLWEIR_TEST_POSTGRES, or one of this process's own."""

    def __init__(self) -> None:
        self.url = os.environ.get("TOLLWEIR_TEST_POSTGRES", "")
        self._folder = ""
        if not self.url:
            said = subprocess.run([SCRIPT, "start"], check=True, capture_output=True, text=True)
            settings = dict(
                shlex.split(line.removeprefix("export "))[0].split("=", 1)
                for line in said.stdout.splitlines()
            )
            self.url = settings["TOLLWEIR_TEST_POSTGRES"]
            self._folder = settings["TOLLWEIR_TEST_POSTGRES_DIR"]
        options = parse_qs(urlsplit(self.url).query)
        self.socket = f"{options['host'][0]}/.s.PGSQL.{options['port'][0]}"

    def url_of(self, database: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{database}").geturl()

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def close(self) -> None:
        if self._folder:
            subprocess.run([SCRIPT, "stop", self._folder], check=True)


class Doorway:
    """A TCP address of the cluster that can be shut. It goes by the cluster's Unix socket, so that
    it works from every network namespace."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.port = free_port()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        """New connections are refused, those that are there end."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.target)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._sockets |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._sockets.discard(source)
        source.close()


class PostgresStore:
    kind = "postgres"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.database = f"e2e_{uuid.uuid4().hex}"
        cluster.execute(f'create database "{self.database}"')
        self._door = Doorway(cluster.socket)
        self.url = f"postgresql://postgres:pass@127.0.0.1:{self._door.port}/{self.database}"
        self.env = {"DATABASE_URL": self.url}

    def _run(self, sql: str, params: Sequence[Any]) -> list[dict[str, Any]]:
        values = {
            str(at): Jsonb(value) if isinstance(value, dict) else value
            for at, value in enumerate(params, 1)
        }
        named = re.sub(r"\$(\d+)", r"%(\1)s", sql) if params else sql
        with psycopg.connect(self.cluster.url_of(self.database), row_factory=dict_row) as connection:
            cursor = connection.execute(named, values or None)
            return cursor.fetchall() if cursor.description else []

    def query(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        return self._run(sql, params)

    def execute(self, sql: str, *params: Any) -> None:
        self._run(sql, params)

    def stop(self) -> None:
        """Out of the gateway's reach; `query` goes on."""
        self._door.shut()

    def start(self) -> None:
        self._door.open()

    def close(self) -> None:
        self._door.shut()
        self.cluster.execute(f'drop database "{self.database}" with (force)')


Store = SqliteStore | PostgresStore


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    yield started
    started.close()


@pytest.fixture
def postgres(cluster: Cluster) -> Iterator[PostgresStore]:
    made = PostgresStore(cluster)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Ask for it before `start`, so that gateways end before their store does."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres")
        return
    yield SqliteStore(tmp_path)
