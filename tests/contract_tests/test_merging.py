"""One cause, one finding."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.waivers import Waiver, Waivers
from tests.contract_tests.builders import CONTRACT, exchange, finding

EXAMPLES = CONTRACT.full["components"]["examples"]
PAGE: dict[str, Any] = EXAMPLES["DealPage"]["value"]
DETAILS: dict[str, Any] = EXAMPLES["DealAnswer"]["value"]
STAGES: dict[str, Any] = EXAMPLES["StageList"]["value"]
SAVED: dict[str, Any] = EXAMPLES["DealUpdated"]["value"]
REFUSED = {"success": False, "message": "Validation failed", "errors": {"name": "Name is required"}}


def found_in(*responses: tuple[str, Any], status: int = 200) -> list[Finding]:
    """What comes of these responses of these operations."""
    recorder = Recorder(CONTRACT)
    for operation, body in responses:
        recorder.observe(exchange(status, json.dumps(body).encode(), operation_id=operation))
    return recorder.findings


def with_deal(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body with these properties in its deal, or in its only deal."""
    data = body["data"]
    changed = [{**data[0], **changes}] if isinstance(data, list) else {**data, **changes}
    return {**body, "data": changed}


def without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def test_a_wrong_type_is_one_finding_wherever_the_property_is() -> None:
    (found,) = found_in(
        ("updateDeal", with_deal(SAVED, value="9.00")),  # our guess: the documentation shows no such response
        ("listDeals", with_deal(PAGE, value="9.00")),
        ("getDeal", with_deal(DETAILS, value="9.00")),
    )
    assert (found.kind, found.claim) == (Kind.VIOLATION, "Deal.value is of type number")
    assert found.operations == ("listDeals", "getDeal")


def test_a_type_that_is_wrong_in_several_properties_is_one_finding() -> None:
    flags = {"is_won": 0, "is_lost": 0}
    stages = {**STAGES, "data": [{**STAGES["data"][0], **flags}]}
    (found,) = found_in(("listDealStages", stages), ("listDeals", with_deal(PAGE, **flags)))

    claim = "Deal.is_lost, Deal.is_won, Stage.is_lost and Stage.is_won are of type boolean"
    assert (found.claim, found.operations) == (claim, ("listDealStages", "listDeals"))


def test_the_errors_of_all_fields_are_one_finding() -> None:
    errors = ({**REFUSED, "errors": {name: ["a text"]}} for name in ("name", "stage_id"))
    (found,) = found_in(*(("createDeal", each) for each in errors), status=422)

    assert found.claim == "body.errors.* is of type string"


def test_what_is_missing_from_one_object_is_one_finding() -> None:
    numbers = ("current_page", "last_page", "per_page", "total")
    (found,) = found_in(("listDeals", without(PAGE, *numbers)))

    assert found.claim == "body.current_page, last_page, per_page and total are present"


def test_what_is_missing_from_different_objects_is_not() -> None:
    stages = {**STAGES, "data": [without(STAGES["data"][0], "color")]}
    details = {**DETAILS, "data": without(DETAILS["data"], "notes", "tags")}

    claims = {each.claim for each in found_in(("getDeal", details), ("listDealStages", stages))}
    assert claims == {"Deal.notes and tags are present", "Stage.color is present"}


def test_what_was_found_elsewhere_says_where() -> None:
    numbers = {name: PAGE[name] for name in ("current_page", "last_page", "per_page", "total")}
    (found,) = found_in(("listDeals", {"data": PAGE["data"], "meta": numbers}))

    assert found.claim == "body.current_page, last_page, per_page and total are present"
    assert found.received == "found under body.meta"


@pytest.mark.parametrize(
    ("operation", "body", "kind"),
    [("getDeal", DETAILS, Kind.VIOLATION), ("updateDeal", SAVED, Kind.DRIFT)],
)
def test_another_envelope_is_one_finding(operation: str, body: dict[str, Any], kind: Kind) -> None:
    (found,) = found_in((operation, {**body, "data": {"deal": body["data"]}}))

    assert (found.kind, found.claim) == (kind, "body.data is the documented object itself")
    assert found.received == "found at body.data.deal"


def test_the_same_claim_on_many_operations_is_one_finding() -> None:
    (found,) = found_in(("getDeal", {}), ("listDeals", {}), status=503)

    assert found.operations == ("getDeal", "listDeals")


def test_a_law_that_is_broken_in_several_cases_is_one_finding() -> None:
    recorder = Recorder(CONTRACT)
    for case in ("a_law[3]", "a_law[7]"):
        recorder.add(finding(cases=(case,)))

    (found,) = recorder.findings
    assert found.cases == ("a_law[3]", "a_law[7]")


def test_what_was_not_judged_for_different_reasons_stays_apart() -> None:
    recorder = Recorder(CONTRACT)
    recorder.not_judged("conformance", "getDeal", "one reason")
    recorder.not_judged("conformance", "listDeals", "another reason")

    assert [each.reason for each in recorder.findings] == ["one reason", "another reason"]


def test_what_lies_deepest_is_shown_first_and_then_what_was_found_first() -> None:
    recorder = Recorder(CONTRACT)
    for rule, rank in (("b", 2), ("c", 2), ("a", 1)):
        recorder.add(finding(rule=rule, rank=rank))

    assert [each.rule for each in recorder.findings] == ["a", "b", "c"]


def test_a_cause_is_told_once() -> None:
    told: list[str] = []
    recorder = Recorder(CONTRACT)
    recorder.observers.append(lambda each: told.append(each.claim))
    for names in (("total",), ("total", "last_page")):
        body = json.dumps(without(PAGE, *names)).encode()
        recorder.observe(exchange(200, body))

    assert told == ["body.total is present"]
    assert [each.claim for each in recorder.findings] == ["body.last_page and total are present"]


@pytest.mark.parametrize(
    ("waived", "kind", "operations"),
    [
        (["listDeals"], Kind.VIOLATION, ("getDeal",)),
        (["getDeal", "listDeals"], Kind.WAIVED, ("getDeal", "listDeals")),
    ],
)
def test_a_waiver_for_one_operation_leaves_the_others(
    waived: list[str], kind: Kind, operations: tuple[str, ...]
) -> None:
    rule, day = "response_schema_conformance", dt.date(2031, 1, 1)
    waivers = [Waiver(reason="known", expires=day, rule=rule, operations=(name,)) for name in waived]
    recorder = Recorder(CONTRACT, waivers=Waivers(tuple(waivers), today=dt.date(2030, 1, 1)))
    for name in ("getDeal", "listDeals"):
        recorder.add(finding(rule=rule, operation=name))

    (found,) = recorder.findings
    assert (found.kind, found.operations) == (kind, operations)
