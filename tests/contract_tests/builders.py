"""Findings, exchanges and targets for tests, with what does not matter filled in."""

from __future__ import annotations

from typing import Any

from contract_tests.contract import Contract
from contract_tests.settings import Settings
from contract_tests.target.exchange import Exchange
from contract_tests.target.implementation import Target
from contract_tests.verdict.findings import Finding, Kind

CONTRACT = Contract.load()
TOKEN = "a-token-that-is-secret"


def finding(kind: Kind = Kind.VIOLATION, **fields: Any) -> Finding:
    """A finding."""
    usual: dict[str, Any] = {
        "rule": "pages_partition_the_list",
        "operation": "listDeals",
        "claim": "pages partition the list",
        "basis": "Retrieve a paginated list of deals.",
        "expected": "every deal once",
        "received": "deal 7 on pages 1 and 2",
        "curl": "curl -i -X GET 'http://there/api/deals?page=2' -H \"Authorization: Bearer $TOKEN\"",
        "seed": 1,
    }
    return Finding(kind=kind, **{**usual, **fields})


def exchange(status: int = 200, body: bytes = b"{}", **fields: Any) -> Exchange:
    """An exchange."""
    usual: dict[str, Any] = {
        "method": "GET",
        "path": "/deals",
        "url": "http://there/api/deals",
        "headers": {"Content-Type": "application/json"},
        "request_body": None,
        "as_": "me",
        "operation_id": "listDeals",
    }
    return Exchange(status=status, body=body, **{**usual, **fields})


def target(base_url: str = "http://127.0.0.1:9/api", **settings: Any) -> Target:
    """A target that is asked as the run `dc-abc123`."""
    told = {"token": TOKEN, **settings}
    return Target(Settings(base_url=base_url, **told), CONTRACT, "dc-abc123")
