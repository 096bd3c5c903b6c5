"""On a shared server the suite touches only what it made, and leaves everything as it was."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contract_tests.client.exchange import Exchange
from contract_tests.verdict.findings import Kind
from tests.contract_tests import second_implementation as second
from tests.contract_tests.runs import conformance, lifecycle, run_against, run_against_app, violations
from tests.contract_tests.second_seed import TOKENS
from tests.contract_tests.second_world import World
from tests.contract_tests.servers import recording_proxy, serving

WRITERS = (
    "createDeal",
    "updateDeal",
    "deleteDeal",
    "deleteDealTask",
    "updatePipelineStage",
    "reorderPipelineStages",
)


@pytest.fixture
def app() -> Starlette:
    return second.second_implementation()


def contents(world: World) -> dict[str, Any]:
    return copy.deepcopy({name: getattr(world, name) for name in ("stages", "deals", "tasks", "notes")})


def test_everything_is_left_as_it_was(app: Starlette) -> None:
    before = contents(app.state.world)
    with run_against_app(app) as suite:
        conformance(suite, *WRITERS, "importDeals", "createPipelineStage", "deletePipelineStage", examples=6)
        lifecycle(suite)
    assert contents(app.state.world) == before
    assert suite.left == []


def test_nothing_of_others_is_ever_written(app: Starlette) -> None:
    world = app.state.world
    others = set(world.deals) | set(world.stages)
    with serving(app) as root, recording_proxy(f"{root}/v2") as proxy:
        with run_against(proxy.url) as suite:
            conformance(suite, *WRITERS, "moveDealToStage", "createDealNote", "createDealTask", examples=6)
            lifecycle(suite)
        paths = [path.split("/") for method, path in proxy.seen if method != "GET"]
    written = {int(part) for path in paths for part in path[3:] if part.isdigit()}
    assert written
    assert written & others == set()


def test_a_read_only_run_sends_nothing_but_get(app: Starlette) -> None:
    with serving(app) as root, recording_proxy(f"{root}/v2") as proxy:
        with run_against(proxy.url, read_only=True) as suite:
            conformance(suite)
            lifecycle(suite)
        assert proxy.methods == {"GET"}
    assert violations(suite) == []
    unjudged = {finding.operation for finding in suite.recorder.of(Kind.NOT_JUDGED)}
    assert {name for name, operation in suite.contract.operations.items() if operation.writes} <= unjudged


@pytest.mark.parametrize("after", [20, 90, 260])
def test_an_interrupted_run_leaves_everything_as_it_was(app: Starlette, after: int) -> None:
    before = contents(app.state.world)
    with pytest.raises(KeyboardInterrupt):
        _run_interrupted(app, after)
    assert contents(app.state.world) == before


def _run_interrupted(app: Starlette, after: int) -> None:
    with run_against_app(app) as suite:
        suite.client.observers.append(_Interrupting(after))
        conformance(suite, "createDeal", "reorderPipelineStages", "createPipelineStage", "deleteDealTask")


class _Interrupting:
    """Presses Ctrl-C once, after this many responses."""

    def __init__(self, after: int) -> None:
        self._after = after

    def __call__(self, _: Exchange) -> None:
        self._after -= 1
        if self._after == 0:
            raise KeyboardInterrupt


def test_a_server_that_asks_for_patience_is_waited_for(app: Starlette) -> None:
    with serving(_Busy(app)) as root, run_against(f"{root}/v2") as suite:
        conformance(suite, "createDealNote", "listDealTasks", "deleteDeal")
        lifecycle(suite)
    assert violations(suite) == []
    assert suite.left == []


class _Busy:
    """Returns 429 for every fourth request."""

    def __init__(self, app: Starlette) -> None:
        self._app, self._count = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._count += 1
        if self._count % 4:
            await self._app(scope, receive, send)
        else:
            body = '{"success": false, "message": "Slowly"}'
            headers = {"Retry-After": "0"}
            await Response(body, 429, headers, "application/json")(scope, receive, send)


def test_no_finding_shows_a_token(app: Starlette) -> None:
    with run_against_app(app) as suite:
        conformance(suite, "createDeal", "getDeal")
    told = "".join(str(finding) for finding in suite.recorder.findings)
    assert not any(token in told for token in TOKENS)
