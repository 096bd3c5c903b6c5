"""Filters and pages: each parameter means what the documentation says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.listing import EVERY_DEAL, Sort, filters, last_page, matching_deals, page_of_deals
from mock_server.domain.refusals import Invalid
from mock_server.domain.world import Company, Contact, World
from tests.mock_server.domain.builders import ANN, BOB, CLEO, LEAD, LOST, PROPOSAL, USERS, WON, deal, world

SEARCHED = ("name", "company_name", "contact_name")
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)

WORLD = world(
    deal(1, name="100% Juice", stage_id=LEAD, assigned_to=ANN, expected_close_date=date(2026, 2, 1)),
    deal(2, name="snake_case 'quoted'", stage_id=PROPOSAL, assigned_to=BOB, created_at=MIDNIGHT),
    deal(3, name="Rocket 🚀", stage_id=WON, assigned_to=CLEO, closed_at=MIDNIGHT),
    deal(4, name="CAFE\u0301 STRASSE", stage_id=LOST, contact_id=None, expected_close_date=date(2026, 2, 28)),
    deal(5, name="Plain", stage_id=LEAD, company_id=1, contact_id=None, assigned_to=ANN),
)


def found(params: dict[str, Any], whole: World = WORLD) -> list[int]:
    return [each.id for each in matching_deals(whole, filters(params, USERS[0], SEARCHED))]


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"search": ""}, [1, 2, 3, 4, 5]),
        ({"search": None, "won": None, "stage_ids": ""}, [1, 2, 3, 4, 5]),
        ({"search": "%"}, [1]),
        ({"search": "_"}, [2]),
        ({"search": "'QUOTED'"}, [2]),
        ({"search": "🚀"}, [3]),
        ({"search": "café stra\u00dfe"}, [4]),
        ({"search": "acme corp"}, [5]),
        ({"search": "jane SMITH"}, [1, 2, 3]),
        ({"search": ".*"}, []),
        ({"stage_id": LEAD}, [1, 5]),
        ({"stage_id": 99}, []),
        ({"stage_ids": f"{LEAD},{WON}"}, [1, 3, 5]),
        ({"stage_ids": f" {LEAD} , {LEAD},99"}, [1, 5]),
        ({"stage_id": LEAD, "stage_ids": f"{WON},{LEAD}"}, [1, 5]),
        ({"stage_id": LEAD, "stage_ids": f"{WON}"}, []),
        ({"assigned_to": ANN}, [1, 5]),
        ({"assigned_to": 99}, []),
        ({"won": "1"}, [3]),
        ({"won": "0"}, [4]),
        ({"scope": "me"}, [1, 5]),
        ({"scope": "team"}, [1, 2, 5]),
        ({"scope": "company"}, [1, 2, 3, 4, 5]),
        ({"scope": "me", "assigned_to": BOB}, []),
        ({"date_from": "2026-02-01", "date_field": "expected_close_date"}, [1, 4]),
        ({"date_to": "2026-02-01", "date_field": "expected_close_date"}, [1]),
        ({"date_from": date(2026, 2, 2), "date_field": "expected_close_date"}, [4]),
        ({"date_from": "2026-02-01", "date_to": "2026-02-01", "date_field": "created_at"}, [2]),
        ({"date_from": "2026-02-01", "date_to": "2026-02-01", "date_field": "closed_at"}, [3]),
        ({"date_from": "2026-03-01", "date_to": "2026-02-01", "date_field": "expected_close_date"}, []),
        ({"date_field": "closed_at"}, [1, 2, 3, 4, 5]),
        ({"search": "p", "stage_id": LEAD, "scope": "team"}, [5]),
    ],
)
def test_a_filter_lets_through_what_it_asks_for(params: dict[str, Any], ids: list[int]) -> None:
    assert found(params) == ids


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"stage_ids": "1,,2"}, "stage_ids"),
        ({"stage_ids": "1;2"}, "stage_ids"),
        ({"stage_ids": "²"}, "stage_ids"),
        ({"stage_ids": "1" * 5000}, "stage_ids"),
        ({"date_from": "2026-02-30", "date_field": "created_at"}, "date_from"),
        ({"date_to": "soon", "date_field": "created_at"}, "date_to"),
    ],
)
def test_a_parameter_that_says_nothing_clear_is_refused(params: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        found(params)
    assert list(caught.value.errors) == [field]


@given(st.text(max_size=6), st.text(max_size=3), st.text(max_size=3))
def test_search_finds_any_part_of_a_name_in_any_case(middle: str, before: str, after: str) -> None:
    whole = world(deal(1, name=f"{before} {middle} {after}"))
    assert found({"search": middle}, whole) == [1]
    assert found({"search": f" {middle} ".casefold()}, whole) == [1]


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (100, 4)])
def test_there_is_always_a_last_page(total: int, pages: int) -> None:
    assert last_page(total, 25) == pages


@pytest.mark.parametrize(
    "params", [{}, {"stage_id": LEAD}, {"search": "deal"}, {"stage_id": LEAD, "search": "1"}]
)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_partition_the_list(params: dict[str, Any], descending: bool) -> None:
    whole = world(*(deal(n, stage_id=LEAD if n % 9 == 0 else WON, value=n % 5 or None) for n in range(1, 60)))
    wanted, sort = filters(params, USERS[0], ("name",)), Sort("value", descending)
    everything, total = page_of_deals(whole, wanted, sort, 1, 100)
    pages = [page_of_deals(whole, wanted, sort, page, 7) for page in range(1, last_page(total, 7) + 2)]
    assert [each for page, _ in pages for each in page] == everything
    assert {total for _, total in pages} == {len(everything)} == {len(matching_deals(whole, wanted))}
    assert pages[-1][0] == []


def test_a_deal_whose_people_are_unknown_is_found_by_its_own_name() -> None:
    whole = world(deal(1, name="Lone", contact_id=None))
    assert found({"search": "lone"}, whole) == [1]
    assert found({"search": "none"}, whole) == []


def test_every_deal_is_no_filter() -> None:
    assert filters({"scope": "company"}, USERS[0]) == EVERY_DEAL


def test_lists_follow_a_renamed_company() -> None:
    whole = world(deal(1, company_id=1), deal(2, company_id=2))
    sort = Sort("company_name")
    assert [each.id for each in page_of_deals(whole, EVERY_DEAL, sort, 1, 9)[0]] == [1, 2]
    renamed = whole.put("companies", Company(id=1, name="Zeta"))
    assert [each.id for each in page_of_deals(renamed, EVERY_DEAL, sort, 1, 9)[0]] == [2, 1]
    contact = Contact(id=1, first_name="Zoe", last_name="", email="")
    assert found({"search": "zoe"}, renamed.put("contacts", contact)) == [1, 2]
