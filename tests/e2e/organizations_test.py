"""Organizations and their members: the routes of /organization over both stores."""

from __future__ import annotations

from typing import Any

import pytest

from admin_rows import Admin, bearer, config, expect_both
from gateway import StartGateway
from stores import Store
from wire import until


@pytest.fixture
def admin(store: Store, start: StartGateway) -> Admin:
    return Admin(start(config(), env=store.env), store)


def make(admin: Admin, name: str = "shop", **fields: Any) -> dict[str, Any]:
    body = {"organization_id": name, "organization_alias": name.title(), **fields}
    made: dict[str, Any] = admin.ok("/organization/new", body)
    return made


def info(admin: Admin, name: str = "shop") -> dict[str, Any]:
    found: dict[str, Any] = admin.get(f"/organization/info?organization_id={name}")
    return found


def test_an_organization_has_a_budget_row_always(admin: Admin) -> None:
    made = make(admin)
    assert made["organization_alias"] == "Shop" and made["spend"] == 0.0 and made["models"] == []
    assert made["litellm_budget_table"]["budget_id"] == made["budget_id"]
    assert made["litellm_budget_table"]["max_budget"] is None
    assert made["members"] == [] and made["teams"] == []
    assert info(admin) == made
    assert admin.get("/organization/list") == [made]


def test_every_field_is_kept_and_changed(admin: Admin) -> None:
    made = make(
        admin,
        models=["m"],
        metadata={"region": "eu"},
        model_rpm_limit={"m": 5},
        model_tpm_limit={"m": 500},
        max_budget=100,
        budget_duration="30d",
        rpm_limit=60,
    )
    assert made["models"] == ["m"]
    assert made["metadata"] == {
        "region": "eu",
        "model_rpm_limit": {"m": 5},
        "model_tpm_limit": {"m": 500},
    }
    assert made["litellm_budget_table"]["max_budget"] == 100.0
    body = {
        "organization_id": "shop",
        "organization_alias": "Store",
        "models": [],
        "max_budget": 0,
        "rpm_limit": None,
        "model_rpm_limit": None,
        "spend": 2.5,
    }
    reply = admin.call("PATCH", "/organization/update", body)
    assert reply.status == 200, reply.text
    changed = reply.json
    assert changed["organization_alias"] == "Store" and changed["models"] == []
    assert changed["spend"] == 2.5
    assert changed["metadata"] == {"region": "eu", "model_tpm_limit": {"m": 500}}
    budget = changed["litellm_budget_table"]
    assert budget["max_budget"] == 0.0 and budget["rpm_limit"] is None
    assert budget["budget_duration"] == "30d" and budget["budget_id"] == made["budget_id"]
    assert info(admin) == changed


def test_it_may_share_a_budget_and_leave_it(admin: Admin) -> None:
    admin.ok("/budget/new", {"budget_id": "big", "max_budget": 500})
    made = make(admin, budget_id="big")
    assert made["budget_id"] == "big"
    alone = admin.ok("/organization/update", {"organization_id": "shop", "budget_id": None})
    assert alone["budget_id"] not in (None, "big")
    assert alone["litellm_budget_table"]["max_budget"] is None


def test_errors(admin: Admin) -> None:
    make(admin)
    assert admin.post("/organization/new", {}).status == 422
    again = {"organization_id": "shop", "organization_alias": "Shop"}
    expect_both(admin.post("/organization/new", again), 400, "already exists")
    expect_both(admin.post("/organization/update", {"organization_id": "no"}), 404, "=no")
    expect_both(admin.gateway.get("/organization/info?organization_id=no"), 404, "=no")
    expect_both(
        admin.call("DELETE", "/organization/delete", {"organization_ids": ["shop", "no"]}),
        404,
        "organization_id=no",
    )
    assert admin.count("OrganizationTable") == 1, "all or none"


def test_deleting_takes_members_and_budgets_along(admin: Admin) -> None:
    make(admin)
    admin.ok(
        "/organization/member_add",
        {
            "organization_id": "shop",
            "member": {"user_id": "lena", "role": "internal_user"},
            "max_budget_in_organization": 5,
        },
    )
    reply = admin.call("DELETE", "/organization/delete", {"organization_ids": ["shop"]})
    assert reply.status == 200, reply.text
    assert [one["organization_id"] for one in reply.json] == ["shop"]
    for table in ("OrganizationTable", "OrganizationMembership", "BudgetTable"):
        assert admin.count(table) == 0


def test_an_organization_with_keys_or_teams_stays(admin: Admin) -> None:
    make(admin)
    key = admin.key(organization_id="shop")
    body = {"organization_ids": ["shop"]}
    expect_both(admin.call("DELETE", "/organization/delete", body), 400, "0 teams and 1 keys")
    admin.ok("/key/delete", {"keys": [key]})
    assert admin.call("DELETE", "/organization/delete", body).status == 200


