"""`tollweir keys`, `users`, `teams`, `spend`: the real binary against a running gateway, over both
stores (docs/command-line.md)."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path
from typing import Any

import pytest

from admin_rows import Admin, bearer, config
from certificates import Authority
from gateway import BINARY, KEY, StartGateway, clean_environment, free_port
from stores import Store
from wire import until

SECRET = re.compile(r"sk-[A-Za-z0-9_-]{22}")


class Cli:
    """The command line of an administrator's machine."""

    def __init__(self, admin: Admin, home: Path) -> None:
        self.admin = admin
        self.home = home

    def run(self, *words: str, key: str = KEY, **env: str) -> subprocess.CompletedProcess[str]:
        url = f"http://127.0.0.1:{self.admin.gateway.port}"
        given = {"LITELLM_PROXY_URL": url, "LITELLM_PROXY_API_KEY": key, **env}
        return subprocess.run(
            [str(BINARY), *words], env=clean_environment(self.home, given), cwd=self.home,
            capture_output=True, text=True, timeout=30, check=False,
        )

    def ok(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: str, key: str = KEY) -> str:
        done = self.run(*words, key=key)
        assert done.returncode == 1 and done.stdout == "", done
        (line,) = done.stderr.splitlines()
        return line


@pytest.fixture
def cli(store: Store, start: StartGateway, tmp_path: Path) -> Cli:
    return Cli(Admin(start(config(), env=store.env), store), tmp_path)


def call(cli: Cli, key: str) -> int:
    return cli.admin.gateway.chat("m", bearer(key)).status


def test_the_life_of_a_key(cli: Cli) -> None:
    made = cli.run("keys", "create", "--alias", "ci", "--models", "m", "--budget", "5",
                   "--budget-duration", "30d", "--rpm", "100", "--set", 'tags=["night"]')
    assert made.returncode == 0, made.stderr
    assert "only this once" in made.stderr
    (key,) = SECRET.findall(made.stdout)
    assert re.search(r"^budget +\$5\.00 / 30d$", made.stdout, re.M)
    assert call(cli, key) == 200

    listed = cli.ok("keys", "list")
    assert listed.splitlines()[0].split() == [
        "ALIAS", "KEY", "USER", "TEAM", "MODELS", "SPEND", "BUDGET", "ENDS", "STATE"]
    assert f"sk-...{key[-4:]}" in listed and not SECRET.search(listed)
    assert not any(line != line.rstrip() or "\t" in line for line in listed.splitlines())
    (row,) = cli.json("keys", "list", "--alias", "ci")["keys"]
    assert (row["rpm_limit"], row["metadata"]["tags"]) == (100, ["night"])
    assert row["token"] in cli.ok("keys", "list", "--hashes")

    # By its alias, its hash, itself.
    info = cli.ok("keys", "info", "ci")
    assert "BOUND BY" in info and not SECRET.search(info)
    cli.ok("keys", "update", row["token"], "--max-budget", "null", "--rpm", "20")
    changed = cli.json("keys", "info", key)["info"]
    assert (changed["max_budget"], changed["rpm_limit"]) == (None, 20)

    assert "blocked" in cli.ok("keys", "block", "ci")
    assert call(cli, key) == 401
    cli.ok("keys", "unblock", "ci")
    assert call(cli, key) == 200

    new = cli.ok("keys", "regenerate", "ci", "--quiet").strip()
    assert SECRET.fullmatch(new) and new != key
    assert (call(cli, new), call(cli, key)) == (200, 401)
    assert cli.ok("keys", "delete", "ci") == "deleted 1 key\n"
    assert call(cli, new) == 401
    assert cli.refused("keys", "info", "ci") == 'tollweir: no key has the alias "ci"'
    assert cli.run("keys", "list").stderr == "no keys\n"


