"""What the responses must name: fields with a value, fields at fault, and every stage in use."""

from __future__ import annotations

import re
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body
from contract_tests.scene.expectations import NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import Record, descendants, is_deal
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.requests import valid_request
from contract_tests.scene.scene import Scene

NAMED_BY: Final = {  # a name in the response, and the ID that was sent for it
    "contact_name": "contact_id",
    "company_name": "company_id",
    "assigned_name": "assigned_to",
    "reseller_name": "reseller_id",
    "reseller_contact_name": "reseller_contact_id",
}
STAGE: Final = {"probability": 40, "color": "#334455"}
VALIDATION_ERROR: Final = 422
TOO_FAR: Final = ("reorderPipelineStages",)  # a body that is accepted by mistake would affect every stage


def _shown_deal(s: Scene, view: str, word: str, id: Any) -> tuple[Record, Exchange]:
    if view == "getDeal":
        return s.api.details(id)
    found = s.api.search(word, lambda listing: id in listing.ids)
    return next((record for record in found.records if record["id"] == id), {}), found.exchange


@law("getDeal", "listDeals", needs=("writes",), cases=("getDeal", "listDeals"))
def a_deal_shows_every_field_that_has_a_value(s: Scene, view: str) -> None:
    """Response example: value, contact_id, contact_name … tags: a field with a value is shown."""
    body = full_body(s)
    id = s.make.deal(**body)
    shown, exchange = _shown_deal(s, view, body["name"].split()[-1], id)
    if not shown:
        raise NotJudged("a new deal is missing from the list")  # for other laws to judge
    names = {name for name, id_field in NAMED_BY.items() if id_field in body}
    _has(s, "Deal", shown, body.keys() | names, exchange, view)


@law("listDealStages", needs=("writes",))
def a_stage_shows_every_field_that_has_a_value(s: Scene) -> None:
    """Response example: id, name, display_order, probability … color: a field with a value is shown."""
    id = s.make.stage(**STAGE)
    exchange = granted(s.call("listDealStages"))
    shown = next((stage for stage in exchange.data or [] if stage.get("id") == id), None)
    if shown is None:
        raise NotJudged("a new stage is missing from the list of stages")  # for other laws to judge
    _has(s, "Stage", shown, {"name", *STAGE}, exchange, "listDealStages")
    s.call("deletePipelineStage", id=id)


def _has(s: Scene, kind: str, shown: Record, fields: Any, exchange: Exchange, operation: str) -> None:
    contract = s.limits.contract
    documented = contract.documented["components"]["schemas"].get(kind, {})
    known = contract.properties_of(documented, "documented").keys()
    missing = sorted(name for name in fields if name in known and name not in shown)
    expect(
        not missing,
        f"the fields {sorted(set(fields) & known)}",
        f"missing: {missing}",
        exchange,
        operation=operation,
    )


def _validated(limits: ContractLimits) -> list[str]:
    """The operations whose body has a required field."""
    operations = limits.contract.operations.values()
    return [o.id for o in operations if _required(limits, o.id) and o.id not in TOO_FAR]


def _required(limits: ContractLimits, operation: str) -> list[str]:
    if limits.contract.operations[operation].body_type != "application/json":
        return []
    return list(limits.contract.body(operation, "documented").get("required", []))


@law(each=_validated, needs=("writes",))
def a_validation_error_names_the_field_at_fault(s: Scene, operation: str) -> None:
    """“`errors` maps a field to one text, and appears on validation errors”: a missing field is named."""
    field = _required(s.limits, operation)[0]
    request = valid_request(s, operation)
    body = {name: value for name, value in request["json"].items() if name != field}
    exchange = s.call(operation, **{**request, "json": body})
    if exchange.status != VALIDATION_ERROR:
        if exchange.status == 400:
            return  # “400 invalid input” need not say more than its message
        raise NotJudged(f"{operation} without {field} returned {exchange.status}")
    errors = exchange.json.get("errors") if isinstance(exchange.json, dict) else None
    named = isinstance(errors, dict) and any(_plain(field) in _plain(str(name)) for name in errors)
    expect(named, f"`errors` that name {field}", response_of(exchange), exchange)


def _plain(name: str) -> str:
    """The name in a uniform spelling: `stageId` and `body.stage_id` both contain `stageid`."""
    return re.sub("[^a-z0-9]", "", name.lower())


@law("listDealStages", of_all=True)
def every_stage_with_a_deal_is_listed(s: Scene) -> None:
    """“Retrieve all pipeline stages with display order”: also those in which the deals and the board are."""
    there = s.api.all_deals(fresh=True)
    board = s.call("getDealPipeline")
    shown = [*there.records, *(node for node in descendants(board.json) if is_deal(node))]
    stages = {record["stage_id"] for record in shown if record.get("stage_id") is not None}
    if not stages:
        raise NotJudged("there are no deals")
    listed = {stage["id"] for stage in s.api.stages(fresh=True)}
    missing = sorted(stages - listed, key=str)
    expect(not missing, f"the stages {sorted(stages, key=str)}", f"missing: {missing}", there.exchange)
