"""Where the money went: the routes of /spend and /global/spend over both stores, and retention."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import StartGateway
from gateway import AUTH, KEY, Gateway
from stores import PostgresStore, Store
from wire import Reply, until

DAY = datetime(2026, 11, 20, 12)
BOTH_DAYS = "start_date=2026-11-20+00:00:00&end_date=2026-11-21+23:59:59"
PICODOLLARS = 10**12


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


LENA = "sk-lena-0001"
MAX = "sk-max-0001"


class Books:
    """A gateway, its store, and rows as the spend writer makes them."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self.gateway = gateway
        self.store = store
        # As days of before there were sums of ours: in SQLite only the spend writer adds to them.
        if store.kind == "sqlite":
            store.execute("update tollweir_daily_sums set since = '9999-12-31'")

    def insert(self, table: str, **columns: Any) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
        self.store.execute(
            f'insert into "LiteLLM_{table}" ({names}) values ({places})', *columns.values()
        )

    def call(self, request_id: str, key: str, user: str, dollars: float, **columns: Any) -> None:
        start = columns.pop("start", DAY)
        alias = columns.pop("alias", "")
        row = {
            "request_id": request_id,
            "call_type": "acompletion",
            "api_key": digest(key),
            "user": user,
            "spend": dollars,
            "tollweir_spend": round(dollars * PICODOLLARS),
            "startTime": start,
            "endTime": start,
            "model": "gpt-4o",
            "metadata": json.dumps({"user_api_key_alias": alias}),
            "status": "success",
            **columns,
        }
        if self.store.kind == "sqlite":
            row["tollweir_key_alias"] = alias
        self.insert("SpendLogs", **row)
        self.insert(
            "DailyUserSpend",
            id=request_id,
            user_id=user,
            date=f"{start:%Y-%m-%d}",
            api_key=digest(key),
            model=row["model"],
            custom_llm_provider="openai",
            mcp_namespaced_tool_name=request_id,  # else LiteLLM's unique index takes two for one
            api_requests=1,
            spend=dollars,
            tollweir_spend=row["tollweir_spend"],
            updated_at=start,
        )

    def get(self, path: str, key: str = KEY) -> Any:
        reply = self.reply(path, key)
        assert reply.status == 200, reply.text
        return reply.json

    def reply(self, path: str, key: str = KEY) -> Reply:
        return self.gateway.get(path, [("authorization", f"Bearer {key}")])

    def ids(self, query: str, key: str = KEY) -> list[str]:
        return [row["request_id"] for row in self.get(f"/spend/logs?{query}", key)]

    def page(self, query: str, key: str = KEY) -> list[str]:
        found = self.get(f"/spend/logs/ui?{BOTH_DAYS}&{query}", key)
        assert found["total"] == len(found["data"])
        return [row["request_id"] for row in found["data"]]


@pytest.fixture
def books(store: Store, start: StartGateway) -> Books:
    gateway = start({}, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    made = Books(gateway, store)
    made.call("a", LENA, "lena", 0.41, team_id="search", end_user="cust-1", alias="ci")
    made.call(
        "b",
        MAX,
        "max",
        0.25,
        start=DAY + timedelta(days=1),
        model="o3",
        team_id="ops",
        end_user="cust-2",
        alias="web",
        status="failure",
    )
    return made


def test_rows_are_found_by_each_filter_and_by_no_other(books: Books) -> None:
    assert books.ids("") == ["b", "a"]
    assert books.ids(f"api_key={LENA}") == ["a"]
    assert books.ids(f"api_key={digest(LENA)}") == ["a"]
    assert books.ids("user_id=max") == ["b"]
    assert books.ids("request_id=b") == ["b"]
    assert books.ids("request_id=c") == []
    for query in [
        "user_id=max", "team_id=ops", "model=o3", "end_user=cust-2", "key_alias=web",
        "status_filter=failure", "max_spend=0.25", "request_id=b", f"api_key={MAX}",
    ]:  # fmt: skip
        assert books.page(query) == ["b"], query
    for query in ["status_filter=success", "min_spend=0.4100"]:
        assert books.page(query) == ["a"], query
    assert books.page("") == ["b", "a"]


def test_a_row_holds_what_a_call_was(books: Books) -> None:
    (row,) = books.get("/spend/logs?request_id=a")
    assert row["spend"] == 0.41
    assert row["startTime"] == "2026-11-20T12:00:00.000000+00:00"
    assert row["metadata"] == {"user_api_key_alias": "ci"}
    assert row["user"] == "lena"


def test_days_are_inclusive_and_summed(books: Books) -> None:
    days = books.get("/spend/logs?start_date=2026-11-20&end_date=2026-11-22")
    assert [day["startTime"] for day in days] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert days[0] == {
        "startTime": "2026-11-20",
        "spend": 0.41,
        digest(LENA): 0.41,
        "users": {"lena": 0.41},
        "models": {"gpt-4o": 0.41},
    }
    assert days[1]["models"] == {"o3": 0.25}
    assert days[2] == {"startTime": "2026-11-22", "spend": 0.0, "users": {}, "models": {}}
    rows = "start_date=2026-11-20&end_date=2026-11-20&summarize=false"
    assert books.ids(rows) == ["a"]


def test_pages_tell_how_many_there_are(books: Books) -> None:
    page = books.get(f"/spend/logs/v2?{BOTH_DAYS}&page=2&page_size=1")
    assert [row["request_id"] for row in page["data"]] == ["a"]
    assert {name: page[name] for name in ("total", "page", "page_size", "total_pages")} == {
        "total": 2,
        "page": 2,
        "page_size": 1,
        "total_pages": 2,
    }


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/spend/logs?start_date=20.11.2026&end_date=2026-11-21", 400, "start_date"),
        ("/spend/logs?start_date=2026-11-21&end_date=2026-11-20", 400, "end_date"),
        ("/spend/logs/ui", 400, "Start date and end date are required"),
        ("/spend/logs/ui?start_date=soon&end_date=2026-11-20", 400, "start_date"),
        (f"/spend/logs/ui?{BOTH_DAYS}&page_size=101", 422, "page_size"),
        ("/global/spend/keys?limit=0", 422, "limit"),
        ("/spend/logs/ui/nothing", 404, "nothing"),
    ],
)
def test_what_cannot_be_answered_says_why(
    books: Books, path: str, status: int, said: str
) -> None:
    reply = books.reply(path)
    assert reply.status == status, reply.text
    assert said in reply.error["message"]
    assert reply.json["detail"]


