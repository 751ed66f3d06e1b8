"""Who used what on which days: activity, reports, teams, tags and customers, over both stores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from conftest import StartGateway
from gateway import AUTH
from spend_test import BOTH_DAYS, DAY, LENA, MAX, PICODOLLARS, Books, digest
from stores import Store
from wire import until

DAYS = "start_date=2026-11-20&end_date=2026-11-21"
OWNERS = {
    "User": "user_id",
    "Team": "team_id",
    "Organization": "organization_id",
    "EndUser": "end_user_id",
    "Tag": "tag",
}


class Views(Books):
    def day(self, table: str, owner: str, date: str, key: str, dollars: float, **more: Any) -> None:
        row = {"model": "gpt-4o", "api_requests": 2, "successful_requests": 2, **more}
        columns = {OWNERS[table]: owner, "date": date, "api_key": digest(key), **row}
        self.insert(
            f"Daily{table}Spend",
            id="/".join([table, owner, date, key, row["model"]]),
            custom_llm_provider="openai",
            prompt_tokens=80,
            completion_tokens=20,
            spend=dollars,
            tollweir_spend=round(dollars * PICODOLLARS),
            updated_at=DAY,
            **columns,
        )

    def key(self, key: str, user: str, **columns: Any) -> None:
        self.insert(
            "VerificationToken", token=digest(key), key_name="sk-...0001", user_id=user,
            updated_at=DAY, **columns,
        )  # fmt: skip

    def team(self, team: str, alias: str, **columns: Any) -> None:
        self.insert("TeamTable", team_id=team, team_alias=alias, updated_at=DAY, **columns)


@pytest.fixture
def views(store: Store, start: StartGateway) -> Views:
    gateway = start({}, env=store.env)
    until(lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store")
    made = Views(gateway, store)
    made.key(LENA, "lena", key_alias="ci", team_id="search")
    made.key(MAX, "max", team_id="search")
    made.team(
        "search", "Search", members_with_roles='[{"role":"admin","user_id":"lena"},'
        '{"role":"user","user_id":"max"}]',
    )  # fmt: skip
    made.team("ops", "Ops")
    for user in ["lena", "max"]:
        made.insert("TeamMembership", user_id=user, team_id="search")
    made.day("User", "lena", "2026-11-20", LENA, 0.5)
    made.day("User", "max", "2026-11-21", MAX, 0.25, model="o3")
    made.day("User", "", "2026-11-21", "sk-nobody-0001", 1, api_requests=1, failed_requests=1)
    made.day("Team", "search", "2026-11-20", LENA, 0.5)
    made.day("Team", "search", "2026-11-21", MAX, 0.25, model="o3")
    made.day("Organization", "acme", "2026-11-20", LENA, 0.5)
    made.day("EndUser", "cust-1", "2026-11-20", LENA, 0.5)
    made.day("EndUser", "cust-2", "2026-11-21", MAX, 0.25, model="o3")
    made.day("Tag", "batch", "2026-11-20", LENA, 0.5)
    made.day("Tag", "nightly", "2026-11-21", MAX, 0.25)
    return made


def test_activity_is_counted_by_day_and_model(views: Views) -> None:
    assert views.get(f"/global/activity?{DAYS}") == {
        "daily_data": [
            {"date": "Nov 20", "api_requests": 2, "total_tokens": 100},
            {"date": "Nov 21", "api_requests": 3, "total_tokens": 200},
        ],
        "sum_api_requests": 5,
        "sum_total_tokens": 300,
    }
    models = views.get(f"/global/activity/model?{DAYS}")
    assert [(found["model"], found["sum_api_requests"]) for found in models] == [
        ("gpt-4o", 3),
        ("o3", 2),
    ]
    assert models[1]["daily_data"] == [{"date": "Nov 21", "api_requests": 2, "total_tokens": 100}]
    own = views.get(f"/global/activity?{DAYS}", MAX)
    assert own["sum_api_requests"] == 2, "others see their own"


def test_answers_of_the_cache_are_counted_apart(views: Views) -> None:
    for user, key, hits in [("lena", LENA, 3), ("max", MAX, 1), ("", "sk-nobody-0001", 2)]:
        views.store.execute(
            "insert into tollweir_daily_calls values "
            "('2026-11-20', $1, $2, 'acompletion', 'gpt-4o', 5, 1, $3, 30, 70)",
            user, digest(key), hits,
        )  # fmt: skip
    calls = {
        "call_type": "acompletion", "model": "gpt-4o", "total_rows": 5, "failed_rows": 1,
        "cached_completion_tokens": 30, "generated_completion_tokens": 70,
    }  # fmt: skip
    lena = calls | {"api_key": "ci", "cache_hit_true_rows": 3}
    unnamed = calls | {"api_key": "Unnamed Key", "cache_hit_true_rows": 1}
    both = calls | {"api_key": "Unnamed Key"}
    both |= {name: 2 * calls[name] for name in calls if name.endswith(("rows", "tokens"))}
    both["cache_hit_true_rows"] = 3
    found = views.get(f"/global/activity/cache_hits?{DAYS}")
    assert sorted(found, key=lambda row: row["api_key"]) == [both, lena], "a list, by alias"
    assert views.get(f"/global/activity/cache_hits?{DAYS}", MAX) == [unnamed]


def test_teams_are_shown_with_what_belongs_to_none(views: Views) -> None:
    assert views.get(f"/global/spend/teams?{DAYS}") == {
        "daily_spend": [
            {"date": "2026-11-20", "Search": 0.5},
            {"date": "2026-11-21", "Search": 0.25, "Unassigned": 1.0},
        ],
        "teams": ["Unassigned", "Search"],
        "total_spend_per_team": [
            {"team_id": "Unassigned", "total_spend": 1.0},
            {"team_id": "Search", "total_spend": 0.75},
        ],
    }


def test_customers_and_tags_are_shown_by_their_spend(views: Views) -> None:
    times = {"startTime": "2026-11-20T00:00:00Z", "endTime": "2026-11-21T00:00:00Z"}

    def customers(body: dict[str, str]) -> list[tuple[str, float]]:
        reply = views.gateway.post("/global/spend/end_users", body, AUTH)
        assert reply.status == 200, reply.text
        return [(row["end_user"], row["total_spend"]) for row in reply.json]

    assert customers(times) == [("cust-1", 0.5), ("cust-2", 0.25)]
    assert customers(times | {"api_key": MAX}) == [("cust-2", 0.25)]
    assert customers({"startTime": "2026-11-21T00:00:00Z"}) == [("cust-2", 0.25)]
    batch = {"name": "batch", "spend": 0.5, "log_count": 2}
    nightly = {"name": "nightly", "spend": 0.25, "log_count": 2}
    assert views.get(f"/global/spend/tags?{DAYS}") == {"spend_per_tag": [batch, nightly]}
    assert views.get(f"/global/spend/tags?{DAYS}&tags=batch,no") == {"spend_per_tag": [batch]}
    assert views.get("/global/spend/all_tag_names") == {"tag_names": ["batch", "nightly"]}
    assert views.get("/global/spend/all_tag_names", LENA) == {"tag_names": ["batch"]}


def test_a_report_says_what_each_day_was_made_of(views: Views) -> None:
    report = f"/global/spend/report?{DAYS}"
    part = {"model": "gpt-4o", "api_key": digest(LENA), "spend": 0.5, "total_tokens": 100}
    days = views.get(report)
    assert days == views.get(f"{report}&group_by=team")
    assert days[0] == {
        "group_by_day": "2026-11-20T00:00:00+00:00",
        "teams": [{"team_name": "Search", "total_spend": 0.5, "metadata": [part]}],
    }
    assert len(days) == 2
    (day, _) = views.get(f"{report}&group_by=customer")
    assert day["customers"] == [{"customer": "cust-1", "total_spend": 0.5, "metadata": [part]}]
    sums = {"total_cost": 0.5, "total_input_tokens": 80, "total_output_tokens": 20}
    lena = {"api_key": digest(LENA), **sums, "model_details": [{"model": "gpt-4o", **sums}]}
    assert views.get(f"{report}&api_key={LENA}") == [lena]
    assert views.get(f"{report}&internal_user_id=lena") == [lena]
    assert len(views.get(f"{report}&group_by=api_key")) == 3
    assert views.get(f"{report}&internal_user_id=max", LENA) == []


def test_a_report_of_a_customer_in_a_team_is_of_its_rows(views: Views) -> None:
    views.call("a", LENA, "lena", 0.5, team_id="search", end_user="cust-1", prompt_tokens=7)
    views.call("b", LENA, "lena", 2, team_id="ops", end_user="cust-1")
    (day,) = views.get(f"/global/spend/report?{DAYS}&team_id=search&customer_id=cust-1")
    part = {"model": "gpt-4o", "api_key": digest(LENA), "spend": 0.5, "total_tokens": 7}
    assert day["customers"] == [{"customer": "cust-1", "total_spend": 0.5, "metadata": [part]}]


def test_daily_activity_tells_what_each_day_is_made_of(views: Views) -> None:
    found = views.get(f"/user/daily/activity?{DAYS}&user_id=lena")
    (day,) = found["results"]
    metrics = {
        "spend": 0.5, "prompt_tokens": 80, "completion_tokens": 20, "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0, "total_tokens": 100, "successful_requests": 2,
        "failed_requests": 0, "api_requests": 2,
    }  # fmt: skip
    key = {digest(LENA): {"metrics": metrics, "metadata": {"key_alias": "ci", "team_id": "search"}}}
    part = {"metrics": metrics, "metadata": {}, "api_key_breakdown": key}
    assert day == {
        "date": "2026-11-20",
        "metrics": metrics,
        "breakdown": {
            "models": {"gpt-4o": part}, "model_groups": {}, "providers": {"openai": part},
            "endpoints": {}, "mcp_servers": {}, "entities": {"lena": part}, "api_keys": key,
        },
    }  # fmt: skip
    assert found["metadata"]["total_spend"] == 0.5
    assert found["metadata"]["total_pages"] == 1


def test_a_day_of_very_many_keys_is_told_in_bounded_lists_that_add_up(views: Views) -> None:
    for number in range(60):
        key = f"sk-many-{number:04d}"
        views.day("Team", "ops", "2026-11-21", key, 1 + number / 4, model=f"model-{number % 7}")
    (day, _) = views.get(f"/team/daily/activity?{DAYS}")["results"]
    breakdown = day["breakdown"]
    listed = breakdown["api_keys"]
    assert len(listed) == 51
    assert digest("sk-many-0059") in listed
    assert digest("sk-many-0000") not in listed
    assert listed["(other)"]["metadata"] == {"key_alias": None, "team_id": None}
    for name in ["api_keys", "models", "providers", "entities"]:
        for metric, value in day["metrics"].items():
            assert sum(part["metrics"][metric] for part in breakdown[name].values()) == value, name
    for part in breakdown["models"].values():
        keys = part["api_key_breakdown"].values()
        assert len(keys) <= 6
        assert sum(key["metrics"]["api_requests"] for key in keys) == part["metrics"]["api_requests"]
    (whole,) = views.get(f"/team/daily/activity?{DAYS}&api_key=sk-many-0000")["results"]
    assert whole["breakdown"]["api_keys"].keys() == {digest("sk-many-0000")}


def test_pages_of_activity_hold_whole_days(views: Views) -> None:
    def page(query: str) -> tuple[list[str], float, bool]:
        found = views.get(f"/user/daily/activity{query}")
        days = [day["date"] for day in found["results"]]
        return days, found["metadata"]["total_spend"], found["metadata"]["has_more"]

    assert page(f"?{DAYS}&page_size=1") == (["2026-11-21"], 1.25, True)
    assert page(f"?{DAYS}&page_size=1&page=2") == (["2026-11-20"], 0.5, False)
    assert page(f"?{DAYS}&page=2") == ([], 0.0, False)
    assert page(f"/aggregated?{DAYS}") == (["2026-11-21", "2026-11-20"], 1.75, False)
    assert page(f"?{DAYS}&model=o3") == (["2026-11-21"], 0.25, False)
    assert page(f"?{DAYS}&api_key={MAX}") == (["2026-11-21"], 0.25, False)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/team/daily/activity?team_ids=search&", "search"),
        ("/tag/daily/activity?tags=batch&", "batch"),
        ("/customer/daily/activity?end_user_ids=cust-1&", "cust-1"),
        ("/end_user/daily/activity/aggregated?end_user_ids=cust-1&", "cust-1"),
        ("/organization/daily/activity?organization_ids=acme&", "acme"),
    ],
)
def test_each_kind_of_owner_has_its_activity(views: Views, path: str, owner: str) -> None:
    found = views.get(path + DAYS)
    assert found["results"][-1]["breakdown"]["entities"].keys() == {owner}
    reply = views.reply(path + DAYS, "sk-nobody-0001")
    assert reply.status == 401, reply.text


def test_who_sees_whose_activity(views: Views) -> None:
    def spend(path: str, key: str) -> float:
        return views.get(f"{path}?{DAYS}", key)["metadata"]["total_spend"]

    assert spend("/user/daily/activity", MAX) == 0.25
    assert spend("/team/daily/activity", LENA) == 0.75, "an admin of the team sees all of it"
    assert spend("/team/daily/activity", MAX) == 0.25, "a member what is its own"
    for path in ["/user/daily/activity?user_id=lena", "/team/daily/activity?team_ids=ops"]:
        reply = views.reply(f"{path}&{DAYS}", MAX)
        assert reply.status == 403, reply.text
    for kind in ["tag", "customer", "organization"]:
        assert views.reply(f"/{kind}/daily/activity?{DAYS}", MAX).status == 401


def test_a_cursor_goes_on_where_a_page_ended(views: Views) -> None:
    for call in ["a", "b", "c"]:
        views.call(call, LENA, "lena", 0.5, end_user="cust-1")
    path = f"/spend/logs/v2?{BOTH_DAYS}&page_size=2"
    first = views.get(path)
    assert [row["request_id"] for row in first["data"]] == ["c", "b"]
    assert first["total"] == 3
    assert first["total_is_exact"] is True
    second = views.get(f"{path}&cursor={first['next_cursor']}")
    assert [row["request_id"] for row in second["data"]] == ["a"]
    assert second["next_cursor"] is None
    assert "total" not in second


def test_rows_of_a_session(views: Views) -> None:
    views.call("a", LENA, "lena", 0.5, session_id="s1")
    views.call("b", MAX, "max", 0.25, session_id="s1", start=datetime(2026, 11, 21))
    views.call("c", LENA, "lena", 1, session_id="s2")
    page = views.get("/spend/logs/session/ui?session_id=s1&page_size=1")
    assert [row["request_id"] for row in page["data"]] == ["b"]
    assert (page["total"], page["total_pages"]) == (2, 2)
    own = views.get("/spend/logs/session/ui?session_id=s1", LENA)
    assert [row["request_id"] for row in own["data"]] == ["a"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/global/spend/report", 400, "Please provide start_date and end_date"),
        (f"/global/spend/report?{DAYS}&group_by=moon", 400, "group_by"),
        ("/user/daily/activity?start_date=2026-11-20", 400, "Please provide start_date"),
        (f"/user/daily/activity?{DAYS}&page=0", 422, "page"),
        ("/global/activity?start_date=soon", 400, "start_date"),
        ("/spend/logs/session/ui", 400, "session_id"),
        (f"/spend/logs/v2?{BOTH_DAYS}&cursor=b", 400, "next_cursor"),
    ],
)
def test_what_cannot_be_shown_says_why(views: Views, path: str, status: int, said: str) -> None:
    reply = views.reply(path)
    assert reply.status == status, reply.text
    assert said in reply.error["message"]
