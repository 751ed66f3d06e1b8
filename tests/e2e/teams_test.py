"""Teams: every route of /team over both stores (spec/management-api.md, section 3.2)."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest

from admin_rows import bearer, good, make_user
from conftest import StartGateway
from fake_upstream import FakeUpstream
from gateway import AUTH, Gateway
from stores import Store
from users_test import admin
from wire import Headers, until

__all__ = ["admin"]


def make_team(gateway: Gateway, team_id: str = "search", headers: Headers = AUTH, **fields: Any) -> Any:
    return good(gateway.post("/team/new", {"team_id": team_id, **fields}, headers))


def roles(row: Any) -> dict[str, str]:
    return {member["user_id"]: member["role"] for member in row["members_with_roles"]}


def test_a_new_team_binds_its_keys(admin: Gateway) -> None:
    team = make_team(
        admin, team_alias="Search", models=["m"], max_budget=100, budget_duration="30d", rpm_limit=2,
        members_with_roles=[{"role": "user", "user_id": "lena"}], admins=["max"], metadata={"a": 1},
        model_aliases={"quick": "m"}, soft_budget=80,
        budget_limits=[{"max_budget": 5, "budget_duration": "1d"}],
    )
    assert (team["team_alias"], team["max_budget"], team["soft_budget"], team["spend"]) == ("Search", 100.0, 80.0, 0.0)
    assert team["budget_reset_at"].endswith("-01T00:00:00.000000+00:00")
    assert roles(team) == {"default_user_id": "admin", "lena": "user", "max": "admin"}
    assert team["litellm_model_table"]["model_aliases"] == {"quick": "m"}
    key = good(admin.post("/key/generate", {"team_id": "search"}, AUTH))["key"]
    assert admin.chat("quick", bearer(key)).status == 200, "the team's name for it"
    assert admin.chat("m", bearer(key)).header("x-ratelimit-team-remaining-requests") == "0"
    assert admin.chat("m", bearer(key)).status == 429
    shown = good(admin.get("/team/info?team_id=search", AUTH))
    assert len(shown["keys"]) == 1
    assert sorted(each["user_id"] for each in shown["team_memberships"]) == ["lena", "max"]
    assert good(admin.get("/user/info?user_id=lena", AUTH))["user_info"]["teams"] == ["search"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"team_id": "search"}, 400),
        ({"max_budget": -1}, 400),
        ({"organization_id": "nowhere"}, 400),
        ({"members_with_roles": [{"role": "king", "user_id": "lena"}]}, 422),
        ({"members_with_roles": [{"role": "user"}]}, 422),
        ({"team_member_permissions": ["/config/update"]}, 400),
        ({"budget_limits": [{"max_budget": 5}]}, 400),
    ],
)
def test_what_is_wrong_makes_no_team(admin: Gateway, fields: dict[str, Any], status: int) -> None:
    make_team(admin)
    reply = admin.post("/team/new", {"team_id": "other", **fields}, AUTH)
    assert reply.status == status, reply.text
    assert isinstance(reply.json["error"]["code"], str)
    assert [team["team_id"] for team in good(admin.get("/team/list", AUTH))] == ["search"]
    assert admin.get("/user/info?user_id=lena", AUTH).status == 404, "nobody was made on the way"


def test_an_update_changes_what_was_sent(admin: Gateway) -> None:
    make_team(admin, max_budget=100, models=["m"], metadata={"a": 1}, team_member_budget=2)
    team = good(admin.post("/team/update", {"team_id": "search", "max_budget": None, "blocked": True}, AUTH))
    assert (team["max_budget"], team["blocked"], team["models"]) == (None, True, ["m"])
    team = good(admin.post("/team/update", {"team_id": "search", "metadata": {"b": 2}, "blocked": False}, AUTH))
    budget = team["metadata"].pop("team_member_budget_id")
    assert team["metadata"] == {"b": 2}
    assert good(admin.post("/budget/info", {"budgets": [budget]}, AUTH))[0]["max_budget"] == 2.0
    good(admin.post("/team/update", {"team_id": "search", "team_member_budget": 3}, AUTH))
    assert good(admin.post("/budget/info", {"budgets": [budget]}, AUTH))[0]["max_budget"] == 3.0
    assert admin.post("/team/update", {"team_id": "nowhere"}, AUTH).status == 404
    assert admin.post("/team/update", {}, AUTH).status == 422


def test_blocking_takes_effect_at_once(admin: Gateway) -> None:
    make_team(admin)
    key = bearer(good(admin.post("/key/generate", {"team_id": "search"}, AUTH))["key"])
    assert admin.chat("m", key).status == 200
    assert good(admin.post("/team/block", {"team_id": "search"}, AUTH))["blocked"] is True
    until(lambda: admin.chat("m", key).status == 401, "blocked")
    assert good(admin.post("/team/unblock", {"team_id": "search"}, AUTH))["blocked"] is False
    until(lambda: admin.chat("m", key).status == 200, "unblocked")


def test_members_come_change_and_go(admin: Gateway) -> None:
    make_team(admin)
    added = good(
        admin.post(
            "/team/member_add",
            {"team_id": "search", "member": [{"role": "user", "user_id": "lena"}, {"role": "admin", "user_email": "max@e.org"}],
             "max_budget_in_team": 10},
            AUTH,
        )
    )
    assert len(added["updated_users"]) == 2
    assert [each["litellm_budget_table"]["max_budget"] for each in added["updated_team_memberships"]] == [10.0, 10.0]
    again = admin.post("/team/member_add", {"team_id": "search", "member": {"role": "user", "user_id": "lena"}}, AUTH)
    assert again.status == 400 and "already in team" in again.json["error"]["message"]
    changed = good(
        admin.post(
            "/team/member_update",
            {"team_id": "search", "user_id": "lena", "role": "admin", "max_budget_in_team": 5, "rpm_limit": 7}, AUTH,
        )
    )
    assert (changed["role"], changed["max_budget_in_team"], changed["rpm_limit"]) == ("admin", 5.0, 7)
    left = good(admin.post("/team/member_delete", {"team_id": "search", "user_email": "max@e.org"}, AUTH))
    assert roles(left) == {"default_user_id": "admin", "lena": "admin"}
    gone = admin.post("/team/member_delete", {"team_id": "search", "user_id": "nobody"}, AUTH)
    assert gone.status == 400 and gone.json["error"]["message"] == "User not found in team"
    bulk = {"team_id": "search", "members": [{"role": "user", "user_id": f"u{i}"} for i in range(3)]}
    assert len(good(admin.post("/team/bulk_member_add", bulk, AUTH))["updated_users"]) == 3


def test_what_a_member_spent_can_begin_anew(admin: Gateway, store: Store) -> None:
    make_team(admin)
    good(admin.post("/team/member_add", {"team_id": "search", "member": {"role": "user", "user_id": "lena"}, "max_budget_in_team": 1}, AUTH))
    key = bearer(good(admin.post("/key/generate", {"team_id": "search", "user_id": "lena"}, AUTH))["key"])
    assert admin.chat("m", key).status == 200
    store.execute('update "LiteLLM_TeamMembership" set spend = 0.5')
    done = good(admin.post("/team/search/member/lena/reset_spend", {}, AUTH))
    assert (done["spend"], done["previous_spend"]) == (0.0, 0.5)
    assert admin.post("/team/search/member/max/reset_spend", {}, AUTH).status == 400


def test_a_team_goes_with_its_keys(admin: Gateway, store: Store) -> None:
    make_team(admin, members=["lena"], team_member_budget=3)
    key = bearer(good(admin.post("/key/generate", {"team_id": "search"}, AUTH))["key"])
    assert admin.chat("m", key).status == 200
    assert good(admin.post("/team/delete", {"team_ids": ["search"]}, AUTH)) == {"deleted_teams": ["search"]}
    assert admin.chat("m", key).status == 401
    assert admin.get("/team/info?team_id=search", AUTH).status == 404
    assert good(admin.get("/user/info?user_id=lena", AUTH))["user_info"]["teams"] == []
    (row,) = store.query('select team_id, deleted_by from "LiteLLM_DeletedTeamTable"')
    assert row == {"team_id": "search", "deleted_by": "default_user_id"}
    assert admin.post("/team/delete", {"team_ids": ["search"]}, AUTH).status == 404


def test_models_and_permissions(admin: Gateway) -> None:
    make_team(admin, models=["m"])
    assert good(admin.post("/team/model/add", {"team_id": "search", "models": ["n", "m"]}, AUTH))["models"] == ["m", "n"]
    assert good(admin.post("/team/model/delete", {"team_id": "search", "models": ["m"]}, AUTH))["models"] == ["n"]
    assert admin.post("/team/model/delete", {"team_id": "search", "models": ["n"]}, AUTH).status == 400
    wanted = {"team_id": "search", "team_member_permissions": ["/key/generate"]}
    assert good(admin.post("/team/permissions_update", wanted, AUTH))["team_member_permissions"] == ["/key/generate"]
    assert good(admin.get("/team/permissions_list?team_id=search", AUTH))["team_member_permissions"] == ["/key/generate"]


def test_two_calls_at_once_leave_a_team_one_of_its_models(admin: Gateway) -> None:
    # Without a list it might use any.
    make_team(admin, models=["m", "n"])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            calls = [
                pool.submit(admin.post, "/team/model/delete", {"team_id": "search", "models": [model]}, AUTH)
                for model in ("m", "n")
            ]
            assert sorted(call.result().status for call in calls) == [200, 400]
            assert len(good(admin.get("/team/info?team_id=search", AUTH))["team_info"]["models"]) == 1
            good(admin.post("/team/model/add", {"team_id": "search", "models": ["m", "n"]}, AUTH))


def test_who_may_not_change_a_team_learns_nothing_of_its_models(admin: Gateway) -> None:
    make_team(admin, models=["m"])
    stranger = bearer(make_user(admin, "stranger", user_role="internal_user")["key"])
    for model in ("m", "n"):
        reply = admin.post("/team/model/delete", {"team_id": "search", "models": [model]}, stranger)
        assert reply.status == 403, reply.text


def test_a_list_shows_each_teams_keys_and_members(admin: Gateway) -> None:
    for team in ("a", "b", "c"):
        make_team(admin, team, members_with_roles=[{"role": "user", "user_id": f"u-{team}"}])
    good(admin.post("/team/member_add", {"team_id": "a", "member": {"role": "user", "user_id": "lena"},
                                         "max_budget_in_team": 5}, AUTH))
    for team in ("a", "a", "b"):
        good(admin.post("/key/generate", {"team_id": team}, AUTH))
    listed = {team["team_id"]: team for team in good(admin.get("/team/list", AUTH))}
    assert sorted((team, len(row["keys"])) for team, row in listed.items()) == [("a", 2), ("b", 1), ("c", 0)]
    for team, row in listed.items():
        alone = good(admin.get(f"/team/info?team_id={team}", AUTH))
        assert (row["keys"], row["team_memberships"]) == (alone["keys"], alone["team_memberships"])
    budgets = {each["user_id"]: each["litellm_budget_table"] for each in listed["a"]["team_memberships"]}
    assert budgets["lena"]["max_budget"] == 5.0 and budgets["u-a"] is None


def test_lists(admin: Gateway) -> None:
    for at, team in enumerate(("a", "b", "c")):
        make_team(admin, team, team_alias=f"Team {team.upper()}", members=["lena"] if at < 2 else [])
    page = good(admin.get("/v2/team/list?page=2&page_size=2&sort_by=team_id&sort_order=asc", AUTH))
    assert [row["team_id"] for row in page["teams"]] == ["c"]
    assert (page["total"], page["total_pages"]) == (3, 2)
    assert good(admin.get("/v2/team/list?team_alias=am%20b", AUTH))["total"] == 1
    assert {row["team_id"] for row in good(admin.get("/team/list?user_id=lena", AUTH))} == {"a", "b"}
    assert len(good(admin.get("/team/list?organization_id=default_organization", AUTH))) == 3
    assert good(admin.get("/team/available", AUTH)) == []
    assert admin.get("/v2/team/list?sort_by=nothing", AUTH).status == 400


def test_who_may_do_what_in_a_team(admin: Gateway) -> None:
    keys = {
        user: bearer(make_user(admin, user, user_role="internal_user")["key"])
        for user in ("boss", "member", "stranger")
    }
    make_team(
        admin, max_budget=10,
        members_with_roles=[{"role": "admin", "user_id": "boss"}, {"role": "user", "user_id": "member"}],
    )
    team = {"team_id": "search"}
    add = {**team, "member": {"role": "user", "user_id": "new"}}
    for user, allowed in (("boss", True), ("member", False), ("stranger", False)):
        reply = admin.post("/team/member_add", add, keys[user])
        assert (reply.status == 200) is allowed, (user, reply.text)
    assert admin.post("/team/update", {**team, "team_alias": "S"}, keys["boss"]).status == 200
    for change in ({"max_budget": 1000}, {"rpm_limit": None}, {"spend": 0}):
        assert admin.post("/team/update", {**team, **change}, keys["boss"]).status == 403, change
    assert admin.post("/team/update", {**team, "team_alias": "S"}, keys["member"]).status == 403
    for user, status in (("boss", 200), ("member", 200), ("stranger", 403)):
        assert admin.get("/team/info?team_id=search", keys[user]).status == status, user
    assert good(admin.get("/team/info?team_id=search", keys["member"]))["keys"] == []
    for path, body in (
        ("/team/new", {}), ("/team/delete", {"team_ids": ["search"]}), ("/team/block", team),
    ):
        for user in keys:
            assert admin.post(path, body, keys[user]).status in (401, 403), (path, user)
    assert admin.get("/team/list", keys["member"]).status == 401
    assert len(good(admin.get("/team/list?user_id=member", keys["member"]))) == 1


def test_an_organizations_admin_makes_teams_and_users_in_it(admin: Gateway) -> None:
    good(admin.post("/organization/new", {"organization_id": "acme", "organization_alias": "Acme"}, AUTH))
    boss = bearer(make_user(admin, "boss", user_role=None)["key"])
    added = admin.post("/organization/member_add", {"organization_id": "acme", "member": {"role": "org_admin", "user_id": "boss"}}, AUTH)
    assert added.status == 200, added.text
    # The role that opens the routes is the user's own.
    assert admin.post("/team/new", {"team_id": "t", "organization_id": "acme"}, boss).status in (401, 403)
