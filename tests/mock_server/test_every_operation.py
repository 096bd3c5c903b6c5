"""Every operation over HTTP, with each response checked against both views of the contract."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from deals_spec.views import documented_view, full_view
from mock_server.domain.world import World
from tests.deals_spec import oas
from tests.mock_server.conftest import Api, Start, contract, seeded
from tests.mock_server.example_requests import call

DOCUMENT: Any = contract().document
VIEWS = {"full": full_view(DOCUMENT), "documented": documented_view(DOCUMENT)}

Called = tuple[str, httpx.Response]


def _quote_of(world: World, deal_id: int) -> int:
    return world.quotes.of(deal_id)[0].id


def _calls(api: Api) -> Iterator[Called]:
    """One call of many operations, each on what the previous ones have left."""
    yield (
        "login",
        api.as_("nobody").post("/auth/login", {"email": "rep@revorbit.example", "password": "password"}),
    )
    yield "listDeals", api.get("/deals")
    created = api.post("/deals", {"name": "Every operation", "stage_id": 1})
    yield "createDeal", created
    deal = created.json()["data"]["id"]
    yield "getDeal", api.get(f"/deals/{deal}")
    yield "updateDeal", api.put(f"/deals/{deal}", {"name": "Every operation!", "stage_id": 2})
    yield "moveDealToStage", api.put(f"/deals/{deal}/stage", {"stage_id": 5})
    yield "setDealPrimaryQuote", api.put("/deals/10/primary-quote", {"quote_id": _quote_of(api.world, 10)})
    yield "getDealPipeline", api.get("/deals/pipeline")
    yield "listDealStages", api.get("/deals/stages")
    yield "getDealStats", api.get("/deals/stats")
    note = api.post(f"/deals/{deal}/notes", {"content": "Hello"})
    yield "createDealNote", note
    yield "deleteDealNote", api.delete(f"/deals/{deal}/notes/{note.json()['data']['id']}")
    task = api.post(f"/deals/{deal}/tasks", {"title": "Call"})
    yield "createDealTask", task
    task_id = task.json()["data"]["id"]
    yield "listDealTasks", api.get(f"/deals/{deal}/tasks")
    yield "updateDealTask", api.put(f"/deals/{deal}/tasks/{task_id}", {"title": "Call back"})
    yield "deleteDealTask", api.delete(f"/deals/{deal}/tasks/{task_id}")
    yield "getDealTimeline", api.get("/deals/10/timeline")
    yield "listDealLinkedEmails", api.get("/deals/10/linked-emails")
    yield "exportDeals", api.get("/deals/export")
    yield "downloadDealTemplate", api.get("/deals/template")
    yield "importDeals", api.upload(b"name,stage_name\r\nImported,Lead\r\n")
    stage = api.post("/pipeline-stages", {"name": "Signed"})
    yield "createPipelineStage", stage
    stage_id = stage.json()["data"]["id"]
    order = [each["id"] for each in reversed(api.data("/deals/stages"))]
    yield "reorderPipelineStages", api.put("/pipeline-stages/reorder", {"order": order})
    yield "updatePipelineStage", api.put(f"/pipeline-stages/{stage_id}", {"name": "Sealed"})
    yield "deletePipelineStage", api.delete(f"/pipeline-stages/{stage_id}")
    yield "deleteDeal", api.delete(f"/deals/{deal}")


def _complaints(view: str, operation_id: str, answer: httpx.Response) -> list[str]:
    document = VIEWS[view]
    by_id = {operation["operationId"]: operation for _, _, operation in oas.operations(document)}
    if operation_id not in by_id and view == "documented":
        return []  # the operation is our guess: the documentation says nothing about it
    responses = by_id[operation_id]["responses"]
    declared = responses.get(str(answer.status_code), responses.get("2XX"))
    assert declared is not None, f"{operation_id} answered {answer.status_code}: {answer.text}"
    content = oas.resolved(document, declared).get("content")
    if content is None:
        return []
    kind = answer.headers["content-type"].partition(";")[0]
    value = answer.json() if kind == "application/json" else answer.text
    return oas.complaints(document, content[kind]["schema"], value)


def _check(operation_id: str, answer: httpx.Response) -> None:
    """The response is a success that both views allow."""
    assert answer.status_code in (200, 201), f"{operation_id}: {answer.text}"
    for view in VIEWS:
        assert _complaints(view, operation_id, answer) == [], f"{operation_id}, {view} view"


def test_every_operation_answers_as_both_views_say(api: Api) -> None:
    called = set()
    for operation_id, answer in _calls(api):
        called.add(operation_id)
        _check(operation_id, answer)
    for operation_id in contract().operations.keys() - called:  # operations without a call above
        _check(operation_id, call(api, contract().operations[operation_id]))


EXAMPLES_OF_ANOTHER_WORLD = {"setDealPrimaryQuote", "deletePipelineStage"}


@pytest.mark.parametrize("operation_id", sorted(contract().operations.keys() - EXAMPLES_OF_ANOTHER_WORLD))
def test_every_operation_succeeds_with_its_examples(api: Api, operation_id: str) -> None:
    _check(operation_id, call(api, contract().operations[operation_id]))


@pytest.mark.parametrize("view", VIEWS)
def test_a_full_page_of_every_sort_is_as_the_view_says(api: Api, view: str) -> None:
    for sort_by in contract().fields_of("sort_by"):
        answer = api.get("/deals", per_page=100, sort_by=sort_by, page=2)
        assert _complaints(view, "listDeals", answer) == []


def test_an_answer_that_breaks_the_contract_never_leaves(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    world = seeded()
    broken: Any = replace(world.deals[10], name=None)
    api = start(world.put("deals", broken))
    answer = api.get("/deals/10")
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "message": "Server error"}
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert line.startswith("getDeal returned 200, but")
    assert "data.name" in line


def test_the_export_reads_as_csv_with_the_columns_of_the_contract(api: Api) -> None:
    rows = list(csv.reader(io.StringIO(api.get("/deals/export").text)))
    assert rows[0] == list(contract().csv_row.properties)
    assert len(rows) - 1 == len(api.world.deals)
