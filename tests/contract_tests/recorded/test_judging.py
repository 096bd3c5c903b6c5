"""Recorded traffic: what is judged, what is not, and how the verdict comes out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract_tests.cli import main
from contract_tests.recorded.judging import judge_recorded
from contract_tests.report import Summary
from contract_tests.run.pytest_options import settings_from
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.settings import SettingsError, gather
from contract_tests.verdict.findings import Kind
from tests.contract_tests.little_server import LittleWorld, little_server
from tests.contract_tests.recorded.har_files import API, EXPORTERS, Call, Node, chrome, saved

STAGE = {"id": 1, "name": "Lead", "display_order": 1, "probability": 10, "is_won": False, "is_lost": False}
STAGE |= {"color": "#94a3b8"}
SOUND = Call(body=json.dumps({"success": True, "data": [STAGE]}).encode())
WRONG = replace(SOUND, body=json.dumps({"success": True, "data": [{**STAGE, "is_won": 1}]}).encode())
IS_BOOLEAN = "Stage.is_won is of type boolean"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DEALS_")]:
        monkeypatch.delenv(name)


def judged(*entries: Any, **given: Any) -> Suite:
    """The finished run over a file with these entries."""
    path = saved(Path("traffic.har"), *entries)
    suite = Suite(gather({"har": str(path), **given}, {}))
    judge_recorded(suite)
    suite.close()
    return suite


def violations(suite: Suite) -> set[str]:
    return {finding.claim for finding in suite.recorder.of(Kind.VIOLATION)}


def refusal(*entries: Any, **given: Any) -> str:
    """Why nothing can be judged."""
    with pytest.raises(CouldNotRunError) as error:
        judged(*entries, **given)
    return str(error.value)


# The same checks as in a run


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda each: each.__name__)
def test_every_exporter_leads_to_the_same_verdict(exporter: Callable[[Call], Node]) -> None:
    assert violations(judged(exporter(SOUND))) == set()
    assert violations(judged(exporter(SOUND), exporter(WRONG))) == {IS_BOOLEAN}


def test_a_finding_says_which_entry_shows_it() -> None:
    (finding,) = judged(chrome(SOUND), chrome(WRONG)).recorder.of(Kind.VIOLATION)

    assert finding.curl.split("\n") == [
        "# entry 2 of traffic.har, 2026-11-26T09:30:00.000Z",
        f'curl -i -X GET {API}/deals/stages -H "Authorization: Bearer $TOKEN"',
    ]


def test_what_was_recorded_counts_as_covered_and_the_rest_is_not_judged() -> None:
    deals = Call(url=f"{API}/deals?sort_by=value&page=2", body=b'{"data": []}')
    summary = Summary.of(judged(chrome(SOUND), chrome(deals)))
    rows = {row.operation: row for row in summary.coverage}

    assert rows["listDeals"].statuses == {200: 1}
    assert rows["listDeals"].values[0] == ("sort_by=value",)
    assert not rows["getDeal"].succeeded
    assert ("getDeal", "the recording has no response of it") in {
        (f.operation, f.reason) for f in summary.not_judged
    }
    assert summary.requests == 2
    assert summary.target == "traffic.har"


def test_strict_waivers_and_selection_are_those_of_a_run(tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "- {check: response_schema_conformance, operation: listDealStages, reason: r, expires: 2999-01-01}\n",
        "utf-8",
    )
    waived = judged(chrome(WRONG), waivers=str(waivers))
    other = judged(chrome(WRONG), chrome(Call(url=f"{API}/deals")), only=["listDeals"])

    assert (waived.exit_status, len(waived.recorder.of(Kind.WAIVED))) == (0, 1)
    assert {finding.operation for finding in other.recorder.of(Kind.VIOLATION)} == {"listDeals"}
    assert "left out by --only or --skip (1)" in other.recorder.remarks[0]
    assert "only or --skip" in refusal(chrome(WRONG), only=["listDeals"], skip=["listDeals"])


def test_the_first_violation_ends_it_if_asked() -> None:
    wrong = Call(url=f"{API}/deals/7", status=500)

    assert len(violations(judged(chrome(WRONG), chrome(wrong)))) == 2
    assert len(violations(judged(chrome(WRONG), chrome(wrong), stop_early=True))) == 1


# What is for the API


@pytest.mark.parametrize(
    ("url", "base_url", "is_judged"),
    [
        (f"{API}/deals/stages", None, True),
        ("http://127.0.0.1:4010/api/deals/stages", None, True),
        ("https://crm.example/deals/stages", None, False),
        ("https://crm.example/v2/deals/stages", None, False),
        ("https://crm.example/v2/deals/stages", "https://CRM.example:443/v2/", True),
        (f"{API}/deals/stages", "https://crm.example:8443/api", False),
        (f"{API}/deals/stages", "http://crm.example/api", False),
        (f"{API}/deals/stages", "https://other.example/api", False),
        ("https://user:pw@crm.example/api/deals/stages", API, True),
        (f"{API}/users", None, False),
        (f"{API}/deals/search", None, False),  # an operation of its own, not the deal “search”
        (f"{API}/deals/bulk/stage", None, False),
        ("https://[broken/api/deals/stages", None, False),
        ("blob:https://crm.example/api/deals/stages", None, False),
        ("wss://crm.example/api/deals/stages", None, False),
    ],
)
def test_only_requests_to_operations_of_the_api_are_judged(
    url: str, base_url: str | None, is_judged: bool
) -> None:
    sound = [] if base_url else [chrome(SOUND)]
    entries = [*sound, chrome(replace(WRONG, url=url))]
    if base_url and not is_judged:
        assert refusal(*entries, base_url=base_url)
    else:
        assert bool(violations(judged(*entries, base_url=base_url))) == is_judged


UNJUDGED: list[tuple[Node, str]] = [
    (chrome(replace(WRONG, method="OPTIONS", status=204)), "CORS preflights"),
    (chrome(replace(WRONG, status=0, body=b"")), "without a response"),
    (chrome(replace(WRONG, status=-1)), "without a response"),
    (chrome(replace(WRONG, status=304, body=b"")), "answered by a cache"),
    ({**chrome(WRONG), "_fromCache": "disk"}, "answered by a cache"),
    (chrome(replace(WRONG, status=301, headers={"Location": "https://crm.example/login"})), "redirected"),
    (chrome(replace(WRONG, status=503)), "with status 502, 503 or 504"),
    (
        chrome(replace(WRONG, status=404, body=b"<html>", content_type="text/html")),
        "answered with a web page",
    ),
    (
        chrome(replace(WRONG, status=413, body=b"<html>", content_type="text/html")),
        "answered with a web page",
    ),
]


@pytest.mark.parametrize(("entry", "reason"), UNJUDGED, ids=[reason for _, reason in UNJUDGED])
def test_what_may_not_be_the_applications_is_counted_and_accuses_nobody(entry: Node, reason: str) -> None:
    suite = judged(*[chrome(SOUND)] * 4, entry)

    assert violations(suite) == set()
    assert suite.exit_status == 0
    remark = suite.recorder.remarks[0]
    assert remark.startswith("4 of 5 entries of traffic.har were judged. Not judged: ")
    assert reason in remark
    assert remark.endswith("(1).")


def test_the_applications_own_503_is_a_server_error() -> None:
    body = b'{"success": false, "message": "Service Unavailable"}'

    assert violations(judged(chrome(replace(SOUND, status=503, body=body)))) == {
        "no response is a server error (5xx)"
    }


def test_a_server_error_needs_no_body_to_be_one() -> None:
    entry = chrome(replace(WRONG, status=500, content_type="text/html"))
    del entry["response"]["content"]["text"]

    assert violations(judged(entry)) == {"no response is a server error (5xx)"}


def without_body(call: Call) -> Node:
    entry = chrome(call)
    del entry["response"]["content"]["text"]
    return entry


def cut_off(call: Call) -> Node:
    entry = chrome(replace(call, body=call.body[:-9]))
    entry["response"]["content"]["size"] = len(call.body)
    return entry


def without_headers(call: Call) -> Node:
    entry = chrome(call)
    entry["response"]["headers"] = []
    return entry


@pytest.mark.parametrize("lacking", [without_body, cut_off, without_headers])
def test_what_the_recording_lacks_accuses_nobody_but_counts(lacking: Callable[[Call], Node]) -> None:
    few = judged(*[chrome(SOUND)] * 3, lacking(WRONG))
    many = judged(chrome(SOUND), *[lacking(WRONG)] * 3)
    enough = judged(chrome(SOUND), *[lacking(WRONG)] * 3, min_judged="25%")

    assert [violations(each) for each in (few, many, enough)] == [set(), set(), set()]
    assert [each.exit_status for each in (few, many, enough)] == [0, 2, 0]
    assert "only 1 of 4 responses of the API are complete enough" in many.lost
    assert "Export the traffic with its content" in refusal(lacking(WRONG))


def test_a_body_that_is_wrong_by_itself_is_not_taken_for_cut_off() -> None:
    assert violations(judged(chrome(replace(SOUND, body=b"{'data': []}")))) == {
        "the response body is valid JSON"
    }


def test_parameters_that_the_contract_does_not_have_may_ask_for_another_response() -> None:
    sparse = judged(chrome(replace(WRONG, url=f"{SOUND.url}?fields=id,is_won")))
    broken = judged(chrome(replace(WRONG, url=f"{SOUND.url}?fields=id", status=500)))
    (found,) = sparse.recorder.of(Kind.DRIFT)

    assert (found.claim, found.basis) == (
        IS_BOOLEAN,
        "Not documented: what the API returns for a request with fields.",
    )
    assert (sparse.exit_status, broken.exit_status) == (0, 1)


def test_several_servers_are_named() -> None:
    other = chrome(replace(SOUND, url="http://localhost:4010/api/deals/stages"))

    assert judged(chrome(SOUND), other).recorder.remarks[-1] == (
        "The judged responses came from https://crm.example, http://localhost:4010."
    )


# Nothing to judge


def test_a_file_with_nothing_to_judge_is_no_success() -> None:
    page = chrome(replace(SOUND, url="https://shop.example/index.html"))
    nothing, unknown = (
        "nothing to judge in traffic.har: ",
        "it has no request to an operation of the API below",
    )

    assert refusal() == f"{nothing}it has no entries"
    assert refusal(page) == (
        f"{nothing}{unknown} /api (--base-url sets another address); its requests (1) went to https://shop.example"
    )
    assert f"{unknown} {API}; its" in refusal(page, base_url=API)
    assert refusal(chrome(replace(SOUND, status=0))) == f"{nothing}without a response (1)"
    assert refusal(None, 7, {}).endswith("(--base-url sets another address)")


# The command


def test_the_command_judges_a_file_and_reports(capsys: pytest.CaptureFixture[str]) -> None:
    codes = [
        main(["--har", str(saved(Path("traffic.har"), chrome(call))), "--report-dir", "out"])
        for call in (SOUND, WRONG)
    ]
    out, err = capsys.readouterr()
    report = json.loads(Path("out/report.json").read_text("utf-8"))

    assert (codes, err) == ([0, 1], "")
    assert "Judging traffic.har against the documentation" in out
    assert "Conforms (partial run: --har): 0 violations" in out
    assert "# entry 1 of traffic.har" in out
    assert "Each response was judged by itself" in out
    assert "(1 recorded response, " in out
    assert [f["claim"] for f in report["findings"] if f["kind"] == "violation"] == [IS_BOOLEAN]
    assert report["target"] == "traffic.har"
    assert "Recorded traffic `traffic.har`" in Path("out/report.md").read_text("utf-8")
    assert "Deals API in <code>traffic.har</code>" in Path("out/report.html").read_text("utf-8")


def test_the_command_refuses_a_broken_file_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("traffic.har").write_text("<html>", "utf-8")
    code = main(["--har", "traffic.har"])
    _, err = capsys.readouterr()

    assert code == 2
    assert err == ("deals-contract could not run: traffic.har is not a HAR file: it is not a JSON object\n")


def test_pytest_leaves_recorded_traffic_to_the_command() -> None:
    path = saved(Path("traffic.har"), chrome(SOUND))
    config: Any = SimpleNamespace(getoption=lambda name, default=None: {"har": path}.get(name, default))

    with pytest.raises(SettingsError, match="--har is for the command: deals-contract --har FILE"):
        settings_from(config)


def test_nothing_is_sent() -> None:
    with little_server(LittleWorld("a token")) as server:
        calls = [
            Call(
                "POST",
                f"{server.url}/deals",
                201,
                b'{"success": true, "data": {"id": 7}}',
                request_body=b"{}",
            ),
            Call("DELETE", f"{server.url}/deals/7"),
            Call("PUT", f"{server.url}/pipeline-stages/reorder", request_body=b'{"order": [2, 1]}'),
        ]
        suite = judged(*map(chrome, calls), base_url=server.url)

        assert suite.recorder.coverage["createDeal"].statuses == {201: 1}
        assert server.received == []
