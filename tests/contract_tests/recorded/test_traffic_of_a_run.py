"""The recorded traffic of a run leads to what the run itself found."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.recorded.judging import judge_recorded
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Kind
from contract_tests.verdict.judging import CHECKS
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.recorded.har_files import Call, firefox, saved
from tests.contract_tests.runs import conformance, run_against
from tests.contract_tests.servers import serving


@pytest.mark.parametrize(
    "defect", ["value-is-text", "page-numbers-are-text", "booleans-are-0-and-1", "list-has-an-extra-envelope"]
)
def test_the_recorded_traffic_of_a_run_shows_what_the_run_has_found(defect: str, tmp_path: Path) -> None:
    seen: list[Exchange] = []
    with serving(mock_app(mutation=defect)) as root, run_against(f"{root}/api", **mock_people()) as suite:
        suite.client.observers.append(seen.append)
        conformance(suite, "listDeals", "getDeal", "exportDeals", examples=3)
        found = {f.id for f in suite.recorder.of(Kind.VIOLATION) if f.rule in CHECKS}
    path = saved(tmp_path / "traffic.har", *map(firefox, map(_call, seen)))
    again = Suite(Settings(base_url="", har=path))
    judge_recorded(again)

    assert found
    assert {finding.id for finding in again.recorder.of(Kind.VIOLATION)} == found


def _call(exchange: Exchange) -> Call:
    return Call(
        method=exchange.method,
        url=exchange.url,
        status=exchange.status,
        body=exchange.body,
        content_type=exchange.content_type or "",
        request_body=exchange.request_body,
        headers={n: v for n, v in exchange.headers.items() if n.lower() != "content-type"},
    )
