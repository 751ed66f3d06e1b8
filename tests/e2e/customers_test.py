"""Customers (end users): the routes of /customer and /end_user over both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin_rows import Admin, config, expect_both
from gateway import StartGateway
from stores import Store
from wire import until


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(config(), env=store.env), store)


def info(admin: Admin, name: str) -> dict[str, object]:
    found: dict[str, object] = admin.get(f"/customer/info?end_user_id={name}")
    return found


def test_a_customer_on_a_plan(admin: Admin) -> None:
    plan = admin.ok("/budget/new", {"budget_id": "free", "max_budget": 1, "rpm_limit": 5})
    made = admin.ok("/customer/new", {"user_id": "lena", "budget_id": "free", "alias": "Lena"})
    assert made["user_id"] == "lena" and made["alias"] == "Lena" and made["blocked"] is False
    assert made["spend"] == 0.0 and made["budget_id"] == "free"
    assert made["allowed_model_region"] is None and made["default_model"] is None
    assert made["litellm_budget_table"] == plan
    assert info(admin, "lena") == made


@pytest.mark.parametrize("base", ["/customer", "/end_user"])
def test_each_route_has_two_names(admin: Admin, base: str) -> None:
    admin.ok(f"{base}/new", {"user_id": "lena"})
    admin.ok(f"{base}/update", {"user_id": "lena", "alias": "L"})
    assert admin.get(f"{base}/info?end_user_id=lena")["alias"] == "L"
    assert [one["user_id"] for one in admin.get(f"{base}/list")] == ["lena"]
    assert admin.ok(f"{base}/block", {"user_ids": ["lena"]})["blocked_users"][0]["blocked"] is True
    assert (
        admin.ok(f"{base}/unblock", {"user_ids": ["lena"]})["blocked_users"][0]["blocked"] is False
    )
    deleted = admin.ok(f"{base}/delete", {"user_ids": ["lena"]})
    assert deleted["deleted_customers"] == 1 and "lena" in deleted["message"]
    assert admin.get(f"{base}/list") == []


def test_limits_of_ones_own_end_after_exactly_their_period(admin: Admin) -> None:
    before = datetime.now(UTC)
    made = admin.ok("/customer/new", {"user_id": "lena", "max_budget": 2, "budget_duration": "30d"})
    budget = made["litellm_budget_table"]
    assert budget["budget_id"] == made["budget_id"] and budget["max_budget"] == 2.0
    reset = datetime.fromisoformat(budget["budget_reset_at"])
    slack = timedelta(seconds=60)
    assert before + timedelta(days=30) - slack < reset < datetime.now(UTC) + timedelta(days=30)
    admin.ok("/customer/delete", {"user_ids": ["lena"]})
    assert admin.count("BudgetTable") == 0, "its own budget goes with it"


def test_own_limits_of_somebody_on_a_plan_leave_the_plan_alone(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "free", "max_budget": 1, "rpm_limit": 5})
    for name in ("lena", "max"):
        admin.ok("/customer/new", {"user_id": name, "budget_id": "free"})
    changed = admin.ok("/customer/update", {"user_id": "lena", "max_budget": 9})
    own = changed["litellm_budget_table"]
    assert own["max_budget"] == 9.0 and own["rpm_limit"] == 5 and own["budget_id"] != "free"
    assert info(admin, "max")["litellm_budget_table"]["max_budget"] == 1.0  # type: ignore[index]
    back = admin.ok("/customer/update", {"user_id": "lena", "budget_id": "free"})
    assert back["litellm_budget_table"]["max_budget"] == 1.0
    assert admin.count("BudgetTable") == 1, "what it left is gone"


def test_null_zero_and_false_take_effect(admin: Admin) -> None:
    admin.ok(
        "/customer/new",
        {
            "user_id": "lena",
            "alias": "L",
            "blocked": True,
            "spend": 3.5,
            "max_budget": 2,
            "allowed_model_region": "eu",
            "default_model": "m",
            "object_permission": {"models": ["m"]},
        },
    )
    kept = admin.ok("/customer/update", {"user_id": "lena"})
    assert kept["alias"] == "L" and kept["blocked"] is True and kept["spend"] == 3.5
    assert kept["allowed_model_region"] == "eu" and kept["default_model"] == "m"
    assert kept["object_permission"]["models"] == ["m"]
    cleared = admin.ok(
        "/customer/update",
        {
            "user_id": "lena",
            "alias": None,
            "blocked": False,
            "spend": 0,
            "max_budget": 0,
            "allowed_model_region": None,
            "default_model": None,
            "object_permission": None,
        },
    )
    assert cleared["alias"] is None and cleared["blocked"] is False and cleared["spend"] == 0.0
    assert cleared["litellm_budget_table"]["max_budget"] == 0.0
    assert cleared["allowed_model_region"] is None and cleared["default_model"] is None
    assert cleared["object_permission"] is None
    without = admin.ok("/customer/update", {"user_id": "lena", "budget_id": None})
    assert without["budget_id"] is None and without["litellm_budget_table"] is None
    assert info(admin, "lena") == without


def test_errors(admin: Admin) -> None:
    admin.ok("/customer/new", {"user_id": "lena"})
    expect_both(
        admin.post("/customer/new", {"user_id": "lena"}),
        400,
        "Customer already exists, passed user_id=lena. Please pass a new user_id.",
        "bad_request",
    )
    admin.ok("/budget/new", {"budget_id": "free"})
    both = {"user_id": "max", "budget_id": "free", "max_budget": 1}
    assert admin.post("/customer/new", both).status == 422
    assert admin.post("/customer/new", {}).status == 422
    assert admin.post("/customer/new", {"user_id": "max", "allowed_model_region": "mars"}).status == 422
    expect_both(
        admin.post("/customer/new", {"user_id": "max", "default_model": "none"}),
        422,
        "Default Model not on proxy.",
    )
    expect_both(admin.post("/customer/new", {"user_id": "max", "budget_id": "no"}), 400, "=no")
    expect_both(
        admin.gateway.get("/customer/info?end_user_id=max"),
        404,
        "End User Id=max does not exist in db",
        "not_found",
    )
    expect_both(admin.post("/customer/update", {"user_id": "max"}), 404, "does not exist in db")
    expect_both(
        admin.post("/customer/delete", {"user_ids": ["lena", "max"]}),
        404,
        "End User Id(s)=max do not exist in db",
        "not_found",
    )
    assert [one["user_id"] for one in admin.get("/customer/list")] == ["lena"], "all or none"


def test_nobody_takes_the_own_budget_of_another(admin: Admin) -> None:
    made = admin.ok("/customer/new", {"user_id": "lena", "max_budget": 100})
    reply = admin.post("/customer/new", {"user_id": "max", "budget_id": made["budget_id"]})
    expect_both(reply, 400, "Budget not found")


def test_somebody_may_be_blocked_before_the_first_call(admin: Admin) -> None:
    blocked = admin.ok("/customer/block", {"user_ids": ["max", "lena", "max"]})["blocked_users"]
    assert [(one["user_id"], one["blocked"]) for one in blocked] == [("lena", True), ("max", True)]
    assert info(admin, "max")["blocked"] is True


def test_the_list_has_pages(admin: Admin) -> None:
    admin.ok("/customer/block", {"user_ids": ["a", "b", "c"]})
    page = admin.get("/customer/list?page=2&page_size=2")
    assert [one["user_id"] for one in page] == ["c"]


def test_only_administrators_manage_customers(admin: Admin) -> None:
    key = admin.user("lena")
    assert admin.post("/customer/new", {"user_id": "x"}, key).status == 401
    assert admin.gateway.get("/customer/list", [("authorization", f"Bearer {key}")]).status == 401
    viewer = admin.user("view", "proxy_admin_viewer")
    assert admin.get("/customer/list", viewer) == []
    assert admin.post("/customer/block", {"user_ids": ["x"]}, viewer).status == 403


def test_changes_are_audited(store: Store, start: StartGateway) -> None:
    admin = Admin(start(config(litellm_settings={"store_audit_logs": True}), env=store.env), store)
    admin.ok("/customer/new", {"user_id": "lena"})
    admin.ok("/customer/update", {"user_id": "lena", "alias": "L"})
    admin.ok("/customer/delete", {"user_ids": ["lena"]})
    entries = store.query('select action, table_name, object_id from "LiteLLM_AuditLog"')
    assert sorted(one["action"] for one in entries) == ["created", "deleted", "updated"]
    assert {one["table_name"] for one in entries} == {"LiteLLM_EndUserTable"}
    assert {one["object_id"] for one in entries} == {"lena"}


def test_limits_that_are_set_bind_calls(admin: Admin) -> None:
    def status() -> int:
        return admin.gateway.chat("m", user="lena", max_tokens=1).status

    admin.ok("/customer/new", {"user_id": "lena", "max_budget": 100})
    assert status() == 200
    admin.ok("/customer/update", {"user_id": "lena", "spend": 200})
    until(lambda: status() == 429, "spend that was set counts", 5)
    admin.ok("/customer/update", {"user_id": "lena", "spend": 0})
    until(lambda: status() == 200, "spend that was taken back counts", 5)
    admin.ok("/customer/update", {"user_id": "lena", "max_budget": 0})
    until(lambda: status() == 429, "a budget of nothing admits nothing", 5)
    admin.ok("/customer/update", {"user_id": "lena", "max_budget": None})
    until(lambda: status() == 200, "no budget binds nothing", 5)
    admin.ok("/customer/block", {"user_ids": ["lena"]})
    until(lambda: status() not in (200, 429), "blocked", 5)
    admin.ok("/customer/unblock", {"user_ids": ["lena"]})
    until(lambda: status() == 200, "unblocked", 5)


def test_who_is_made_again_begins_with_nothing(admin: Admin) -> None:
    def status() -> int:
        return admin.gateway.chat("m", user="lena", max_tokens=1).status

    admin.ok("/customer/new", {"user_id": "lena", "max_budget": 100})
    assert status() == 200
    admin.ok("/customer/update", {"user_id": "lena", "spend": 200})
    until(lambda: status() == 429, "spent", 15)
    admin.ok("/customer/delete", {"user_ids": ["lena"]})
    admin.ok("/customer/new", {"user_id": "lena", "max_budget": 100})
    until(lambda: status() == 200, "nothing is spent yet", 15)
