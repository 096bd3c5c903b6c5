"""Random requests find what contradicts the documentation, and only that."""

from __future__ import annotations

import json

import pytest
from starlette.responses import HTMLResponse, Response

from contract_tests.verdict.checks import PAGE_SIZE, REQUIRED, TYPED, VALUES
from contract_tests.verdict.findings import Kind
from tests.contract_tests import second_bodies as read
from tests.contract_tests import second_implementation as second
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import (
    conformance,
    lifecycle,
    run_against,
    run_against_app,
    verdicts,
    violations,
)
from tests.contract_tests.second_world import whole
from tests.contract_tests.servers import serving

CRASH, STATUS, CONTENT = "not_a_server_error", "status_code_conformance", "content_type_conformance"
SCHEMA = "response_schema_conformance"


@pytest.mark.parametrize("operation", ["createDeal", "updateDealTask", "listDeals", "reorderPipelineStages"])
def test_the_same_seed_gives_the_same_verdicts(operation: str) -> None:
    found = []
    for _ in range(2):
        with run_against_app(seed=7) as suite:
            conformance(suite, operation, examples=5)
        found.append(verdicts(suite))
    assert found[0] == found[1]


def test_three_seeds_twice_each_find_nothing_against_the_mock() -> None:
    with serving(mock_app(deals=30)) as root:
        found = {seed: [_of_the_mock(f"{root}/api", seed) for _ in range(2)] for seed in (1, 2, 3)}
    assert found == {seed: [set(), set()] for seed in found}


def _of_the_mock(url: str, seed: int) -> set[tuple[str, str]]:
    with run_against(url, **mock_people(), seed=seed) as suite:
        conformance(suite, "listDeals", "createDealTask", "importDeals", examples=1)
        lifecycle(suite, sequences=2)
    return {verdict for verdict in verdicts(suite) if verdict[0] != Kind.NOT_JUDGED}


# Faults that must be found


async def create_without_name(call: read.Call) -> Response:
    given = read.deal_input(call, {"name": "Unnamed"} | await call.body())
    return read.done(data={"id": call.world.save_deal(None, given)["id"]})


async def create_with_any_stage(call: read.Call) -> Response:
    given = await call.body()
    if not isinstance(given.get("stage_id", 1), int):
        given["stage_id"] = 1
    return read.done(data={"id": call.world.save_deal(None, read.deal_input(call, given))["id"]})


async def update_to_any_probability(call: read.Call) -> Response:
    given = await call.body()
    checked = read.deal_input(call, {**given, "probability": 1})
    call.world.save_deal(call.deal, checked | {"probability": read.integer(given, "probability")})
    return read.done()


async def task_of_any_priority(call: read.Call) -> Response:
    given = await call.body()
    key = next(call.world.ids)
    task = read.task_input({**given, "priority": None}) | {"priority": read.text(given, "priority")}
    call.world.tasks[key] = {"id": key, "deal_id": call.deal["id"], **task}
    return read.done(data={"id": key})


async def page_of_any_size(call: read.Call) -> Response:
    size = whole(call.query.get("per_page") or 25, "per_page")
    call.query = {name: value for name, value in call.query.items() if name != "per_page"}
    response = await second.list_deals(call)
    body = json.loads(response.body) | {"per_page": size}
    return read.answer(body)


async def list_that_trips_over_words(call: read.Call) -> Response:
    try:
        int(call.query.get("page") or 1)
    except ValueError:
        return read.answer({"success": False, "message": "Server error"}, 500)
    return await second.list_deals(call)


async def html_where_nothing_is(call: read.Call) -> Response:
    if call.request.path_params["id"].isdigit() and call.key() in call.world.deals:
        return await second.get_deal(call)
    return HTMLResponse("<h1>Not found</h1>", 404)


async def deal_with_its_value_as_text(call: read.Call) -> Response:
    body = json.loads((await second.get_deal(call)).body)
    body["data"]["value"] = f"{body['data']['value']}"
    return read.answer(body)


async def delete_without_content(call: read.Call) -> Response:
    await second.delete_note(call)
    return Response(status_code=204)


FAULTS = [
    ("createDeal", REQUIRED, {"create_deal": create_without_name}),
    ("createDeal", TYPED, {"create_deal": create_with_any_stage}),
    ("updateDeal", VALUES, {"update_deal": update_to_any_probability}),
    ("createDealTask", VALUES, {"create_task": task_of_any_priority}),
    ("listDeals", PAGE_SIZE, {"list_deals": page_of_any_size}),
    ("listDeals", CRASH, {"list_deals": list_that_trips_over_words}),
    ("getDeal", CONTENT, {"get_deal": html_where_nothing_is}),
    ("getDeal", SCHEMA, {"get_deal": deal_with_its_value_as_text}),
    ("deleteDealNote", STATUS, {"delete_note": delete_without_content}),
]


@pytest.mark.parametrize(
    ("operation", "rule", "fault"), FAULTS, ids=[next(iter(fault)) + ":" + rule for _, rule, fault in FAULTS]
)
def test_a_planted_fault_is_found(operation: str, rule: str, fault: dict[str, object]) -> None:
    with run_against_app(second.second_implementation(**fault)) as suite:
        conformance(suite, operation)
    assert {(finding.operation, finding.rule) for finding in violations(suite)} == {(operation, rule)}
