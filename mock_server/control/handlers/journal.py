"""The journal of a world."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mock_server.control.context import current_control
from mock_server.control.har import archive
from mock_server.control.known import check_known
from mock_server.control.refusals import NoSuch
from mock_server.control.responses import Body, done, request_body
from mock_server.journal import Entry


def list_requests(query: Body) -> Body:
    """The last requests, the latest first."""
    _check_operation(query)
    control = current_control()
    store, contract = control.store, control.deals_contract
    found = [entry for entry in store.journal if _fits(entry, query)]
    latest = islice(reversed(found), query["limit"])
    return {"data": [request_body(entry, store.past, contract) for entry in latest], "total": len(found)}


def get_request(number: int) -> Body:
    """One request."""
    control = current_control()
    journal = control.store.journal
    found = journal.between(max(number - 1, journal.cleared), number)
    if not found:
        raise NoSuch("request", str(number), " in the journal")
    return request_body(found[0], control.store.past, control.deals_contract)


def count_requests(body: Body | None) -> Body:
    """How many requests fit."""
    _check_operation(body or {})
    return {"count": sum(_fits(entry, body or {}) for entry in current_control().store.journal)}


def clear_journal() -> Body:
    """Forget all requests."""
    current_control().store.journal.clear()
    return done("Journal cleared")


def download_journal() -> Body:
    """The journal as HAR."""
    control = current_control()
    return archive(control.store.journal, control.origin)


def _check_operation(wanted: Mapping[str, Any]) -> None:
    """Refuse an unknown operation: a typing error must not let an assertion hold."""
    if (operation := wanted.get("operation")) is not None:
        operations = current_control().deals_contract.operations
        check_known("operation", operation, operations, "an operation of the Deals API")


def _fits(entry: Entry, wanted: Mapping[str, Any]) -> bool:
    return (
        wanted.get("operation") in (None, entry.operation)
        and wanted.get("person") in (None, entry.person)
        and wanted.get("status") in (None, entry.status)
        and wanted.get("method", entry.method).upper() == entry.method
        and wanted.get("path", "") in entry.path
        and entry.number > wanted.get("since", 0)
    )
