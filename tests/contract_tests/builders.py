"""Findings, exchanges and clients for tests, with defaults for whatever a test does not care about."""

from __future__ import annotations

from typing import Any

from contract_tests.client.client import Client
from contract_tests.client.exchange import Exchange
from contract_tests.scene.limits import ContractLimits
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Finding, Kind
from deals_spec import Contract

CONTRACT = Contract.load()
LIMITS = ContractLimits(CONTRACT)
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


def target(base_url: str = "http://127.0.0.1:9/api", **settings: Any) -> Client:
    """A client of the run `dc-abc123`."""
    given = {"token": TOKEN, **settings}
    return Client(Settings(base_url=base_url, **given), CONTRACT, "dc-abc123")
