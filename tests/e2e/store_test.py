"""The store from outside: readiness, migrations, and what happens when it goes away."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from conftest import StartGateway
from docs_test import examples
from gateway import BINARY, ROOT, Gateway, clean_environment
from stores import PostgresStore, Store
from wire import until


def migrate(env: dict[str, str], directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BINARY, "migrate"],
        cwd=directory,
        env=clean_environment(directory, env),
        capture_output=True,
        text=True,
        timeout=60,
    )


def readiness(gateway: Gateway) -> tuple[int, str]:
    reply = gateway.get("/health/readiness", ())
    return reply.status, reply.json["db"]


def test_a_start_migrates_and_says_which_store_it_uses(store: Store, start: StartGateway) -> None:
    gateway = start({}, env=store.env)
    until(lambda: readiness(gateway) == (200, "connected"), "ready")

    assert store.query("select count(*) as n from tollweir_migration")[0]["n"] >= 2
    assert store.query('select * from "LiteLLM_VerificationToken"') == []
    wanted = "PostgreSQL at 127.0.0.1:" if store.kind == "postgres" else "SQLite in "
    until(lambda: "are kept by " + wanted in gateway.output, "the line about the store")
    assert "pass@" not in gateway.output


def test_migrate_says_what_it_did(store: Store, tmp_path: Path) -> None:
    first = migrate(store.env, tmp_path)
    assert first.returncode == 0, first.stderr
    assert "0001_litellm_tables" in first.stdout
    assert "0002_changes" in first.stdout

    second = migrate(store.env, tmp_path)
    assert second.returncode == 0
    assert "0001_litellm_tables" not in second.stdout
    assert "nothing to do" in second.stdout
    assert "pass" not in first.stdout + second.stdout


def test_without_a_database_a_file_in_the_data_directory_is_made(start: StartGateway) -> None:
    gateway = start({})
    file = gateway.directory / "data/tollweir.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TOLLWEIR_DATA_DIR": "/proc/nowhere"}, ["data_dir", "DATABASE_URL"]),
        ({"DATABASE_URL": "postgresql://u:hush/#@h/x/y"}, ["write it as %2F"]),
    ],
    ids=["data directory", "connection string"],
)
def test_a_store_that_cannot_be_is_an_error_that_says_what_to_do(
    env: dict[str, str], said: list[str]
) -> None:
    gateway = Gateway({}, env=env, wait=False)
    assert gateway.process.wait(20) == 1
    for part in said:
        until(lambda: part in gateway.output, part)
    assert "hush" not in gateway.output


def test_migrate_where_the_database_is_away_fails_and_says_so(tmp_path: Path) -> None:
    done = migrate({"DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/db"}, tmp_path)
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr
    assert "hush" not in done.stderr


def test_a_database_that_goes_and_comes_is_noticed_and_calls_go_on(
    postgres: PostgresStore, start: StartGateway
) -> None:
    gateway = start({}, env=postgres.env)
    until(lambda: readiness(gateway) == (200, "connected"), "ready")

    postgres.stop()
    until(lambda: readiness(gateway) == (503, "Not connected"), "away")
    assert gateway.get("/health/liveliness", ()).status == 200

    postgres.start()
    until(lambda: readiness(gateway) == (200, "connected"), "back")
    assert "pass@" not in gateway.output


def test_a_start_does_not_wait_for_the_database_and_finds_it_later(
    postgres: PostgresStore, start: StartGateway
) -> None:
    postgres.stop()
    began = time.monotonic()
    gateway = start({}, env=postgres.env)
    assert time.monotonic() - began < 5
    assert readiness(gateway) == (503, "Not connected")

    postgres.start()
    until(lambda: readiness(gateway) == (200, "connected"), "found")
    assert postgres.query("select count(*) as n from tollweir_migration")[0]["n"] >= 2


def test_requests_may_be_allowed_while_the_database_is_away(
    postgres: PostgresStore, start: StartGateway
) -> None:
    postgres.stop()
    gateway = start(
        {"general_settings": {"allow_requests_on_db_unavailable": True}}, env=postgres.env
    )
    assert readiness(gateway) == (200, "Not connected")


def test_migrations_can_be_left_to_somebody_else(
    postgres: PostgresStore, start: StartGateway, tmp_path: Path
) -> None:
    config = {"general_settings": {"disable_prisma_schema_update": True}}
    gateway = start(config, env=postgres.env)
    until(lambda: "0001_litellm_tables has not run" in gateway.output, "which one is missing")
    assert readiness(gateway) == (503, "Not connected")

    assert migrate(postgres.env, tmp_path).returncode == 0
    until(lambda: readiness(gateway) == (200, "connected"), "the tables are there now")


def test_a_reload_says_that_another_store_needs_a_restart(start: StartGateway) -> None:
    gateway = start({})
    gateway.write_config({"tollweir_settings": {"data_dir": "elsewhere"}})
    gateway.process.send_signal(signal.SIGHUP)
    until(lambda: "data_dir change with a restart only" in gateway.output, "the warning")


PAGE = (ROOT / "docs/database.md").read_text()


def test_the_page_s_example_does_what_it_says(postgres: PostgresStore, tmp_path: Path) -> None:
    (example,) = examples(PAGE)
    done = subprocess.run(
        ["bash", "-euc", example.code],
        cwd=tmp_path,
        env={
            **clean_environment(tmp_path, postgres.env),
            "PATH": f"{BINARY.parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert example.prints in done.stdout


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_the_page_s_configurations_load_without_a_warning(block: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(block)
    done = subprocess.run(
        [BINARY, "check", file],
        cwd=tmp_path,
        env=clean_environment(tmp_path, {"DATABASE_URL": "postgresql://h/d"}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    assert "database" not in done.stdout.split("warning", 1)[-1].split("\n")[0]


def test_two_processes_may_share_the_file(start: StartGateway, tmp_path: Path) -> None:
    env = {"TOLLWEIR_DATA_DIR": str(tmp_path)}
    first, second = start({}, env=env), start({}, env=env)
    assert readiness(first) == readiness(second) == (200, "connected")
    assert os.listdir(tmp_path).count("tollweir.db") == 1
