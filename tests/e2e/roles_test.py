"""Who may call which management route: every role on every route, over both stores.

A new route gets a row here, or `test_every_management_route_has_a_row` fails: what is asked, and for
each status who hears it. A subject that is built gets its prefix into `SUBJECTS`."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway import KEY, Gateway, StartGateway
from keys_test import Keys, bearer, config
from stores import Store
from wire import Reply

# Prefixes of routes that must have rows.
SUBJECTS = ("/key/", "/v2/key/", "/spend/", "/global/", "/provider/", "/model/", "/v1/model/")

# `owner` holds the personal key that rows aim at. The team's key is a mate's: `lead` administers the
# team, `member` is just in it, `org` administers its organization; `stranger` has to do with nothing.
ADMINS = "master admin"
READERS = "master admin viewer"
USERS = "org owner lead member stranger"  # who may use routes of keys
CALLERS = ("master", "admin", "viewer", *USERS.split(), "watcher", "none")
ROLES = {"admin": "proxy_admin", "viewer": "proxy_admin_viewer", "org": "org_admin",
         "watcher": "internal_user_viewer"}

MESSAGES = [{"role": "user", "content": "hi"}]
DATES = "start_date=2026-11-01&end_date=2026-11-02"
TIMES = "start_date=2026-11-01%2000:00:00&end_date=2026-11-02%2000:00:00"

ORGANIZATION = (
    """insert into "LiteLLM_BudgetTable" (budget_id, created_by, updated_by)
       values ('b-1', 'test', 'test')""",
    """insert into "LiteLLM_OrganizationTable"
           (organization_id, organization_alias, budget_id, created_by, updated_by)
       values ('o-1', 'o-1', 'b-1', 'test', 'test')""",
    """insert into "LiteLLM_OrganizationMembership" (user_id, organization_id, user_role)
       values ('u-org', 'o-1', 'org_admin')""",
)


@dataclass(frozen=True)
class Row:
    """`{personal}` and `{team}` stand for keys made for this one call, `{model}` and `{team model}`
    for models, `{new}` for a fresh name."""

    method: str
    target: str
    body: Any = None
    heard: Mapping[int, str] = field(default_factory=dict)  # status -> callers
    pattern: str = ""  # as /routes has it, if it is not the path

    @property
    def route(self) -> str:
        return self.pattern or self.target.partition("?")[0]

    def expected(self) -> dict[str, int]:
        return {who: status for status, callers in self.heard.items() for who in callers.split()}


def get(target: str, heard: Mapping[int, str], pattern: str = "") -> Row:
    return Row("GET", target, None, heard, pattern)


def post(target: str, body: Any, heard: Mapping[int, str], pattern: str = "") -> Row:
    return Row("POST", target, body, heard, pattern)


def only(callers: str, also: Mapping[int, str] | None = None) -> dict[int, str]:
    """A route of keys that changes something: who may, and who hears something of their own. Others
    hear 403, but for those whom the role keeps from the route."""
    named = {200: callers, 401: "watcher none", **(also or {})}
    said = set(" ".join(named.values()).split())
    return {**named, 403: " ".join(who for who in CALLERS if who not in said)}


def shown_to(callers: str) -> dict[int, str]:
    """A route that everybody with a key may ask, about something that only these may see."""
    said = {*callers.split(), "none"}
    return {200: callers, 401: "none", 403: " ".join(who for who in CALLERS if who not in said)}


EVERYBODY = {200: f"{READERS} {USERS} watcher", 401: "none"}
CALCULATING = {200: f"{ADMINS} {USERS} watcher", 403: "viewer", 401: "none"}
ADMINS_READ = {200: READERS, 401: f"{USERS} watcher none"}
MASTER = {200: "master", 401: f"admin viewer {USERS} watcher none"}
NOT_THERE = {404: f"{READERS} {USERS} watcher", 401: "none"}
# Routes that leave it to the row who may.
MODEL_ADMINS = {200: ADMINS, 401: "none", 403: f"viewer {USERS} watcher"}
MODEL_TEAM = {200: f"{ADMINS} org lead", 401: "none", 403: "viewer owner member stranger watcher"}
NOT_OF_TEAM = {400: "org owner stranger"}  # as LiteLLM says it of keys that are to be made

PARAMS = {"model": "openai/x", "api_key": "sk-k", "mock_response": "pong"}
NEW_MODEL = {"model_name": "shared", "litellm_params": PARAMS}
NEW_TEAM_MODEL = {"model_name": "own", "litellm_params": PARAMS, "model_info": {"team_id": "t-1"}}
RPM = {"litellm_params": {"rpm": 9}}

PERSONAL = {"key": "{personal}"}
OF_TEAM = {"key": "{team}"}

ROWS = [
    post("/key/generate", {}, only(f"{ADMINS} {USERS}")),
    post("/key/generate", {"user_id": "u-mate"}, only(ADMINS)),
    post("/key/generate", {"user_id": "u-mate", "team_id": "t-1"},
         only(f"{ADMINS} lead", NOT_OF_TEAM)),
    post("/key/service-account/generate", {"team_id": "t-1", "key_alias": "{new}"},
         only(f"{ADMINS} lead", NOT_OF_TEAM)),
    post("/key/update", {**PERSONAL, "rpm_limit": 9}, only(f"{ADMINS} owner")),
    post("/key/update", {**OF_TEAM, "rpm_limit": 9}, only(f"{ADMINS} lead")),
    post("/key/bulk_update", {"keys": [{**PERSONAL, "max_budget": 1}]}, only(ADMINS)),
    post("/key/delete", {"keys": ["{personal}"]}, only(f"{ADMINS} owner")),
    post("/key/delete", {"keys": ["{team}"]}, only(f"{ADMINS} lead")),
    get("/key/info?key={personal}", shown_to(f"{READERS} owner")),
    get("/key/info?key={team}", shown_to(f"{READERS} lead")),
    post("/v2/key/info", {"keys": ["{personal}"]}, shown_to(f"{ADMINS} owner")),
    post("/v2/key/info", {"keys": ["{team}"]}, shown_to(f"{ADMINS} lead")),
    get("/key/list", EVERYBODY),
    get("/key/list?user_id=u-owner", shown_to(f"{READERS} owner")),
    get("/key/list?team_id=t-1", shown_to(f"{READERS} lead")),
    get("/key/aliases", EVERYBODY),
    post("/key/block", PERSONAL, only(ADMINS)),
    post("/key/block", OF_TEAM, only(ADMINS)),
    post("/key/unblock", PERSONAL, only(ADMINS)),
    post("/key/unblock", OF_TEAM, only(ADMINS)),
    post("/key/regenerate", PERSONAL, only(f"{ADMINS} owner")),
    post("/key/regenerate", OF_TEAM, only(f"{ADMINS} lead")),
    post("/key/{personal}/regenerate", {}, only(f"{ADMINS} owner"), "/key/{key}/regenerate"),
    post("/key/{team}/regenerate", {}, only(f"{ADMINS} lead"), "/key/{key}/regenerate"),
    post("/key/{personal}/reset_spend", {"reset_to": 0}, only(ADMINS), "/key/{key}/reset_spend"),
    post("/key/{team}/reset_spend", {"reset_to": 0}, only(f"{ADMINS} lead"),
         "/key/{key}/reset_spend"),
    post("/key/health", {}, CALCULATING),
    post("/spend/calculate", {"model": "gpt-4o-mini", "messages": MESSAGES}, CALCULATING),
    get("/spend/logs", EVERYBODY),
    get(f"/spend/logs/ui?{TIMES}", EVERYBODY),
    get(f"/spend/logs/v2?{TIMES}", EVERYBODY),
    get("/spend/logs/ui/none-such", NOT_THERE, "/spend/logs/ui/{request_id}"),
    get("/spend/keys", EVERYBODY),
    get("/spend/users", EVERYBODY),
    get("/spend/tags", EVERYBODY),
    get("/global/spend", EVERYBODY),
    get("/global/spend/logs", EVERYBODY),
    get("/global/spend/keys", EVERYBODY),
    get("/global/spend/models", EVERYBODY),
    get(f"/global/spend/provider?{DATES}", EVERYBODY),
    get("/global/spend/teams", EVERYBODY),
    post("/global/spend/end_users", {}, CALCULATING),
    get(f"/global/spend/tags?{DATES}", EVERYBODY),
    get("/global/spend/all_tag_names", EVERYBODY),
    get("/global/all_tag_names", EVERYBODY),
    get(f"/global/spend/report?{DATES}", EVERYBODY),
    get(f"/global/activity?{DATES}", EVERYBODY),
    get(f"/global/activity/model?{DATES}", EVERYBODY),
    get(f"/global/activity/cache_hits?{DATES}", EVERYBODY),
    get("/spend/logs/session/ui?session_id=none", EVERYBODY),
    post("/global/spend/reset", {}, MASTER),
    get("/provider/budgets", ADMINS_READ),
    get("/model/info", EVERYBODY),
    get("/v1/model/info", EVERYBODY),
    post("/model/new", NEW_MODEL, MODEL_ADMINS),
    post("/model/new", NEW_TEAM_MODEL, MODEL_TEAM),
    post("/model/update", {**RPM, "model_info": {"id": "{model}"}}, MODEL_ADMINS),
    post("/model/update", {**RPM, "model_info": {"id": "{team model}"}}, MODEL_TEAM),
    Row("PATCH", "/model/{model}/update", RPM, MODEL_ADMINS, "/model/{model_id}/update"),
    Row("PATCH", "/model/{team model}/update", RPM, MODEL_TEAM, "/model/{model_id}/update"),
    post("/model/delete", {"id": "{model}"}, MODEL_ADMINS),
    post("/model/delete", {"id": "{team model}"}, MODEL_TEAM),
]


class Roles:
    """One of each role, with a key, around a team of an organization."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._names = itertools.count()
        people = [who for who in CALLERS if who not in ("master", "none")]
        for who in (*people, "mate"):
            teams = ["t-1"] if who in ("lead", "member", "mate") else []
            keys.user(f"u-{who}", ROLES.get(who, "internal_user"), teams=teams)
        for statement in ORGANIZATION:
            keys.store.execute(statement)
        members = {"u-lead": "admin", "u-member": "user", "u-mate": "user"}
        keys.team("t-1", members, organization_id="o-1")
        self.bearers = {who: keys.make(user_id=f"u-{who}")["key"] for who in people}
        self.bearers["master"] = KEY

    def make_model(self, body: Any) -> str:
        reply = self.keys.post("/model/new", body)
        assert reply.status == 200, reply.text
        made: str = reply.json["model_id"]
        return made

    def ask(self, row: Row, who: str) -> Reply:
        values = {
            "{personal}": lambda: self.keys.make(user_id="u-owner")["key"],
            "{team}": lambda: self.keys.make(user_id="u-mate", team_id="t-1")["key"],
            "{model}": lambda: self.make_model(NEW_MODEL),
            "{team model}": lambda: self.make_model(NEW_TEAM_MODEL),
            "{new}": lambda: f"name-{next(self._names)}",
        }

        def filled(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: filled(each) for name, each in value.items()}
            if isinstance(value, list):
                return [filled(each) for each in value]
            if isinstance(value, str):
                for mark, make in values.items():
                    if mark in value:
                        value = value.replace(mark, make())
            return value

        headers = bearer(self.bearers[who]) if who in self.bearers else ()
        target = filled(row.target)
        if row.method == "GET":
            return self.keys.gateway.get(target, headers)
        with self.keys.gateway.wire() as wire:
            body = json.dumps(filled(row.body)).encode()
            return wire.request(row.method, target, headers, body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.target}")
def test_a_row_says_something_of_each_caller(row: Row) -> None:
    said = [who for callers in row.heard.values() for who in callers.split()]
    assert sorted(said) == sorted(CALLERS)


def test_every_role_may_do_what_the_table_says(store: Store, start: StartGateway) -> None:
    settings = config(general_settings={"store_model_in_db": True})
    roles = Roles(Keys(start(settings, env=store.env), store))
    wrong = []
    for row in ROWS:
        for who, status in row.expected().items():
            reply = roles.ask(row, who)
            if reply.status != status:
                wrong.append(
                    f"{row.method} {row.target} {row.body} by {who}: {reply.status} in place of "
                    f"{status}: {reply.text[:150]}"
                )
    assert not wrong, "\n".join(["", *wrong])


def test_every_management_route_has_a_row(gateway: Gateway) -> None:
    listed = {route["path"] for route in gateway.get("/routes").json["routes"]}
    rows = {row.route for row in ROWS}
    assert {path for path in listed if path.startswith(SUBJECTS)} - rows == set(), "without a row"
    assert rows - listed == set(), "rows without a route"