def test_sums_of_the_last_days(books: Books) -> None:
    today = datetime.now(UTC).replace(tzinfo=None)
    books.store.execute('delete from "LiteLLM_DailyUserSpend"')
    books.call("now", LENA, "lena", 0.5, start=today)
    books.call("old", LENA, "lena", 9, start=today - timedelta(days=40))
    books.insert(
        "VerificationToken", token=digest(LENA), key_alias="ci", key_name="sk-...0001",
        user_id="lena", updated_at=today,
    )  # fmt: skip
    assert books.get("/global/spend") == {"spend": 0.5, "max_budget": 0.0}
    assert books.get("/global/spend/logs") == [{"date": f"{today:%Y-%m-%d}", "spend": 0.5}]
    assert books.get("/global/spend/logs?api_key=sk-other") == []
    assert books.get("/global/spend/keys") == [
        {
            "api_key": digest(LENA),
            "key_alias": "ci",
            "key_name": "sk-...0001",
            "total_spend": 0.5,
        }
    ]
    assert books.get("/global/spend/models?limit=1") == [{"model": "gpt-4o", "total_spend": 0.5}]
    assert books.get("/global/spend/provider") == [{"provider": "openai", "spend": 0.5}]
    assert books.get("/spend/tags") == []
    assert [row["token"] for row in books.get("/spend/keys")] == [digest(LENA)]
    assert books.get("/spend/users?user_id=lena") == []


def test_a_reset_is_the_master_keys(books: Books) -> None:
    books.insert(
        "VerificationToken", token=digest(LENA), key_name="sk-...0001", spend=0.5,
        tollweir_spend=PICODOLLARS // 2, updated_at=DAY,
    )  # fmt: skip
    reply = books.gateway.post("/global/spend/reset", {}, AUTH)
    assert reply.status == 200, reply.text
    assert reply.json["status"] == "success"
    (row,) = books.store.query('select spend, tollweir_spend from "LiteLLM_VerificationToken"')
    assert row == {"spend": 0, "tollweir_spend": 0}
    assert books.ids("") == ["b", "a"], "rows of calls stay"


def test_budgets_of_providers(store: Store, start: StartGateway) -> None:
    budget = {"openai": {"budget_limit": 100, "time_period": "1d"}}
    gateway = start({"router_settings": {"provider_budget_config": budget}}, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    found = gateway.get("/provider/budgets").json["providers"]["openai"]
    reset_at = datetime.fromisoformat(found.pop("budget_reset_at"))
    assert found == {"budget_limit": 100.0, "time_period": "1d", "spend": 0.0}
    assert timedelta() < reset_at - datetime.now(UTC) <= timedelta(days=1)


def test_a_store_that_is_away_is_503_and_heals(
    postgres: PostgresStore, start: StartGateway
) -> None:
    gateway = start({}, env=postgres.env)
    until(lambda: gateway.get("/spend/logs").status == 200, "the store")
    postgres.stop()
    until(lambda: gateway.get("/spend/logs").status == 503, "the store is away")
    postgres.start()
    until(lambda: gateway.get("/spend/logs").status == 200, "the store is back")
    assert "pass@" not in gateway.output
