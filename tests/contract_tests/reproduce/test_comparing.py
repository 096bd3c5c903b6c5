"""What is read twice is compared where only the change can be the same again."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.comparing import Step, compare
from contract_tests.reproduce.parts import Part

TIME = "2026-02-09T12:00:00Z"


def read(**data: Any) -> Exchange:
    return Exchange(
        method="GET",
        path="/deals/stats",
        url="http://there/api/deals/stats",
        status=200,
        headers={},
        body=json.dumps({"data": data}).encode(),
        request_body=None,
        as_="me",
        operation_id="getDealStats",
    )


def compared(before: Any, after: Any, *, foreign: bool) -> list[tuple[str, str]]:
    """The parts of the second of two reads of one value."""
    part = Part(1, "value", ("data", "total"), "data.total", json.dumps(after))
    steps = [Step(read(total=before)), Step(read(total=after), parts=[part])]
    compare(steps, lambda _: foreign)
    return [(each.kind, each.raw) for each in steps[1].parts]


def test_of_a_number_about_everybody_only_the_change_counts() -> None:
    assert compared(10, 12, foreign=True) == [("changed", "2")]


def test_a_value_of_ones_own_counts_even_if_it_was_the_same_before() -> None:
    assert compared("low", "low", foreign=False) == [("value", '"low"')]
    assert compared(30, 30, foreign=False) == [("value", "30")]


def test_a_time_counts_only_if_it_stays() -> None:
    assert compared(TIME, TIME, foreign=False) == [("same", f'"{TIME}"')]
    assert compared(TIME, "2026-02-10T12:00:00Z", foreign=False) == []


def test_a_time_that_changed_leaves_the_decision_open() -> None:
    part = Part(1, "value", ("data", "total"), "data.total", '"2026-02-10T12:00:00Z"')
    steps = [Step(read(total=TIME)), Step(read(total="2026-02-10T12:00:00Z"), parts=[part])]
    compare(steps, lambda _: False)

    assert steps[1].timely
