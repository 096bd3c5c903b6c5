"""The sorted orders: a page is the same as if all deals had been sorted, whatever writes came before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain import sorting
from mock_server.domain.fields import order_by, sort_key
from mock_server.domain.listing import Filters, Sort, page_of_deals
from mock_server.domain.orders import ID
from mock_server.domain.world import Company, Contact, Deal, World
from tests.mock_server.domain.builders import LEAD, NOW, PROPOSAL, contents, deal, stage, world

FIELDS = ("name", "value", "stage_name", "contact_name", "expected_close_date", "closed_at", "created_at")

deals = st.builds(
    deal,
    st.integers(1, 40),
    name=st.sampled_from(["a", "A", "b", "ß", "ss", "é", "Zoë", "10", "9"]),
    value=st.sampled_from([None, 0, 1, 1.5, 2]),
    stage_id=st.sampled_from([LEAD, PROPOSAL]),
    contact_id=st.sampled_from([None, 1, 2]),
    created_at=st.sampled_from([NOW, NOW - timedelta(microseconds=1)]),
)
writes = st.lists(st.one_of(st.lists(deals, max_size=3), st.frozensets(st.integers(1, 40), max_size=3)))


def naive(whole: World, name: str, descending: bool) -> list[int]:
    """SQL's ORDER BY name [DESC] NULLS LAST, id, the slow way."""
    key = sort_key(name)
    placed = [(key(whole, each), each.id) for each in whole.deals]
    valued = sorted(((k, id_) for k, id_ in placed if k is not None), key=lambda pair: pair[1])
    valued.sort(key=lambda pair: pair[0], reverse=descending)
    return [id_ for _, id_ in valued] + [id_ for k, id_ in placed if k is None]


def written(whole: World, write: Any) -> World:
    if isinstance(write, frozenset):
        return whole.drop("deals", *write)
    return whole.put("deals", *write)


@given(
    start=st.lists(deals, max_size=40),
    changes=writes,
    name=st.sampled_from(FIELDS),
    descending=st.booleans(),
    per_page=st.integers(1, 7),
)
def test_pages_partition_the_sorted_deals_after_any_writes(
    start: list[Deal], changes: list[Any], name: str, descending: bool, per_page: int
) -> None:
    whole = world(*start)
    order_by(whole, name)  # the order exists before the writes, and is carried over
    for write in changes:
        whole = written(whole, write)
    order = order_by(whole, name)
    pages = [order.page(at, per_page, descending) for at in range(0, len(whole.deals) + per_page, per_page)]
    assert [id_ for page in pages for id_ in page] == naive(whole, name, descending)
    assert len(order) == len(whole.deals)


@given(start=st.lists(deals, max_size=20), changes=writes)
def test_a_write_leaves_the_old_world_whole(start: list[Deal], changes: list[Any]) -> None:
    old = world(*start)
    pages = {name: order_by(old, name).page(0, 100) for name in FIELDS}
    before = contents(old)
    new = old
    for write in changes:
        new = written(new, write)
    assert contents(old) == before
    assert {name: order_by(old, name).page(0, 100) for name in FIELDS} == pages


@given(start=st.lists(deals, max_size=40), wanted=st.sets(st.integers(1, 40)), descending=st.booleans())
def test_a_filtered_page_keeps_the_order_of_all(
    start: list[Deal], wanted: set[int], descending: bool
) -> None:
    whole = world(*start)
    found, total = page_of_deals(
        whole, Filters(tests=(lambda _, each: each.id in wanted,)), Sort("name", descending), 1, 100
    )
    assert [each.id for each in found] == [id_ for id_ in naive(whole, "name", descending) if id_ in wanted]
    assert total == len(found)


def test_nulls_come_last_and_ties_go_by_id_both_ways() -> None:
    whole = world(
        deal(4, value=None), deal(3, value=7), deal(2, value=7), deal(1, value=None), deal(5, value=9)
    )
    assert order_by(whole, "value").page(0, 9) == [2, 3, 5, 1, 4]
    assert order_by(whole, "value").page(0, 9, descending=True) == [5, 2, 3, 1, 4]


def test_texts_are_ordered_without_regard_to_case() -> None:
    whole = world(
        deal(1, name="banana"), deal(2, name="Cherry"), deal(3, name="Apple"), deal(4, name="apple")
    )
    assert order_by(whole, "name").page(0, 9) == [3, 4, 1, 2]


def test_a_page_past_the_end_is_empty() -> None:
    order = order_by(world(deal(1), deal(2, value=None)), "value")
    assert order.page(10**30, 25) == order.page(10**30, 25, descending=True) == []


def test_an_order_follows_what_its_field_is_joined_from() -> None:
    whole = world(deal(1, stage_id=LEAD), deal(2, stage_id=PROPOSAL))
    assert order_by(whole, "stage_name").page(0, 9) == [1, 2]
    assert order_by(whole.put("stages", stage(LEAD, "Zulu", 10)), "stage_name").page(0, 9) == [2, 1]


def test_orders_are_carried_over_and_not_made_anew() -> None:
    whole = world(*(deal(id_, value=id_) for id_ in range(1, 101)))
    order = order_by(whole, "value")
    assert order_by(whole.put("notes"), "value") is order
    assert order_by(whole.put("deals", deal(7, value=7, name="Renamed")), "value") is order
    assert order_by(whole.put("companies", Company(id=9, name="New")), "value") is not order


def test_a_table_takes_the_same_record_twice() -> None:
    whole = world().put("deals", deal(1, stage_id=LEAD), deal(1, stage_id=PROPOSAL))
    assert whole.deals.count_of(LEAD) == 0
    assert len(whole.drop("deals", 1, 1).deals) == 0


def test_a_dropped_id_is_never_given_again() -> None:
    assert world(deal(7)).drop("deals", 7).deals.next_id == 8


def test_a_contact_without_a_last_name_has_no_trailing_space() -> None:
    assert Contact(id=1, first_name="Cher", last_name="", email="").name == "Cher"


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_sorting_in_steps_is_sorting(numbers: list[int], at_once: int) -> None:
    items = list(enumerate(numbers))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "AT_ONCE", at_once)
        assert sorting.in_order(items, ID) == sorted(items, key=ID)


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_a_table_has_its_records_by_id_whatever_gaps_there_are(ids: set[int], gone: set[int]) -> None:
    table = World().deals.put(*map(deal, ids)).drop(*gone)
    assert [each.id for each in table] == sorted(ids - gone)
