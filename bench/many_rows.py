#!/usr/bin/env python3
"""Times every view of spend over a store with many spend rows.

  bench/many_rows.py ROWS [--postgres] [--folder DIR] [--binary FILE] [--keep] [--calls N]

The rows are made by SQL: 400 days up to today of 400 keys, 200 users, 40 teams, 8 organizations,
2,000 customers, 60 tags and 20 models, a few of them used much more than the others, with the sums by
day as the spend writer would have added them up. SQLite in the folder (the current one; 20 GB for ten
million rows), PostgreSQL in a cluster of its own there, with its usual settings but without waiting for
the disk. Both are deleted afterwards. A view misses its gate with a median over 200 ms; how long it had
a processor (the gateway and the server's processes together) depends less on what else runs.
"""

import argparse
import contextlib
import datetime
import http.client
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DAYS = 400
GATE_MS = 200
MASTER = "sk-measure"
CONFIG = f"""
general_settings: {{master_key: {MASTER}}}
model_list:
  - model_name: m
    litellm_params: {{model: openai/gpt-4o-mini, api_base: "http://127.0.0.1:1/v1", api_key: k}}
"""
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
FIRST = TODAY - datetime.timedelta(days=DAYS - 1)
MIDNIGHT = int(datetime.datetime.combine(FIRST, datetime.time(), datetime.timezone.utc).timestamp())
PROVIDERS = "openai", "anthropic", "azure", "bedrock", "gemini"
# As long as hashes are; what the views are asked for.
HASH = "key-" + "0" * 56
KEY, USER, TEAM = f"'{HASH}' || (1000 + key)", "'user-' || (key % 200)", "'team-' || (key % 40)"
ORGANIZATION, CUSTOMER, MODEL = "'org-' || (key % 8)", "'customer-' || customer", "'model-' || model"
PROVIDER = f"case model % 5 {' '.join(f'when {i} then {name!r}' for i, name in enumerate(PROVIDERS))} end"
TAGS = "'tag-' || (key % 60)", "'tag-' || ((key + model + 1) % 60)"
SUMS = "sum(calls), sum(calls - failed), sum(failed), sum(prompt), sum(completion), sum(cost)"


def uniform(salt: int) -> str:
    """0 to 1 by the row's number: the same rows in both stores."""
    return f"(cast((number + {salt}) * 2654435761 % 4294967291 * {salt * 2 + 1} % 1000003 as double precision) / 1000003)"


class Sqlite:
    name = "SQLite"
    numbers = "with recursive numbers (number) as (select 0 union all select number + 1 from numbers where number < {0} - 1)"
    time = "strftime('%Y-%m-%d %H:%M:%f000', {0}, 'unixepoch')"
    date = "date({0}, 'unixepoch')"
    integer = "cast({0} as integer)"
    id = "lower(hex(randomblob(16)))"
    json = "{0}"
    no = "0"
    alias = "tollweir_key_alias, ", "'alias-' || key, "

    def __init__(self, folder: Path):
        self.file = folder / "tollweir.db"
        self.env = {"TOLLWEIR_DATA_DIR": str(folder)}

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        self.store = sqlite3.connect(self.file, isolation_level=None)
        with contextlib.closing(self.store):
            for pragma in ["journal_mode=off", "synchronous=off", "cache_size=-3000000", "temp_store=memory"]:
                self.store.execute(f"pragma {pragma}")
            self.store.execute("begin")
            yield
            self.store.execute("commit")

    def execute(self, sql: str) -> None:
        self.store.execute(sql)

    def drop_indexes(self, tables: list[str]) -> list[str]:
        found = self.store.execute(
            "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name "
            f"in ({', '.join(f'{table!r}' for table in tables)})"
        ).fetchall()
        for name, _ in found:
            self.store.execute(f'drop index "{name}"')
        return [sql for _, sql in found]

    def processes(self) -> list[int]:
        return []

    def ended_ms(self) -> float:
        return 0

    def stop(self) -> None:
        pass


