"""What decides a law is found by judging it again on changed responses."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.deciding import deciding
from contract_tests.reproduce.parts import Known, parts_of
from contract_tests.run.rehearsal import Outcome
from tests.contract_tests.builders import exchange

DEAL = {"id": 61, "name": "Acme", "value": 12.5, "stage_id": 3}
NOTHING_KNOWN = Known({}, lambda _: False, {}, {"deal": frozenset(DEAL)})
LATER = 60.0  # seconds


def shown(**fields: Any) -> Exchange:
    return exchange(body=json.dumps({"success": True, "data": [{**DEAL, **fields}]}).encode())


def value_is_lost(trace: Iterable[Exchange]) -> Outcome | None:
    """A law about the value of one deal."""
    rows = [row for each in trace for row in each.data if row.get("id") == 61]
    return Outcome(1, "value 12.5", "12") if rows and rows[0].get("value") == 12 else None


def title_is_missing(trace: Iterable[Exchange]) -> Outcome | None:
    """A law about a field."""
    there = all("stage_id" in row for each in trace for row in each.data)
    return None if there else Outcome(1, "a stage", "none")


def places(judge: Any, *trace: Exchange, seconds: float = LATER) -> tuple[list[tuple[str, str]], bool]:
    """What decides, and whether all was tried."""
    parts = [part for number, each in enumerate(trace) for part in parts_of(number, each, NOTHING_KNOWN)]
    found = deciding(judge, trace, parts, time.process_time() + seconds)
    assert found is not None
    return [(part.kind, part.place) for part in found.parts], found.certain


def test_only_what_the_law_reads_decides() -> None:
    found, certain = places(value_is_lost, shown(value=12))

    assert ("other", "data.@61.value") in found  # any number but the one that the law expects
    assert ("value", "data.@61.name") not in found
    assert ("value", "success") not in found
    assert certain


def test_a_field_that_a_record_lacks_can_decide() -> None:
    response = exchange(body=json.dumps({"data": [{"id": 61, "stage_name": "Won"}]}).encode())
    found, _ = places(title_is_missing, response)

    assert ("missing", "data.@61.stage_id") in found
    assert ("value", "data.@61.stage_name") not in found


def test_what_there_was_no_time_to_try_leaves_the_decision_open() -> None:
    assert places(value_is_lost, shown(value=12), seconds=-1) == ([], False)


def test_a_record_that_does_not_show_the_fault_decides_nothing() -> None:
    trace = [shown()]

    assert deciding(value_is_lost, trace, parts_of(0, trace[0], NOTHING_KNOWN), LATER) is None


def test_a_record_in_a_list_is_named_by_its_id_and_values_stay_as_written() -> None:
    answer = Answer(exchange(body=b'{"data": [{"id": "a7", "value": 1.50, "tags": ["x"]}]}'))

    assert [(line.place, line.raw) for line in answer.lines] == [
        ("", "{"),
        ("data", "["),
        ("data.@a7", "{"),
        ("data.@a7.id", '"a7"'),
        ("data.@a7.value", "1.50"),
        ("data.@a7.tags", "["),
        ("data.@a7.tags.0", '"x"'),
    ]
    assert [(rows.place, rows.size) for rows in answer.rows] == [("data", 1), ("data.@a7.tags", 1)]
