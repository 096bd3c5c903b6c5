#!/usr/bin/env python3
"""The first requests of a newcomer, against the mock in the environment."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any


def ask(path: str, body: object = None, token: str = os.environ["REP_TOKEN"]) -> Any:
    """The JSON answer to a GET, or to a POST of this body."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["MOCK_URL"] + path, data, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def must(claim: str, holds: bool) -> None:
    """End with the claim if it does not hold."""
    if not holds:
        raise SystemExit(f"Not so: {claim}")
    print(f"ok: {claim}")


must("deal 10 is the documented one", ask("/deals/10")["data"]["name"] == "Acme Enterprise License")
total = ask("/deals?per_page=1")["total"]
made = ask("/deals", {"name": "Made by a newcomer", "stage_id": 1})["data"]
must("a new deal is found by its name", ask("/deals?search=by%20a%20newcomer")["data"][0]["id"] == made["id"])
must("and counted", ask("/deals?per_page=1")["total"] == total + 1)
signed_in = ask("/auth/login", {"email": "manager@revorbit.example", "password": "password"}, token="")
must("the manager signs in", ask("/deals?scope=team&per_page=1", token=signed_in["token"])["total"] > 0)