def test_members_are_added_changed_and_removed(admin: Admin) -> None:
    make(admin)
    added = admin.ok(
        "/organization/member_add",
        {
            "organization_id": "shop",
            "member": [
                {"user_id": "lena", "role": "org_admin"},
                {"user_email": "max@example.org", "role": "internal_user"},
            ],
            "max_budget_in_organization": 5,
        },
    )
    assert added["organization_id"] == "shop"
    rows = added["updated_organization_memberships"]
    assert [one["user_role"] for one in rows] == ["org_admin", "internal_user"]
    assert all(one["litellm_budget_table"]["max_budget"] == 5.0 for one in rows)
    assert rows[0]["budget_id"] != rows[1]["budget_id"]
    assert added["updated_users"][1]["user_email"] == "max@example.org"
    assert {one["user_id"] for one in info(admin)["members"]} == {one["user_id"] for one in rows}

    lena = {"organization_id": "shop", "user_id": "lena"}
    change = {**lena, "role": "internal_user_viewer", "max_budget_in_organization": None}
    changed = admin.call("PATCH", "/organization/member_update", change)
    assert changed.status == 200, changed.text
    assert changed.json["user_role"] == "internal_user_viewer"
    assert changed.json["litellm_budget_table"]["max_budget"] is None
    by_mail = {"organization_id": "shop", "user_email": "max@example.org"}
    for who in (lena, by_mail):
        assert admin.call("DELETE", "/organization/member_delete", who).status == 200
    assert info(admin)["members"] == [] and admin.count("BudgetTable") == 1
    expect_both(
        admin.call("DELETE", "/organization/member_delete", lena), 404, "User=lena is not a member"
    )


def test_a_list_of_members_is_added_as_a_whole_or_not(admin: Admin) -> None:
    make(admin)
    member = {"user_id": "lena", "role": "internal_user"}
    body = {"organization_id": "shop", "member": [member, member]}
    expect_both(admin.post("/organization/member_add", body), 400, "already a member")
    assert admin.count("OrganizationMembership") == 0 and admin.count("UserTable") == 0
    wrong = {"organization_id": "shop", "member": {"user_id": "x", "role": "proxy_admin"}}
    assert admin.post("/organization/member_add", wrong).status == 422


def test_admins_of_an_organization_manage_its_members_only(admin: Admin) -> None:
    for name in ("shop", "bank"):
        make(admin, name)
    key = admin.user("lena", "org_admin")
    admin.ok(
        "/organization/member_add",
        {"organization_id": "shop", "member": {"user_id": "lena", "role": "org_admin"}},
    )
    one = {"user_id": "max", "role": "internal_user"}
    add = "/organization/member_add"
    assert admin.post(add, {"organization_id": "shop", "member": one}, key).status == 200
    expect_both(admin.post(add, {"organization_id": "bank", "member": one}, key), 403, "bank")
    raised = {"organization_id": "shop", "max_budget": 1_000_000}
    expect_both(admin.post("/organization/update", raised, key), 403, "Only proxy admins")
    new = {"organization_alias": "Mine"}
    expect_both(admin.post("/organization/new", new, key), 403, "Only proxy admins")
    assert [row["organization_id"] for row in admin.get("/organization/list", key)] == ["shop"]
    expect_both(
        admin.gateway.get("/organization/info?organization_id=bank", bearer(key)), 403, "bank"
    )


def test_users_see_what_they_are_in(admin: Admin) -> None:
    make(admin)
    key = admin.user("lena")
    assert admin.get("/organization/list", key) == []
    admin.ok(
        "/organization/member_add",
        {"organization_id": "shop", "member": {"user_id": "lena", "role": "internal_user"}},
    )
    assert [row["organization_id"] for row in admin.get("/organization/list", key)] == ["shop"]
    assert admin.post("/organization/update", {"organization_id": "shop"}, key).status == 401


def test_a_budget_that_is_set_binds_the_keys_of_an_organization(admin: Admin) -> None:
    make(admin, max_budget=100)
    key = admin.key(organization_id="shop")

    def status() -> int:
        return admin.gateway.chat("m", bearer(key), max_tokens=1).status

    assert status() == 200
    admin.ok("/organization/update", {"organization_id": "shop", "spend": 200})
    until(lambda: status() == 429, "spend that was set counts", 5)
    admin.ok("/organization/update", {"organization_id": "shop", "max_budget": 1000})
    until(lambda: status() == 200, "a larger budget lets in", 5)
