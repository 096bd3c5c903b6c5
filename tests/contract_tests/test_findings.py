"""Findings and the record of them."""

from __future__ import annotations

import json

import pytest

from contract_tests.verdict.findings import Kind, in_order
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.selection import Selection
from tests.contract_tests.builders import CONTRACT, TOKEN, exchange, finding, target

ERROR = {"success": False, "message": "Not found"}


def test_an_id_does_not_change_with_the_proof() -> None:
    one = finding(received="deal 7", curl="curl a", seed=1)
    other = finding(received="deal 8", curl="curl b", seed=2, kind=Kind.WAIVED)

    assert one.id == other.id


@pytest.mark.parametrize("name", ["rule", "claim"])
def test_an_id_changes_with_what_is_claimed(name: str) -> None:
    assert finding().id != finding(**{name: "another"}).id


def test_an_id_is_the_same_on_every_operation() -> None:
    assert finding().id == finding(operation="getDeal").id


def test_violations_come_first_and_drift_after() -> None:
    kinds = [Kind.NOT_JUDGED, Kind.WAIVED, Kind.DRIFT, Kind.VIOLATION]

    assert [f.kind for f in in_order(map(finding, kinds))] == list(reversed(kinds))


def test_of_equal_findings_the_shortest_proof_is_kept_and_all_are_counted() -> None:
    recorder, told = Recorder(CONTRACT), []
    recorder.observers.append(told.append)
    for proof in ("curl in many words", "curl", "", "curl, too"):
        recorder.add(finding(curl=proof))

    (kept,) = recorder.findings
    assert (kept.curl, recorder.times(kept), len(told)) == ("curl", 4, 1)


def test_a_violation_takes_the_place_of_drift() -> None:
    recorder = Recorder(CONTRACT)
    recorder.add(finding(Kind.DRIFT))
    recorder.add(finding(Kind.VIOLATION))

    assert [f.kind for f in recorder.findings] == [Kind.VIOLATION]


@pytest.mark.parametrize(("strict", "failing"), [(False, 0), (True, 1)])
def test_drift_fails_only_when_strict(strict: bool, failing: int) -> None:
    recorder = Recorder(CONTRACT, strict=strict)
    recorder.add(finding(Kind.DRIFT))

    assert len(recorder.failing()) == failing


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        (Selection(only=("listDeals",)), True),
        (Selection(only=("deals",)), True),
        (Selection(only=("pages_partition_the_list",)), True),
        (Selection(only=("getDeal",)), False),
        (Selection(skip=("Deals",)), False),
        (Selection(skip=("pages_partition_the_list",)), False),
        (Selection(only=("Deals",), skip=("listDeals",)), False),
        (Selection(only=("listDeals",), skip=("Deals",)), False),
        (Selection(only=("laws",)), True),
        (Selection(only=("conformance",)), False),
    ],
)
def test_only_what_was_asked_for_is_recorded(selection: Selection, kept: bool) -> None:
    recorder = Recorder(CONTRACT, selection=selection)
    recorder.add(finding())

    assert bool(recorder.findings) == kept


def test_no_token_reaches_the_record() -> None:
    recorder = Recorder(CONTRACT, redact=target().redact)
    recorder.add(finding(received=f"no such token: {TOKEN}", curl=f"curl -H 'Authorization: Bearer {TOKEN}'"))

    assert TOKEN not in repr(recorder.findings)


@pytest.mark.parametrize(
    ("status", "body", "kinds"),
    [
        (404, ERROR, []),
        (405, ERROR, [Kind.VIOLATION]),  # not among the named statuses
        (503, ERROR, [Kind.VIOLATION]),
        (201, None, [Kind.DRIFT]),  # named, but not for this operation
        (404, {"error": "no"}, [Kind.VIOLATION]),  # `success` and `message` are missing
    ],
)
def test_an_exchange_is_judged_by_both_views(status: int, body: object, kinds: list[Kind]) -> None:
    recorder = Recorder(CONTRACT)
    page = CONTRACT.full["components"]["examples"]["DealAnswer"]["value"]
    sent = json.dumps(page if body is None else body).encode()
    recorder.observe(exchange(status, sent, path="/deals/7", operation_id="getDeal"))

    assert [f.kind for f in recorder.findings] == kinds


def test_a_page_in_the_place_of_json_is_a_violation() -> None:
    recorder = Recorder(CONTRACT)
    recorder.observe(exchange(404, b"<html>", headers={"Content-Type": "text/html"}, operation_id="getDeal"))

    assert [f.rule for f in recorder.findings] == ["content_type_conformance"]


@pytest.mark.parametrize(("body", "kinds"), [(ERROR, [Kind.DRIFT]), ({}, [Kind.VIOLATION, Kind.DRIFT])])
def test_the_documentation_names_no_media_type_of_json_but_its_content(
    body: object, kinds: list[Kind]
) -> None:
    recorder = Recorder(CONTRACT)
    headers = {"Content-Type": "application/problem+json; charset=utf-8"}
    recorder.observe(exchange(404, json.dumps(body).encode(), headers=headers, operation_id="getDeal"))

    assert [f.kind for f in recorder.findings] == kinds


def test_a_request_outside_the_contract_may_be_refused_in_any_way() -> None:
    recorder = Recorder(CONTRACT)
    recorder.observe(exchange(405, b"", method="PATCH", operation_id=None))

    assert recorder.findings == []


def test_what_succeeded_counts_as_exercised() -> None:
    recorder = Recorder(CONTRACT)
    query = (("sort_dir", "DESC"), ("page", "1"))
    recorder.observe(exchange(200, query=query))
    recorder.observe(exchange(422, query=(("search", "x"),)))
    seen = recorder.coverage["listDeals"]

    assert seen.parameters == {"sort_dir", "page"}
    assert seen.values == {"sort_dir=DESC"}
    assert dict(seen.statuses) == {200: 1, 422: 1}


def test_silence_is_not_success() -> None:
    recorder = Recorder(CONTRACT)
    recorder.close(complete=True)

    silent = recorder.of(Kind.NOT_JUDGED)
    assert {f.operation for f in silent} == set(CONTRACT.operations)
    assert {f.reason for f in silent} == {"no request was sent"}
