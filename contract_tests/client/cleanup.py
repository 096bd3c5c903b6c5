"""Clean-up: deletes what the run created and restores the order of the stages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.client.client import Client
from contract_tests.client.created import delete_request, ordered_ids, restored_order
from contract_tests.client.errors import NoResponseError
from contract_tests.client.exchange import Exchange

SWEPT_PAGES = 20


def clean_up(client: Client) -> list[str]:
    """Delete what the run created and restore the order of the stages; returns a text for each failure.

    Clean-up may always send requests, whatever has ended the run.
    """
    client.stop.lift()
    left = client.left()  # includes what the siblings created
    if not client.created.wrote or client.settings.read_only:
        return []
    person = "admin" if client.has("admin") else "me"
    failures: dict[tuple[str, Any], str] = {}
    for kind, id, parent in [*left, *_by_name(client, person)]:
        failures[kind, id] = _delete(client, person, kind, id, parent)  # a second attempt replaces the first
    return [*filter(None, failures.values()), *_restore_order(client, person)]


def _delete(client: Client, person: str, kind: str, id: Any, parent: Any) -> str:
    """Delete a resource; returns why that failed, or an empty text."""
    operation, ids = delete_request(kind, id, parent)
    try:
        exchange = _quietly(client, operation, person, **ids)
    except NoResponseError as error:
        return f"{kind} {id}: {error}"
    if exchange.ok or exchange.status == 404:
        client.gone(kind, id)
        return ""
    return f"{kind} {id}: {exchange.method} {exchange.path} returned {exchange.status}"


def _by_name(client: Client, person: str) -> Iterator[tuple[str, Any, Any]]:
    """Deals and stages with the run's id in their names, however they were created."""
    size = client.contract.fields("listDeals").get("per_page", {}).get("maximum")
    try:
        for page in range(1, SWEPT_PAGES):
            query = {"search": client.run_id, "per_page": size, "page": page}
            deals = _quietly(client, "listDeals", person, query=query).data
            found = list(_named(deals, client.run_id))
            yield from [("deal", id, None) for id in found]
            if not size or len(found) < size:
                break
        stages = _quietly(client, "listDealStages", person).data
        yield from [("stage", id, None) for id in _named(stages, client.run_id)]
    except NoResponseError:  # resources whose ids are known are deleted all the same
        return


def _named(records: Any, run_id: str) -> Iterator[Any]:
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict) and run_id in str(record.get("name")) and "id" in record:
            yield record["id"]


def _restore_order(client: Client, person: str) -> list[str]:
    before = client.created.order
    if not before:
        return []
    try:
        now = ordered_ids(_quietly(client, "listDealStages", person).data)
        wanted = restored_order(before, now)
        if not now or now == wanted:
            return []
        exchange = _quietly(client, "reorderPipelineStages", person, json={"order": wanted})
    except NoResponseError as error:
        return [f"order of the stages (originally {before}): {error}"]
    if exchange.ok:
        return []
    call = f"{exchange.method} {exchange.path}"
    return [f"order of the stages (originally {before}): {call} returned {exchange.status}"]


def _quietly(client: Client, operation: str, person: str, **how: Any) -> Exchange:
    """Send a request whose response is not judged: clean-up is not a test."""
    return client.call(operation, as_=person, observe=False, **how)
