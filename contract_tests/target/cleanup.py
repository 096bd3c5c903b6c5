"""How the target is left: what the run made is taken away, the stages stand in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from contract_tests.facts import LARGEST_PAGE
from contract_tests.target.errors import TargetError
from contract_tests.target.exchange import Exchange
from contract_tests.target.ledger import OWNED, REMOVERS, ordered_ids

if TYPE_CHECKING:
    from contract_tests.target.implementation import Target

SWEPT_PAGES = 20


def sweep(target: Target) -> list[str]:
    """Take away what the run made; what could not be taken away, in words."""
    if not target.ledger.wrote or target.settings.read_only:
        return []
    person = "admin" if target.has("admin") else "me"
    failures: dict[tuple[str, Any], str] = {}
    for kind, id, parent in [*target.ledger.left(), *_by_name(target, person)]:
        failures[kind, id] = _delete(target, person, kind, id, parent)  # a second try is what counts
    return [*filter(None, failures.values()), *_restore_order(target, person)]


def _delete(target: Target, person: str, kind: str, id: Any, parent: Any) -> str:
    """Delete it; if it could not be deleted, say so."""
    operation = next(name for name, removed in REMOVERS.items() if removed == kind)
    ids = {"id": parent, OWNED[kind]: id} if kind in OWNED else {"id": id}
    try:
        exchange = _quietly(target, operation, person, **ids)
    except TargetError as error:
        return f"{kind} {id}: {error}"
    if exchange.ok or exchange.status == 404:
        target.gone(kind, id)
        return ""
    return f"{kind} {id}: {exchange.method} {exchange.path} answered {exchange.status}"


def _by_name(target: Target, person: str) -> Iterator[tuple[str, Any, Any]]:
    """Deals and stages that carry the run's id in their names, whoever made them."""
    try:
        for page in range(1, SWEPT_PAGES):
            query = {"search": target.run_id, "per_page": LARGEST_PAGE, "page": page}
            deals = _quietly(target, "listDeals", person, query=query).data
            found = list(_named(deals, target.run_id))
            yield from [("deal", id, None) for id in found]
            if len(found) < LARGEST_PAGE:
                break
        stages = _quietly(target, "listDealStages", person).data
        yield from [("stage", id, None) for id in _named(stages, target.run_id)]
    except TargetError:  # what is known by id is still deleted
        return


def _named(records: Any, run_id: str) -> Iterator[Any]:
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict) and run_id in str(record.get("name")) and "id" in record:
            yield record["id"]


def _restore_order(target: Target, person: str) -> list[str]:
    before = target.ledger.order
    if not before:
        return []
    try:
        now = ordered_ids(_quietly(target, "listDealStages", person).data)
        wanted = [id for id in before if id in now] + [id for id in now if id not in before]
        if not now or now == wanted:
            return []
        exchange = _quietly(target, "reorderPipelineStages", person, json={"order": wanted})
    except TargetError as error:
        return [f"the order of the stages: {error}"]
    if exchange.ok:
        return []
    return [f"the order of the stages (it was {before}): answered {exchange.status}"]


def _quietly(target: Target, operation: str, person: str, **how: Any) -> Exchange:
    """A request that is not judged: cleaning up is no test."""
    return target.call(operation, as_=person, observe=False, **how)
