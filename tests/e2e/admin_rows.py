"""What the tests of budgets, customers, organizations and tags share."""

from __future__ import annotations

import json
from typing import Any

from gateway import KEY, Gateway, model
from keys_test import bearer
from stores import Store
from wire import Reply, until

PRICES = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.01}


def config(**sections: Any) -> dict[str, Any]:
    """A model that answers by itself, and costs."""
    models = [model("m", "http://127.0.0.1:1", mock_response="pong", **PRICES)]
    return {"model_list": models, **sections}


class Admin:
    """A gateway over a store, and an administrator who calls it."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        self.gateway = gateway
        self.store = store
        until(
            lambda: gateway.get("/health/readiness").json["db"] == "connected",
            "the store is there",
            20,
        )

    def post(self, path: str, body: Any, key: str = KEY) -> Reply:
        return self.gateway.post(path, body, bearer(key))

    def call(self, method: str, path: str, body: Any, key: str = KEY) -> Reply:
        with self.gateway.wire() as wire:
            return wire.request(method, path, bearer(key), json.dumps(body).encode())

    def ok(self, path: str, body: Any, key: str = KEY) -> Any:
        reply = self.post(path, body, key)
        assert reply.status == 200, reply.text
        return reply.json

    def get(self, path: str, key: str = KEY) -> Any:
        reply = self.gateway.get(path, bearer(key))
        assert reply.status == 200, reply.text
        return reply.json

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
