"""`--skip X` never sends X, whatever needs it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from contract_tests.client.errors import SkippedError
from contract_tests.fuzzing.selected import recording_interruptions
from contract_tests.laws import all_laws
from contract_tests.run.law_runner import judge_law
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import CONTRACT, TOKEN, target
from tests.contract_tests.little_server import LittleServer, Reply
from tests.contract_tests.runs import conformance, lifecycle, run_against, violations
from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.servers import RecordingProxy, recording_proxy, serving


@pytest.mark.parametrize(
    ("skipped", "operation", "reason"),
    [
        ("listDeals", "listDeals", "--skip listDeals"),
        ("LISTDEALS", "listDeals", "--skip LISTDEALS"),
        ("Deals", "listDeals", "--skip Deals"),
        ("deleteDeal", "createDeal", "createDeal could not be cleaned up: --skip deleteDeal"),
        ("deleteDeal", "importDeals", "importDeals could not be cleaned up: --skip deleteDeal"),
        ("listDeals", "importDeals", "importDeals could not be cleaned up: --skip listDeals"),
        ("deletePipelineStage", "createPipelineStage",
         "createPipelineStage could not be cleaned up: --skip deletePipelineStage"),
        ("listDealStages", "reorderPipelineStages",
         "the order of the stages could not be restored after reorderPipelineStages: --skip listDealStages"),
        ("deleteDealTask", "createDealTask", ""),  # it goes with its deal
        ("getDeal", "listDeals", ""),
        ("a_law", "listDeals", ""),
    ],
)  # fmt: skip
def test_what_is_skipped_and_what_needs_it_is_refused(skipped: str, operation: str, reason: str) -> None:
    assert target(skip=(skipped,)).refusal(operation) == reason


def test_a_skipped_operation_is_not_sent_by_its_path_either(server: LittleServer) -> None:
    asked = target(server.url, skip=("getDeal",))
    with pytest.raises(SkippedError, match="--skip getDeal"):
        asked.send("GET", "/deals/7")
    with pytest.raises(SkippedError):
        asked.call("getDeal", id=7)

    assert server.received == []


@pytest.mark.parametrize(
    ("skip", "asked"),
    [
        ((), ["/deals/stages", "/deals"]),
        (("listDealStages",), ["/deals"]),
        (("Deals",), ["/deals/stages"]),
        (("listDealStages", "listDeals"), ["/deals/pipeline"]),
        (tuple(CONTRACT.operations), []),
    ],
)
def test_a_run_opens_with_what_is_not_skipped(
    skip: tuple[str, ...], asked: list[str], server: LittleServer
) -> None:
    server.answer = lambda _: Reply()
    suite = Suite(Settings(base_url=server.url, token=TOKEN, skip=skip))
    suite.open()

    assert [each.path for each in server.received] == asked
    assert suite.alive()


@pytest.fixture
def app() -> Starlette:
    return second_implementation()


def _sent(proxy: RecordingProxy) -> set[str]:
    """The operations that came in."""
    matched = (
        CONTRACT.match(method, path.partition("?")[0].removeprefix("/v2")) for method, path in proxy.seen
    )
    return {operation.id for operation in matched if operation}


@pytest.mark.parametrize(
    "skip",
    [
        ("Stages",),
        ("deleteDeal",),
        ("listDealStages",),
        ("createDeal", "getDeal"),
        ("listDeals", "deleteDealNote"),
    ],
)
def test_a_run_never_sends_what_is_skipped(skip: tuple[str, ...], app: Starlette) -> None:
    before = len(app.state.world.deals), dict(app.state.world.stages)
    left_out = {name for name, each in CONTRACT.operations.items() if {name, each.tag} & set(skip)}
    with serving(app) as root, recording_proxy(f"{root}/v2") as proxy:
        with run_against(proxy.url, skip=skip) as suite:
            operations = [name for name in suite.contract.operations if name not in left_out]
            for name in operations[:12]:
                with recording_interruptions(suite, "conformance", name):
                    conformance(suite, name, examples=2)
            with recording_interruptions(suite, "lifecycle", "createDeal"):
                lifecycle(suite, sequences=3)
            for law in list(all_laws(suite.contract))[::9]:
                judge_law(law, suite)
        sent = _sent(proxy)

    assert sent
    assert sent & left_out == set()
    assert violations(suite) == []
    assert (len(app.state.world.deals), dict(app.state.world.stages)) == before
    assert suite.left == []
    reasons = {finding.reason for finding in suite.recorder.of(Kind.NOT_JUDGED)}
    assert any(f"--skip {skip[0]}" in reason for reason in reasons)
