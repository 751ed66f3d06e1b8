"""The way from LiteLLM and back, as docs/migrate-from-litellm.md tells it: its commands run, in their
order, over a database that LiteLLM made."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from docs_test import Example, examples, program
from gateway import BINARY, DEFAULTS, KEY, ROOT, StartGateway, clean_environment, model
from stores import PostgresStore
from takeover_test import SCHEMA
from wire import until

GUIDE = ROOT / "docs/migrate-from-litellm.md"
OLD_KEY = "sk-takeover-open"  # of litellm_schema.sql: ci-runner's


def test_its_commands_run_in_their_order(
    postgres: PostgresStore, start: StartGateway, tmp_path: Path
) -> None:
    postgres.execute(SCHEMA.read_text())
    postgres.execute('update "LiteLLM_VerificationToken" set models = $1', ["demo"])
    postgres.execute('update "LiteLLM_TeamTable" set models = $1', ["demo"])
    prices = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.01}
    settings = {**DEFAULTS, "model_list": [model("demo", "http://127.0.0.1:1", mock_response="pong", **prices)]}
    (tmp_path / "config.yaml").write_text(json.dumps(settings))
    port = "4000"

    def run(example: Example) -> str:
        command, _ = program(example.language, example.code.replace("localhost:4000", f"localhost:{port}"))
        path = f"{BINARY.parent}:{os.environ['PATH']}"
        env = {**postgres.env, "LITELLM_MASTER_KEY": KEY, "OLD_KEY": OLD_KEY, "PATH": path}
        done = subprocess.run(
            command, cwd=tmp_path, env=clean_environment(tmp_path, env),
            capture_output=True, text=True, timeout=60, check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert example.prints in done.stdout, done.stdout + done.stderr
        return done.stdout

    def spend() -> float:
        found: float = postgres.query(
            'select spend from "LiteLLM_VerificationToken" where key_alias = $1', "ci-runner"
        )[0]["spend"]
        return found

    before = spend()
    check, tables, old_key, look, back = examples(GUIDE.read_text())
    run(check)
    run(tables)
    gateway = start(settings, env=postgres.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    port = str(gateway.port)
    run(old_key)
    until(lambda: spend() > before, "LiteLLM's own column knows of the call")
    assert "ci-runner" in run(look)
    gateway.stop()
    assert f"{spend():g}" in run(back)
