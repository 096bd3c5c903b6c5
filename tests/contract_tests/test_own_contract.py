"""A contract of one's own (`--contract FILE`): laws judge by it, and a guess in it is never a violation."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract_tests.fuzzing.selected import recording_interruptions
from contract_tests.run.law_runner import judge_law, selected_laws
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, LIFECYCLE
from contract_tests.verdict.findings import Kind
from mock_server.contract import MockContract
from tests.contract_tests.builders import CONTRACT
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import conformance, lifecycle, run_against, violations
from tests.contract_tests.servers import serving

Change = Callable[[dict[str, Any]], None]


def contract_file(folder: Path, *changes: Change) -> Path:
    """The contract with some changes, as a file (JSON is YAML)."""
    document = copy.deepcopy(dict(MockContract.load().document))
    for change in changes:
        change(document)
    path = folder / "own.yaml"
    path.write_text(json.dumps(document), "utf-8")
    return path


def whole_run(suite: Suite) -> None:
    for law in selected_laws(suite):
        judge_law(law, suite)
    for operation in suite.contract.operations:
        with recording_interruptions(suite, CONFORMANCE, operation):
            conformance(suite, operation, examples=2)
    with recording_interruptions(suite, LIFECYCLE, "createDeal"):
        lifecycle(suite, sequences=2)


# Limits of its own


def smaller_pages(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/deals"]["get"]["parameters"]
    page_size = next(each for each in parameters if each.get("name") == "per_page")
    page_size["schema"] |= {"default": 10, "maximum": 40}


def more_priorities(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Priority"]["enum"].append("urgent")


def fewer_sort_fields(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/deals"]["get"]["parameters"]
    sort_by = next(each for each in parameters if each.get("name") == "sort_by")
    sort_by["schema"]["enum"].remove("company_name")


def test_a_server_with_its_own_limits_is_judged_by_its_own_contract(tmp_path: Path) -> None:
    path = contract_file(tmp_path, smaller_pages, more_priorities, fewer_sort_fields)
    app = mock_app(deals=60, contract=MockContract.load(path))

    with serving(app) as root, run_against(f"{root}/api", contract=path, **mock_people()) as suite:
        for law in selected_laws(suite):
            judge_law(law, suite)
        conformance(suite, "listDeals", "createDealTask", examples=2)
        assert [(each.rule, each.operation) for each in violations(suite)] == []
        assert "current_page_and_per_page_match_the_request" in suite.recorder.judged


def test_the_same_server_is_accused_by_the_packaged_contract(tmp_path: Path) -> None:
    app = mock_app(deals=60, contract=MockContract.load(contract_file(tmp_path, smaller_pages)))

    with serving(app) as root, run_against(f"{root}/api", only=("laws",), **mock_people()) as suite:
        for law in selected_laws(suite):
            if law.operations == ("listDeals",) and "page" in law.name:
                judge_law(law, suite)
        assert violations(suite)


# Guesses of its own

GUESSED_OPERATIONS = (("/deals/{id}/notes/{noteId}", "delete"), ("/deals/{id}/tasks", "get"))


def guessed(document: dict[str, Any]) -> None:
    """Two operations, a query parameter, a body field and a response property are marked as guesses."""
    for path, method in GUESSED_OPERATIONS:
        document["paths"][path][method]["x-provenance"] = "inferred"
    parameters = document["paths"]["/deals"]["get"]["parameters"]
    next(each for each in parameters if each.get("name") == "stage_ids")["x-provenance"] = "inferred"
    schemas = document["components"]["schemas"]
    schemas["Deal"]["properties"]["risk"]["x-provenance"] = "inferred"
    schemas["DealInput"]["properties"]["tags"]["x-provenance"] = "inferred"


class WithoutGuesses:
    """A server that has read the documentation only: it knows nothing of what was guessed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._unknown(scope["method"], scope["path"].removeprefix("/api")):
            await JSONResponse({"success": False, "message": "Not found"}, 404)(scope, receive, send)
            return
        query = b"&".join(p for p in scope["query_string"].split(b"&") if not p.startswith(b"stage_ids="))
        await self.app(
            {**scope, "query_string": query}, self._without_tags(receive), self._without_risk(send)
        )

    def _unknown(self, method: str, path: str) -> bool:
        operation = CONTRACT.match(method, path)
        return operation is not None and (operation.path, method.lower()) in GUESSED_OPERATIONS

    def _without_tags(self, receive: Receive) -> Receive:
        async def received() -> Message:
            message = await receive()
            body = message.get("body", b"")
            return {**message, "body": body.replace(b'"tags"', b'"tagz"')}

        return received

    def _without_risk(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            body = message.get("body", b"").replace(b'"risk":', b'"rizk":')
            await send({**message, "body": body} if "body" in message else message)

        return sent


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A whole run by a contract with guesses, against a server without them; its record."""
    path = contract_file(tmp_path_factory.mktemp("contract"), guessed)
    with serving(WithoutGuesses(mock_app(deals=60))) as root:
        with run_against(f"{root}/api", contract=path, **mock_people()) as suite:
            whole_run(suite)
        return suite.recorder


def test_a_server_without_our_guesses_is_not_accused(judged: Any) -> None:
    assert [(each.rule, each.operation, each.received[:80]) for each in judged.of(Kind.VIOLATION)] == []


def test_what_departs_from_a_guess_is_told_as_drift(judged: Any) -> None:
    drift = {(each.rule, name) for each in judged.of(Kind.DRIFT) for name in each.operations}

    assert ("every_open_deal_in_the_list_has_a_risk", "listDeals") in drift
    assert any(operation == "deleteDealNote" for _, operation in drift)
    assert any(operation == "listDealTasks" for _, operation in drift)
    assert ("stage_ids_returns_exactly_the_deals_in_those_stages", "listDeals") in drift


def without(*operations: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        for item in document["paths"].values():
            for method in [m for m, node in item.items() if isinstance(node, dict)]:
                if item[method].get("operationId") in operations:
                    del item[method]

    return change


def test_a_contract_without_what_the_suite_itself_uses_neither_crashes_nor_accuses(tmp_path: Path) -> None:
    path = contract_file(tmp_path, without("deleteDeal", "downloadDealTemplate"))
    with (
        serving(mock_app(deals=20)) as root,
        run_against(f"{root}/api", contract=path, **mock_people()) as suite,
    ):
        whole_run(suite)
        reasons = {each.reason for each in suite.recorder.of(Kind.NOT_JUDGED)}
    assert [(each.rule, each.operation) for each in violations(suite)] == []
    assert "the contract has no operation deleteDeal" in reasons
    assert any("the contract has no operation deleteDeal" in each for each in suite.left)


@pytest.mark.parametrize("operation", ["listDeals", "listDealStages"])
def test_a_contract_without_a_list_leaves_little_to_judge(operation: str, tmp_path: Path) -> None:
    path = contract_file(tmp_path, without(operation))
    with (
        serving(mock_app(deals=20)) as root,
        run_against(f"{root}/api", contract=path, **mock_people()) as suite,
    ):
        with recording_interruptions(suite, CONFORMANCE, "getDeal"):
            conformance(suite, "getDeal", examples=1)
        for law in selected_laws(suite):
            judge_law(law, suite)
        reasons = {each.reason for each in suite.recorder.of(Kind.NOT_JUDGED)}
    assert (violations(suite), suite.lost) == ([], "")
    assert f"the contract has no operation {operation}" in reasons


def test_a_contract_with_an_operation_less_is_judged_by_what_it_has(tmp_path: Path) -> None:
    def without_statistics(document: dict[str, Any]) -> None:
        del document["paths"]["/deals/stats"]

    path = contract_file(tmp_path, without_statistics)
    with (
        serving(mock_app(deals=20)) as root,
        run_against(f"{root}/api", contract=path, **mock_people()) as suite,
    ):
        for law in selected_laws(suite):
            if "getDealStats" in law.operations:
                judge_law(law, suite)
        reasons = {each.reason for each in suite.recorder.of(Kind.NOT_JUDGED)}
        assert reasons == {"the contract has no operation getDealStats"}
