"""The users of a run: the user of the token, and another user to whom deals are assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.maker import Maker


@dataclass(frozen=True)
class People:
    """The ids of two users; None for a user who is not known."""

    me: Any
    other: Any


def people_of(api: ApiReader, make: Maker) -> People:
    """My id, and the id of another user to whom deals are assigned."""
    me = _me(api, make)
    assignees = [record.get("assigned_to") for record in api.all_deals().records]
    return People(me, next((id for id in assignees if id is not None and id != me), None))


def _me(api: ApiReader, make: Maker) -> Any:
    settings = api.client.settings
    if settings.token is None and settings.email and settings.password:
        credentials = {"email": settings.email, "password": settings.password}
        signed_in = api.client.call("login", json=credentials, as_="nobody")
        if signed_in.ok and isinstance(signed_in.json, dict) and isinstance(signed_in.json.get("user"), dict):
            return signed_in.json["user"].get("id")
    mine = api.page({"scope": "me", "per_page": 1}).records
    if mine or settings.read_only:
        return mine[0].get("assigned_to") if mine else None
    return api.deal(make.deal()).get("assigned_to")  # a new deal is most likely assigned to its creator