def test_users_and_teams(cli: Cli) -> None:
    made = cli.ok("users", "create", "lena", "--email", "lena@example.org", "--role",
                  "internal_user", "--budget", "20")
    assert "lena@example.org" in made and not SECRET.search(made)
    assert cli.ok("users", "create", "--alias", "Max", "--quiet").strip() != ""
    with_key = cli.ok("users", "create", "noor", "--with-key")
    assert call(cli, SECRET.findall(with_key)[0]) == 200
    assert cli.ok("teams", "create", "search", "--alias", "Search", "--models", "m", "--budget",
                  "100", "--budget-duration", "30d", "--quiet") == "search\n"
    cli.ok("teams", "add-member", "search", "lena", "--role", "admin")
    cli.ok("teams", "add-member", "search", "max", "--budget", "5")
    team = cli.json("teams", "info", "search")["team_info"]
    assert {each["user_id"]: each["role"] for each in team["members_with_roles"]} == {
        "default_user_id": "admin", "lena": "admin", "max": "user"}
    info = cli.ok("teams", "info", "search")
    assert re.search(r"^max +- +user +\$0\.00 +\$5\.00$", info, re.M), info
    assert re.search(r"^search +Search +3 +m +\$0\.00 +\$100\.00 / 30d +-$", cli.ok("teams", "list"), re.M)

    key = cli.ok("keys", "create", "--team", "search", "--user", "max", "--quiet").strip()
    assert call(cli, key) == 200
    cli.ok("teams", "block", "search")
    until(lambda: call(cli, key) == 401, "the block is heard of")
    cli.ok("teams", "unblock", "search")
    until(lambda: call(cli, key) == 200, "its end is heard of")
    assert "sk-..." in cli.ok("users", "info", "max")
    cli.ok("users", "update", "lena", "--budget", "null", "--alias", "Lena")
    lena = cli.json("users", "info", "lena")["user_info"]
    assert (lena["max_budget"], lena["user_alias"], lena["teams"]) == (None, "Lena", ["search"])
    assert "lena@example.org" in cli.ok("users", "list", "--email", "LENA@")
    cli.ok("teams", "update", "search", "--member-budget", "2")
    cli.ok("teams", "remove-member", "search", "lena")
    assert cli.refused("teams", "remove-member", "search", "lena").startswith(
        "tollweir: User not found in team (400)")
    assert cli.ok("teams", "delete", "search") == "deleted 1 team\n"
    assert cli.ok("users", "delete", "lena", "max") == "deleted 2 users\n"
    assert call(cli, key) == 401


def test_spend(cli: Cli) -> None:
    cli.ok("teams", "create", "search", "--alias", "Search")
    key = cli.ok("keys", "create", "--alias", "ci", "--team", "search", "--tags", "night", "--quiet").strip()
    other = cli.ok("keys", "create", "--user", "lena", "--quiet").strip()
    assert [call(cli, each) for each in (key, key, other)] == [200] * 3
    until(lambda: len(cli.json("spend", "logs")["data"]) == 3, "the rows")
    total = cli.json("spend")["metadata"]["total_spend"]
    assert total > 0

    def lines(by: str) -> dict[str, list[str]]:
        shown = [line.split() for line in cli.ok("spend", "--by", by).splitlines()[1:]]
        return {line[0]: line[1:] for line in shown}

    assert lines("key")["ci"][-3:-1] == ["2", "0"]
    assert lines("key")["total"][-3:-1] == ["3", "0"]
    assert len(lines("model")) == 2
    assert lines("team")["search"][0] == "Search"
    assert lines("user")["lena"][-3] == "1"
    assert set(lines("tag")) == {"night"}
    (nothing,) = cli.ok("spend", "summary", "--from", "2020-01-01", "--to", "2020-01-02").splitlines()[1:]
    assert nothing.split() == ["total", "$0.00", "0", "0", "0"]
    logs = cli.ok("spend", "logs", "--alias", "ci").splitlines()
    assert len(logs) == 3 and logs[0].split()[:2] == ["TIME", "KEY"]


def test_pages(cli: Cli) -> None:
    for number in range(3):
        cli.ok("keys", "create", "--alias", f"key-{number}", "--quiet")
    page = cli.run("keys", "list", "--size", "2")
    assert len(page.stdout.splitlines()) == 3
    assert page.stderr == "page 1 of 2 (3 keys); --page N shows another\n"
    assert len(cli.ok("keys", "list", "--size", "2", "--page", "2").splitlines()) == 2


