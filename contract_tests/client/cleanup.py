"""How the server is left: what the run made is deleted, the stages are in their old order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.client.client import Client
from contract_tests.client.created import OWNED, REMOVERS, ordered_ids
from contract_tests.client.errors import NoResponseError
from contract_tests.client.exchange import Exchange

SWEPT_PAGES = 20


def clean_up(client: Client) -> list[str]:
    """Delete what the run made, put the stages in order again; returns what could not be done, in words.

    Cleaning up is always allowed, whatever has ended the run.
    """
    client.limits.lift()
    left = client.left()  # what the siblings made included
    if not client.created.wrote or client.settings.read_only:
        return []
    person = "admin" if client.has("admin") else "me"
    failures: dict[tuple[str, Any], str] = {}
    for kind, id, parent in [*left, *_by_name(client, person)]:
        failures[kind, id] = _delete(client, person, kind, id, parent)  # a second try is what counts
    return [*filter(None, failures.values()), *_restore_order(client, person)]


def _delete(client: Client, person: str, kind: str, id: Any, parent: Any) -> str:
    """Delete it; if it could not be deleted, say so."""
    operation = next(name for name, removed in REMOVERS.items() if removed == kind)
    ids = {"id": parent, OWNED[kind]: id} if kind in OWNED else {"id": id}
    try:
        exchange = _quietly(client, operation, person, **ids)
    except NoResponseError as error:
        return f"{kind} {id}: {error}"
    if exchange.ok or exchange.status == 404:
        client.gone(kind, id)
        return ""
    return f"{kind} {id}: {exchange.method} {exchange.path} answered {exchange.status}"


def _by_name(client: Client, person: str) -> Iterator[tuple[str, Any, Any]]:
    """Deals and stages that carry the run's id in their names, whoever made them."""
    size = client.contract.fields("listDeals")["per_page"].get("maximum")
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
    except NoResponseError:  # what is known by id is still deleted
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
        wanted = [id for id in before if id in now] + [id for id in now if id not in before]
        if not now or now == wanted:
            return []
        exchange = _quietly(client, "reorderPipelineStages", person, json={"order": wanted})
    except NoResponseError as error:
        return [f"the order of the stages: {error}"]
    if exchange.ok:
        return []
    return [f"the order of the stages (it was {before}): answered {exchange.status}"]


def _quietly(client: Client, operation: str, person: str, **how: Any) -> Exchange:
    """A request that is not judged: cleaning up is no test."""
    return client.call(operation, as_=person, observe=False, **how)
