"""List, single deal, board, statistics and export are views of one world: they always agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mock_server.domain.formulas import unprotected
from mock_server.worldfile import fixture_names, load_world
from tests.mock_server.conftest import NOW, Api, Start, contract, mock_on, seeded
from tests.mock_server.listing_oracle import SORTS, Deal, all_ids, in_order, whole_list

ONLY_IN_FILES = {  # no view of a deal shows these
    *("bill_to_contact_name", "partner_name", "assigned_to_email"),
    *("contact_email", "bill_to_contact_email", "reseller_contact_email"),
}


def money(deals: list[Deal]) -> float:
    """What the deals are worth, added up exactly and then rounded to cents."""
    return round(float(sum(Fraction(str(deal["value"] or 0)) for deal in deals)), 2)


def by_outcome(deals: list[Deal]) -> dict[str, list[Deal]]:
    return {
        "total": deals,
        "won": [deal for deal in deals if deal["is_won"]],
        "lost": [deal for deal in deals if deal["is_lost"]],
        "open": [deal for deal in deals if not deal["is_won"] and not deal["is_lost"]],
    }


def check_board(api: Api, deals: list[Deal], **query: Any) -> None:
    """The board is the list in columns, one for each stage."""
    board = api.data("/deals/pipeline", **query)
    assert [column["id"] for column in board] == [stage["id"] for stage in api.data("/deals/stages")]
    shown = {deal["id"]: deal for column in board for deal in column["deals"]}
    assert shown == {deal["id"]: deal for deal in deals}
    for column in board:
        assert {deal["stage_id"] for deal in column["deals"]} <= {column["id"]}
        assert column["deals_count"] == len(column["deals"])
        assert column["total_value"] == money(column["deals"])


def check_stats(api: Api, deals: list[Deal]) -> None:
    """The statistics are the list, counted."""
    stats = api.data("/deals/stats")
    groups = by_outcome(deals)
    for name, group in groups.items():
        assert stats[f"{name}_deals"] == len(group)
        assert stats[f"{name}_value"] == money(group)
    closed = len(groups["won"]) + len(groups["lost"])
    weighted = sum((deal["value"] or 0) * (deal["probability"] or 0) / 100 for deal in groups["open"])
    assert stats["win_rate"] == pytest.approx(100 * len(groups["won"]) / max(closed, 1), abs=0.051)
    assert stats["average_deal_value"] == pytest.approx(money(deals) / max(len(deals), 1), abs=0.006)
    assert stats["weighted_value"] == pytest.approx(weighted, abs=0.006)


def check_export(api: Api, deals: list[Deal]) -> None:
    """The export is the list, as text."""
    rows = list(csv.DictReader(io.StringIO(api.get("/deals/export").text, newline="")))
    shared = [name for name in contract().csv_row.properties if name not in ONLY_IN_FILES]
    pairs = zip(rows, deals, strict=True)
    assert [{name: of_cell(row[name], deal[name]) for name in shared} for row, deal in pairs] == [
        {name: None if deal[name] == "" else deal[name] for name in shared} for deal in deals
    ]


def of_cell(cell: str, value: Any) -> Any:
    """A cell as a value of the same type as in the list."""
    if not cell:
        return None
    return float(cell) if isinstance(value, int | float) else unprotected(cell)


def check_agreement(api: Api) -> None:
    """All views of this world agree."""
    deals = sorted(whole_list(api), key=lambda deal: deal["id"])
    check_board(api, deals)
    check_stats(api, deals)
    check_export(api, deals)
    for sort_by in SORTS:
        assert all_ids(api, sort_by=sort_by) == in_order(deals, sort_by, descending=False)
    for deal in deals[:: max(1, len(deals) // 5)]:
        single = api.data(f"/deals/{deal['id']}")
        assert single == {**deal, "deal_notes": single["deal_notes"]}


@pytest.mark.parametrize("fixture", fixture_names())
def test_the_views_of_a_fixture_agree(start: Start, fixture: str) -> None:
    check_agreement(start(load_world(fixture, NOW)))


@pytest.mark.parametrize(
    "query",
    [
        {"scope": "me"},
        {"scope": "team", "assigned_to": 3},
        {"assigned_to": 99},
        {"date_from": "2026-01-01", "date_to": "2026-03-31"},
        {"date_field": "closed_at", "date_from": "2026-01-01", "scope": "team"},
        {"date_field": "created_at", "date_to": "2026-01-15"},
    ],
    ids=str,
)
def test_the_board_and_the_list_take_the_same_filters(reader: Api, query: dict[str, Any]) -> None:
    check_board(reader, whole_list(reader, **query), **query)


# Any sequence of writes

Write = Callable[[Api, int], httpx.Response]


def pick(known: list[int], number: int) -> int:
    """One of the known ids, or occasionally one that does not exist."""
    return [*known, 999][number % (len(known) + 1)]


def a_deal(api: Api, number: int) -> int:
    return pick(sorted(api.world.deals.rows), number)


def a_stage(api: Api, number: int) -> int:
    return pick(sorted(api.world.stages.rows), number)


def deal_body(api: Api, number: int) -> dict[str, Any]:
    body: dict[str, Any] = {"name": f"Deal {number % 7}", "stage_id": a_stage(api, number)}
    optional = {
        "value": number % 1000 / 4,
        "contact_id": number % 9 + 1,
        "probability": number % 101,
        "expected_close_date": f"2026-03-{number % 28 + 1:02}",
        "assigned_to": number % 8 + 1,
    }
    return body | {name: value for at, (name, value) in enumerate(optional.items()) if number >> at & 1}


def stage_body(number: int) -> dict[str, Any]:
    return {"name": f"Stage {number % 5}", "is_won": number % 9 == 0, "is_lost": number % 9 == 1}


WRITES: dict[str, Write] = {
    "create": lambda api, n: api.post("/deals", deal_body(api, n)),
    "update": lambda api, n: api.put(f"/deals/{a_deal(api, n)}", deal_body(api, n // 3)),
    "move": lambda api, n: api.put(f"/deals/{a_deal(api, n)}/stage", {"stage_id": a_stage(api, n // 5)}),
    "delete": lambda api, n: api.delete(f"/deals/{a_deal(api, n)}"),
    "import": lambda api, n: api.upload(f"name,stage_name,value\nA{n},Lead,{n}\nB,Won,\n".encode()),
    "new stage": lambda api, n: api.post("/pipeline-stages", stage_body(n)),
    "change stage": lambda api, n: api.put(f"/pipeline-stages/{a_stage(api, n)}", stage_body(n // 7)),
    "delete stage": lambda api, n: api.delete(f"/pipeline-stages/{a_stage(api, n)}"),
    "reorder": lambda api, n: api.put(
        "/pipeline-stages/reorder",
        {"order": sorted(api.world.stages.rows, key=lambda id_: id_ * (n % 97 + 1) % 101)},
    ),
    "note": lambda api, n: api.post(f"/deals/{a_deal(api, n)}/notes", {"content": "x"}),
    "task": lambda api, n: api.post(
        f"/deals/{a_deal(api, n)}/tasks", {"title": "x", "due_date": "2026-01-01"}
    ),
}
SMALL = seeded(deals=30)


# Twelve writes are readable as they are, and shrinking them takes minutes.
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(st.sampled_from(sorted(WRITES)), st.integers(0, 10**6)), min_size=3, max_size=12))
def test_the_views_agree_after_any_writes(writes: list[tuple[str, int]]) -> None:
    api = mock_on(SMALL)
    for sort_by in SORTS:  # from here on the writes update each order
        api.get("/deals", sort_by=sort_by)
    for name, number in writes:
        assert WRITES[name](api, number).status_code in (200, 201, 404, 422)
    check_agreement(api)


@pytest.mark.parametrize("name", WRITES)
def test_every_write_of_the_sequences_can_succeed(name: str) -> None:
    api = mock_on(SMALL)
    api.post("/pipeline-stages", {"name": "Empty"})
    assert any(WRITES[name](api, number).status_code in (200, 201) for number in range(2, 9))