def test_errors_are_one_line(cli: Cli) -> None:
    assert cli.refused("keys", "info", "sk-nowhere") == "tollweir: Key not found in database (404)"
    assert cli.refused("keys", "list", key="sk-wrong").endswith(
        "(401); --key or LITELLM_PROXY_API_KEY say whose key asks")
    assert "(400)" in cli.refused("keys", "create", "--duration", "soon")
    user = cli.ok("keys", "create", "--user", "lena", "--quiet").strip()
    assert cli.refused("users", "delete", "lena", key=user).startswith("tollweir: ")
    nobody = f"http://127.0.0.1:{free_port()}"
    done = cli.run("keys", "list", "--url", nobody)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"tollweir: {nobody}: the gateway could not be reached: connection refused\n"
    done = cli.run("keys", "list", "--url", f"http://127.0.0.1:{cli.admin.gateway.port}/nowhere")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [("keys",), ("keys", "lst"), ("keys", "info"), ("spend", "--by", "x"),
                                   ("users", "create", "--budget", "much"), ("teams", "list", "--url", "ftp://x")])
def test_wrong_usage_exits_with_2_and_helps(words: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run([str(BINARY), *words], env=clean_environment(tmp_path, {}), cwd=tmp_path,
                          capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tollweir: ") and "For every command" in done.stderr


@pytest.mark.parametrize("words", [("keys", "--help"), ("keys", "create", "--help"), ("spend", "logs", "-h")])
def test_help_is_asked_of_nobody(words: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run([str(BINARY), *words], env=clean_environment(tmp_path, {}), cwd=tmp_path,
                          capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tollweir " + words[0] in done.stdout


def test_a_table_fits_the_terminal_and_names_cannot_steer_it(cli: Cli) -> None:
    cli.admin.key(key_alias="long-" + "x" * 100, user_id="\u202eab")
    cli.admin.ok("/user/new", {"user_id": "evil", "user_alias": "a\u009b31mb", "auto_create_key": False})
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    env = clean_environment(cli.home, {"LITELLM_PROXY_URL": f"http://127.0.0.1:{cli.admin.gateway.port}",
                                       "LITELLM_PROXY_API_KEY": KEY})
    with subprocess.Popen([str(BINARY), "keys", "list"], stdout=child, stderr=subprocess.DEVNULL, env=env) as process:
        os.close(child)
        text = b""
        with contextlib.suppress(OSError):  # the terminal's end, once the program has closed it
            while data := os.read(parent, 65536):
                text += data
        assert process.wait(30) == 0
    os.close(parent)
    shown = text.decode().replace("\r", "")
    assert max(len(line) for line in shown.splitlines()) <= 100 and "…" in shown
    assert "\u009b" not in cli.ok("users", "list")


def test_over_tls_behind_a_prefix(
    store: Store, start: StartGateway, authority: Authority, tmp_path: Path
) -> None:
    chain, key = authority.files(tmp_path, "localhost")
    args = ("--ssl_certfile_path", str(chain), "--ssl_keyfile_path", str(key))
    gateway = start(config(), args=args, tls=True, env={**store.env, "SERVER_ROOT_PATH": "/llm"})
    url = f"https://localhost:{gateway.port}/llm"

    def keys_list(**env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BINARY), "keys", "list", "--url", url, "--key", KEY, "--json"],
            env=clean_environment(tmp_path, env), cwd=tmp_path,
            capture_output=True, text=True, timeout=30, check=False,
        )

    trusted = {"SSL_CERT_FILE": str(authority.ca_file)}
    until(lambda: keys_list(**trusted).returncode == 0, "the store is there", 20)
    assert json.loads(keys_list(**trusted).stdout)["keys"] == []
    unknown = keys_list()
    assert unknown.returncode == 1 and "TLS handshake with the gateway failed" in unknown.stderr
    assert keys_list(SSL_VERIFY="False").returncode == 0
