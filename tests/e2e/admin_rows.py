"""What the tests of management routes share."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from gateway import AUTH, KEY, Gateway, model
from stores import Store
from wire import Headers, Reply, until

PRICES = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.01}


def bearer(key: str) -> Headers:
    return [("authorization", f"Bearer {key}")]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def good(reply: Reply) -> Any:
    assert reply.status == 200, reply.text
    return reply.json


def expect_both(reply: Reply, status: int, message: str = "", kind: str | None = None) -> None:
    """Management errors carry `error` and `detail`."""
    reply.expect_error(status, kind, message, code=str(status))
    assert reply.json["detail"], reply.text


def make_user(gateway: Gateway, user_id: str, **fields: Any) -> Any:
    return good(gateway.post("/user/new", {"user_id": user_id, **fields}, AUTH))


def wait_for_store(gateway: Gateway) -> None:
    until(
        lambda: gateway.get("/health/readiness", ()).json["db"] == "connected", "the store is there", 20
    )


def config(**sections: Any) -> dict[str, Any]:
    """A model that answers by itself, and costs."""
    models = [model("m", "http://127.0.0.1:1", mock_response="pong", **PRICES)]
    return {"model_list": models, **sections}


class Managed:
    """A gateway over a store that is there."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self.gateway = gateway
        self.store = store
        wait_for_store(gateway)

    def post(self, path: str, body: Any, key: str = KEY) -> Reply:
        return self.gateway.post(path, body, bearer(key))


class Admin(Managed):
    """An administrator who calls it."""

    def call(self, method: str, path: str, body: Any, key: str = KEY) -> Reply:
        with self.gateway.wire() as wire:
            return wire.request(method, path, bearer(key), json.dumps(body).encode())

    def ok(self, path: str, body: Any, key: str = KEY) -> Any:
        return good(self.post(path, body, key))

    def get(self, path: str, key: str = KEY) -> Any:
        return good(self.gateway.get(path, bearer(key)))

    def key(self, **fields: Any) -> str:
        made: str = self.ok("/key/generate", fields)["key"]
        return made

    def user(self, name: str, role: str = "internal_user") -> str:
        """A key of a user that is made by SQL."""
        self.store.execute(
            'insert into "LiteLLM_UserTable" (user_id, user_role) values ($1, $2)', name, role
        )
        return self.key(user_id=name)

    def count(self, table: str, where: str = "1 = 1") -> int:
        found = self.store.query(f'select count(*) as n from "LiteLLM_{table}" where {where}')
        number: int = found[0]["n"]
        return number