class Postgres:
    name = "PostgreSQL"
    numbers = "with numbers (number) as (select generate_series(0::bigint, {0} - 1))"
    time = "(timestamp 'epoch' + ({0}) * interval '1 second')"
    date = "to_char(timestamp 'epoch' + ({0}) * interval '1 second', 'YYYY-MM-DD')"
    integer = "floor({0})::bigint"
    id = "gen_random_uuid()::text"
    json = "({0})::jsonb"
    no = "false"
    alias = "", ""

    def __init__(self, folder: Path):
        self.folder = folder / "cluster"
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._as_server("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "--no-sync")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        options = f"-k /tmp -p {port} -h 127.0.0.1 -F -c max_wal_size=8GB -c wal_level=minimal -c max_wal_senders=0"
        self._as_server("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-o", options, "start")
        self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self.env = {"DATABASE_URL": self.url}

    def _as_server(self, program: str, *arguments: str) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*prefix, str(self.bin / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def _psql(self, sql: str) -> list[str]:
        done = subprocess.run(
            ["psql", self.url, "-qAtX", "-v", "ON_ERROR_STOP=1"],
            input=f"set maintenance_work_mem='1GB'; set work_mem='1GB'; set jit=off; {sql};",
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.splitlines()

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        yield
        self._psql("vacuum analyze")

    def execute(self, sql: str) -> None:
        self._psql(sql)

    def drop_indexes(self, tables: list[str]) -> list[str]:
        names = ", ".join(f"{table!r}" for table in tables)
        keys = self._psql(
            "select format('alter table %s drop constraint %I', conrelid::regclass, conname), "
            "format('alter table %s add constraint %I %s', conrelid::regclass, conname, "
            "pg_get_constraintdef(oid)) from pg_constraint where contype = 'p' and "
            f"conrelid::regclass::text in (select quote_ident(n) from unnest(array[{names}]) as n)"
        )
        others = self._psql(
            "select format('drop index %I', indexname), indexdef from pg_indexes where "
            f"indexname not like '%\\_pkey' and tablename = any(array[{names}])"
        )
        made = []
        for line in keys + others:
            drop, make = line.split("|", 1)
            self._psql(drop)
            made.append(make)
        return made

    def processes(self) -> list[int]:
        server = (self.folder / "data/postmaster.pid").read_text().split()[0]
        return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]

    def stop(self) -> None:
        self._as_server("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")


    def ended_ms(self) -> float:
        """Of processes that have ended: those that helped with one statement."""
        server = (self.folder / "data/postmaster.pid").read_text().split()[0]
        fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) * 1000 / os.sysconf("SC_CLK_TCK")


def processor_ms(processes: list[int]) -> float:
    spent = 0
    for process in processes:
        with contextlib.suppress(OSError):  # it has ended
            for thread in Path(f"/proc/{process}/task").iterdir():
                spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e6


class Gateway:
    def __init__(self, binary: str, folder: Path, env: dict[str, str]):
        self.log = folder / "gateway.log"
        config = folder / "rows.yaml"
        config.write_text(CONFIG)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.process = subprocess.Popen(
            [binary, "--config", str(config), "--host", "127.0.0.1", "--port", str(self.port)],
            env={"PATH": os.environ["PATH"], "TOLLWEIR_DATA_DIR": str(folder), **env},
            cwd=folder,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        while not self._is_connected():
            assert self.process.poll() is None, "it does not start"
            time.sleep(0.01)

    def _is_connected(self) -> bool:
        try:
            self.connection.request("GET", "/health/readiness")
            return json.loads(self.connection.getresponse().read()).get("db") == "connected"
        except OSError:
            self.connection.close()
            return False

    def wait_for_sums(self) -> float:
        """Until sums of ours are added up; seconds."""
        begin = time.monotonic()
        while "indexed and added up in" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        self.connection.close()
        return time.monotonic() - begin

    def call(self, path: str, body: dict | None) -> tuple[float, bytes]:
        """Milliseconds to the end of the answer, and the answer."""
        headers = {"Authorization": f"Bearer {MASTER}", "Content-Type": "application/json"}
        begin = time.monotonic()
        self.connection.request("GET" if body is None else "POST", path, body and json.dumps(body), headers)
        reply = self.connection.getresponse()
        answer = reply.read()
        took = (time.monotonic() - begin) * 1000
        assert reply.status == 200, (path, answer[:500])
        return took, answer

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def fill_owners(store: Sqlite | Postgres) -> None:
    now = store.time.format(MIDNIGHT)
    for table, columns, count, cells in [
        ("VerificationToken", "token, key_alias, key_name, user_id, team_id, spend, updated_at", 400,
         f"{KEY}, 'alias-' || key, 'sk-...', {USER}, {TEAM}, key % 97, {now}"),
        ("UserTable", "user_id, user_email, spend, updated_at", 200,
         f"{USER}, 'user-' || key || '@example.com', key % 97, {now}"),
        ("TeamTable", "team_id, team_alias, updated_at", 40, f"{TEAM}, 'Team ' || key, {now}"),
        ("OrganizationTable", "organization_id, organization_alias, budget_id, created_by, updated_by, updated_at", 8,
         f"{ORGANIZATION}, 'Org ' || key, '', '', '', {now}"),
        ("EndUserTable", "user_id, blocked", 2000, f"'customer-' || key, {store.no}"),
        ("TagTable", "tag_name, updated_at", 60, f"'tag-' || key, {now}"),
    ]:  # fmt: skip
        store.execute(
            f'insert into "LiteLLM_{table}" ({columns}) {store.numbers.format(count)} '
            f"select {cells} from (select number as key from numbers) as counted"
        )


def fill(store: Sqlite | Postgres, rows: int) -> None:
    day_tables = {"User": ("user_id", USER, ""), "Team": ("team_id", TEAM, ""),
                  "Organization": ("organization_id", ORGANIZATION, ""),
                  "EndUser": ("end_user_id", CUSTOMER, "where customer is not null")}  # fmt: skip
    tables = ["LiteLLM_SpendLogs", *(f"LiteLLM_Daily{name}Spend" for name in [*day_tables, "Tag"])]
    fill_owners(store)
    indexes = store.drop_indexes(tables)
    whole = store.integer.format
    started = f"cast({MIDNIGHT} + number * {DAYS * 86400} / {rows}.0 as double precision)"
    calls = (
        f"{store.numbers.format(rows)}, keyed as (select number, "
        f"{whole(f'400 * {uniform(1)} * {uniform(2)}')} as key from numbers) "
        f"select number, key, (key * 3 + {whole(f'4 * {uniform(3)} * {uniform(4)}')}) % 20 as model, "
        f"case when {uniform(5)} < 0.5 then key * 5 + {whole(f'5 * {uniform(6)}')} end as customer, "
        f"case when {uniform(7)} < 0.02 then 1 else 0 end as failed, "
        f"{whole(f'20 + 2000 * {uniform(8)}')} as prompt, {whole(f'10 + 500 * {uniform(9)}')} as completion, "
        f"100000 * {whole(f'200 + 50000 * {uniform(10)}')} as cost, {started} as started from keyed"
    )
    store.execute(f"create table calls as {calls}")
    metadata = (
        f"""'{{"user_api_key":"' || {KEY} || '","user_api_key_alias":"alias-' || key || """
        f"""'","user_api_key_user_id":"' || {USER} || '","user_api_key_team_id":"' || {TEAM} || """
        """'","status":"success","usage_object":{"prompt_tokens":' || prompt || ',"completion_tokens":' """
        """|| completion || '},"cost_breakdown":{"input_cost":0.00012,"output_cost":0.00031,"total_cost":"""
        """0.00043,"original_cost":0.00043},"litellm_overhead_time_ms":0.41,"attempted_retries":0}'"""
    )
    tags = f"""'["' || {TAGS[0]} || '","' || {TAGS[1]} || '"]'"""
    store.execute(
        f'insert into "LiteLLM_SpendLogs" ({store.alias[0]}request_id, record_id, tollweir_call_id, call_type, api_key, spend, '
        'tollweir_spend, total_tokens, prompt_tokens, completion_tokens, "startTime", "endTime", model, model_id, '
        'model_group, custom_llm_provider, api_base, "user", team_id, organization_id, end_user, metadata, '
        "cache_hit, cache_key, request_tags, requester_ip_address, messages, response, proxy_server_request, "
        f"session_id, status, request_duration_ms) select {store.alias[1]}'chatcmpl-' || {store.id}, 'record-' || number, "
        f"'call-' || {store.id}, 'acompletion', {KEY}, cost / 1e12, cost, prompt + completion, prompt, completion, "
        f"{store.time.format('started')}, {store.time.format('started + 2')}, {MODEL}, 'deployment-' || model, "
        f"'group-' || model, {PROVIDER}, 'https://api.example.com/v1', {USER}, {TEAM}, {ORGANIZATION}, "
        f"{CUSTOMER}, {store.json.format(metadata)}, 'False', 'Cache OFF', {store.json.format(tags)}, "
        f"'203.0.113.7', '{{}}', '{{}}', '{{}}', 'session-' || ({whole('number / 5')}), "
        "case failed when 1 then 'failure' else 'success' end, 2000 from calls"
    )
    store.execute(
        f"create table sums as select {store.date.format('started')} as day, key, model, customer, count(*) as calls, "
        "sum(failed) as failed, sum(prompt) as prompt, sum(completion) as completion, sum(cost) as cost "
        "from calls group by 1, 2, 3, 4"
    )
    store.execute("drop table calls")
    # All owners but customers follow from the key: fewer rows to group.
    store.execute(
        "create table key_sums as select day, key, model, sum(calls) as calls, sum(failed) as failed, "
        "sum(prompt) as prompt, sum(completion) as completion, sum(cost) as cost from sums group by 1, 2, 3"
    )
    for name, (column, owner, where) in day_tables.items():
        summed = "sums" if name == "EndUser" else "key_sums"
        fill_days(store, name, column, f"select {owner} as owner, * from {summed} {where}")
    by_tag = " union all ".join(f"select {tag} as owner, * from key_sums" for tag in TAGS)
    fill_days(store, "Tag", "tag", by_tag)
    store.execute(
        "insert into tollweir_daily_calls (date, user_id, api_key, call_type, model, calls, failed, "
        f"from_cache, generated_tokens) select day, {USER}, {KEY}, 'acompletion', {MODEL}, sum(calls), "
        "sum(failed), sum(calls) / 10, sum(completion) from key_sums group by 1, 2, 3, 4, 5"
    )
    store.execute("drop table sums")
    store.execute("drop table key_sums")
    for index in indexes:
        store.execute(index)
    # So that the gateway adds them up anew, as those of a database that it takes over.
    store.execute("update tollweir_daily_sums set since = '9999-12-31'")


def fill_days(store: Sqlite | Postgres, table: str, column: str, sums: str) -> None:
    now = store.time.format(MIDNIGHT)
    store.execute(
        f'insert into "LiteLLM_Daily{table}Spend" (id, {column}, date, api_key, model, model_group, '
        "custom_llm_provider, mcp_namespaced_tool_name, endpoint, api_requests, successful_requests, "
        "failed_requests, prompt_tokens, completion_tokens, tollweir_spend, spend, updated_at) "
        f"select {store.id}, owner, day, {KEY}, {MODEL}, 'group-' || model, {PROVIDER}, '', "
        "'/chat/completions', calls, succeeded, failed, prompt, completion, cost, cost / 1e12, "
        f"{now} from (select owner, day, key, model, sum(calls) as calls, sum(calls - failed) as succeeded, "
        "sum(failed) as failed, sum(prompt) as prompt, sum(completion) as completion, sum(cost) as cost "
        f"from ({sums}) as owned group by 1, 2, 3, 4 order by day) as summed"
    )


def views() -> list[tuple[str, dict | None]]:
    """Paths as clients ask them; a body makes it a POST."""

    def days(count: int) -> str:
        return f"start_date={TODAY - datetime.timedelta(days=count - 1)}&end_date={TODAY}"

    def times(count: int) -> str:
        first = TODAY - datetime.timedelta(days=count - 1)
        return "start_date=" + urllib.parse.quote(f"{first} 00:00:00") + "&end_date=" + urllib.parse.quote(f"{TODAY} 23:59:59")

    key = HASH + "1017"
    month = days(30)
    found = [
        "/spend/logs", f"/spend/logs?api_key={key}", "/spend/logs?user_id=user-17", "/spend/logs?request_id={request_id}",
        f"/spend/logs?{month}", f"/spend/logs?{month}&api_key={key}", f"/spend/logs?{month}&user_id=user-17",
        f"/spend/logs?{month}&summarize=false", f"/spend/logs?{month}&summarize=false&api_key={key}",
        f"/spend/logs?{days(DAYS)}",
    ]  # fmt: skip
    filters = [
        "", f"&api_key={key}", "&user_id=user-17", "&team_id=team-17", "&model=model-11", "&model=none",
        "&end_user=customer-85", "&key_alias=alias-17", "&status_filter=failure", "&status_filter=success",
        "&min_spend=0.00495", "&max_spend=0.0001", "&min_spend=1000", "&request_id={request_id}",
        f"&api_key={key}&status_filter=failure&model=model-11&min_spend=0.001",
    ]  # fmt: skip
    for count in [1, 30, DAYS]:
        found += [f"/spend/logs/v2?{times(count)}{narrowed}" for narrowed in filters]
    found += [
        f"/spend/logs/v2?{times(30)}&page=200&page_size=100", f"/spend/logs/v2?{times(DAYS)}&cursor={{cursor}}",
        "/spend/logs/ui/{request_id}", "/spend/logs/session/ui?session_id=session-1000",
        "/spend/keys", "/spend/users", "/spend/users?user_id=user-17", "/spend/tags", f"/spend/tags?{days(DAYS)}",
        "/global/spend", "/global/spend/logs", f"/global/spend/logs?api_key={key}", "/global/spend/keys?limit=10",
        "/global/spend/models", "/global/spend/provider", "/global/spend/teams", "/global/spend/tags",
        "/global/spend/tags?tags=tag-1,tag-2", "/global/spend/all_tag_names",
        f"/global/spend/report?{month}", f"/global/spend/report?{month}&group_by=customer",
        f"/global/spend/report?{month}&group_by=api_key", f"/global/spend/report?{month}&api_key={key}",
        f"/global/spend/report?{month}&internal_user_id=user-17",
        f"/global/spend/report?{month}&team_id=team-17&customer_id=customer-85",
        "/global/activity", "/global/activity/model", "/global/activity/cache_hits",
        *(f"/global/{name}?{days(DAYS)}" for name in ["spend", "spend/models", "spend/keys", "spend/teams",
                                                      "activity", "activity/model"]),
        "/provider/budgets",
    ]  # fmt: skip
    for owner, narrowed in [("user", "user_id=user-17"), ("team", "team_ids=team-17,team-18"), ("tag", "tags=tag-1"),
                            ("customer", "end_user_ids=customer-85"), ("organization", "organization_ids=org-1")]:  # fmt: skip
        path = f"/{owner}/daily/activity"
        found += [f"{path}?{days(7)}", f"{path}?{month}", f"{path}?{month}&{narrowed}", f"{path}/aggregated?{month}"]
    found.append(f"/user/daily/activity?{days(DAYS)}&page=3")
    begin = f"{TODAY - datetime.timedelta(days=30)}T00:00:00Z"
    message = {"model": "m", "messages": [{"role": "user", "content": "What is a tollgate? " * 50}]}
    return [
        *((path, None) for path in found),
        ("/global/spend/end_users", {"startTime": begin, "endTime": f"{TODAY}T00:00:00Z"}),
        ("/global/spend/end_users", {"startTime": begin, "endTime": f"{TODAY}T00:00:00Z", "api_key": key}),
        ("/global/spend/end_users", {"startTime": f"{FIRST}T00:00:00Z", "endTime": f"{TODAY}T00:00:00Z"}),
        ("/spend/calculate", message),
    ]


def measure(gateway: Gateway, store: Sqlite | Postgres, calls: int) -> None:
    _, page = gateway.call(f"/spend/logs/v2?start_date={FIRST}&end_date={TODAY}&page_size=10", None)
    listed = json.loads(page)
    places = {"request_id": listed["data"][3]["request_id"], "cursor": urllib.parse.quote(listed["next_cursor"])}
    missed = 0
    print(f"\n| {store.name} | median ms | of | processor ms | answer KiB |\n| --- | --- | --- | --- | --- |", flush=True)
    for path, body in views():
        gateway.call(path.format(**places), body)
        processes = [gateway.process.pid, *store.processes()]
        before = processor_ms(processes) + store.ended_ms()
        took = [gateway.call(path.format(**places), body) for _ in range(calls)]
        busy = (processor_ms(processes) + store.ended_ms() - before) / calls
        each = [one for one, _ in took]
        median = statistics.median(each)
        missed += median > GATE_MS
        mark = " **missed**" if median > GATE_MS else ""
        shown = urllib.parse.unquote(path).replace(HASH, "key-0") + (" " + json.dumps(body)[:60] if body else "")
        print(
            f"| `{shown}` | {median:.1f}{mark} | {min(each):.1f}-{max(each):.1f} | {busy:.1f} | "
            f"{len(took[0][1]) / 1024:.1f} |",
            flush=True,
        )
    print(f"\n{missed} of {len(views())} over {GATE_MS} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("."))
    parser.add_argument("--binary", default=str(ROOT / "build/release/tollweir"))
    parser.add_argument("--calls", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="wait for the enter key before all is deleted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        folder.chmod(0o755)
        store = (Postgres if options.postgres else Sqlite)(folder)
        try:
            Gateway(options.binary, folder, store.env).stop()  # makes the tables
            begin = time.monotonic()
            with store.filling():
                fill(store, options.rows)
            print(f"{options.rows} rows made in {time.monotonic() - begin:.0f} s", flush=True)
            gateway = Gateway(options.binary, folder, store.env)
            try:
                print(f"added up by day in {gateway.wait_for_sums():.1f} s", flush=True)
                measure(gateway, store, options.calls)
                if options.keep:
                    input(f"port {gateway.port}, {store.env}: ")
            finally:
                gateway.stop()
        finally:
            store.stop()


if __name__ == "__main__":
    main()
